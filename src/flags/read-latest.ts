import { Observable } from 'rxjs';

/** A user or logger that brings a new state along with each reading is not followed for ever. */
const mostReadings = 10;

/**
 * Reads the present state: once more where reading, which calls getters, loggers and listeners of events, has brought
 * about another state meanwhile, unless nobody wants to know any more.
 */
export function readLatest<T>(read: () => T, stateCount: () => number, asker: { readonly closed: boolean }): T {
  for (let readings = 1; ; readings++) {
    const before = stateCount();
    const latest = read();
    if (stateCount() === before || readings === mostReadings || asker.closed) return latest;
  }
}

/** Reads the present state at each change. */
export function readAtEach<T>(change$: Observable<unknown>, read: () => T): Observable<T> {
  return new Observable((subscriber) => {
    let changeCount = 0;
    let isReading = false;
    subscriber.add(
      change$.subscribe({
        next: () => {
          changeCount++;
          if (isReading) return;
          isReading = true;
          const latest = readLatest(read, () => changeCount, subscriber);
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
