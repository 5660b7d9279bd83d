import type { Observable } from 'rxjs';
import { Subscription } from 'rxjs';

/** What a stream has done so far. */
export interface Recording<T> {
  readonly values: T[];
  isComplete: boolean;
  /** Unsubscribes. */
  readonly stop: () => void;
}

/** Subscribes, and writes down what the stream does. */
export function record<T>(stream$: Observable<T>): Recording<T> {
  const subscription = new Subscription();
  const recording: Recording<T> = {
    values: [],
    isComplete: false,
    stop: () => {
      subscription.unsubscribe();
    },
  };
  const subscribed = stream$.subscribe({
    next: (value) => recording.values.push(value),
    complete: () => {
      recording.isComplete = true;
    },
  });
  subscription.add(subscribed);
  return recording;
}
