import type { SchedulerAction, SchedulerLike } from 'rxjs';
import { Subscription, asyncScheduler } from 'rxjs';
import { maxTimerMs, observe } from '../arguments.js';

/**
 * One-shot timers that do not keep a process alive, for waits that nobody depends on. Where timers cannot be told
 * so (browsers), they are ordinary ones. Where no timer can be set, as in workers outside of requests, it never fires.
 */
export const idleScheduler: SchedulerLike = {
  now: () => asyncScheduler.now(),
  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const subscription = new Subscription();
    const run = () => {
      if (!subscription.closed) work.call(subscription as SchedulerAction<T>, state);
    };
    ignoringErrors(() => {
      // Longer timers would fire at once.
      const handle: unknown = setTimeout(run, Math.min(delay, maxTimerMs));
      (handle as { unref?: () => void }).unref?.();
      subscription.add(() => {
        ignoringErrors(() => {
          clearTimeout(handle as number);
        });
      });
    });
    return subscription;
  },
};

function ignoringErrors(act: () => void): void {
  try {
    act();
  } catch {
    return;
  }
}

/** Numbers from 0 to 1, whatever the given function does. */
export function safeRandom(random: () => number = Math.random): () => number {
  return () => {
    try {
      return Math.min(1, Math.max(0, Number(observe<unknown>(random())) || 0));
    } catch {
      return 0;
    }
  };
}

/** Keeps the process alive until the returned function is called. */
export function holdProcess(): () => void {
  const handle = setInterval(() => undefined, maxTimerMs);
  return () => {
    clearInterval(handle);
  };
}
