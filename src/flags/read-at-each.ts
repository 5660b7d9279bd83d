import { Observable } from 'rxjs';

/** A user or logger that brings a new state along with each evaluation is not followed for ever. */
const mostReadings = 10;

/**
 * Reads the present state at each change: once more where reading, which calls getters, loggers and listeners of events,
 * has brought about another change meanwhile.
 */
export function readAtEach<T>(change$: Observable<unknown>, read: () => T): Observable<T> {
  return new Observable((subscriber) => {
    let changeCount = 0;
    let isReading = false;
    const readLatest = () => {
      for (let readings = 1; ; readings++) {
        const before = changeCount;
        const latest = read();
        if (changeCount === before || readings === mostReadings || subscriber.closed) return latest;
      }
    };
    subscriber.add(
      change$.subscribe({
        next: () => {
          changeCount++;
          if (isReading) return;
          isReading = true;
          const latest = readLatest();
          isReading = false;
          subscriber.next(latest);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
  });
}
