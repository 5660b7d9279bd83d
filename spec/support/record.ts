import type { Observable } from 'rxjs';

/** What a stream has done so far. */
export interface Recording<T> {
  readonly values: T[];
  isComplete: boolean;
}

/** Subscribes, and writes down what the stream does. */
export function record<T>(stream$: Observable<T>): Recording<T> {
  const recording: Recording<T> = { values: [], isComplete: false };
  stream$.subscribe({
    next: (value) => recording.values.push(value),
    complete: () => {
      recording.isComplete = true;
    },
  });
  return recording;
}
