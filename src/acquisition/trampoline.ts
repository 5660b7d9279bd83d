import type { MonoTypeOperatorFunction } from 'rxjs';
import { Observable } from 'rxjs';

/** Runs tasks one after the other: a task that is handed in while another runs waits for its end. */
export type Trampoline = (task: () => void) => void;

/**
 * Creates the turnstile that all state changes of a client go through. Without it, a subscriber that causes a change
 * while it is being told of one makes the subscribers behind it see the two in reverse order.
 */
export function createTrampoline(): Trampoline {
  const waiting: (() => void)[] = [];
  let isRunning = false;
  return (task) => {
    waiting.push(task);
    if (isRunning) return;
    isRunning = true;
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) next();
    } finally {
      isRunning = false;
    }
  };
}

/** Passes values on through a trampoline. */
export function inTurn<T>(trampoline: Trampoline): MonoTypeOperatorFunction<T> {
  return (source$) =>
    new Observable((subscriber) =>
      source$.subscribe({
        next: (value) => {
          trampoline(() => {
            subscriber.next(value);
          });
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
}
