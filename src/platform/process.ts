import type { SchedulerAction, SchedulerLike } from 'rxjs';
import { Subscription, asyncScheduler } from 'rxjs';
import { maxTimerMs } from '../arguments.js';

/**
 * One-shot timers that do not keep a process alive, for waits that nobody depends on. Where no timer can be set, as in
 * workers outside of requests, they never fire.
 */
export const idleScheduler: SchedulerLike = {
  now: () => asyncScheduler.now(),
  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const subscription = new Subscription();
    const run = () => {
      if (!subscription.closed) work.call(subscription as SchedulerAction<T>, state);
    };
    ignoringErrors(() => {
      const handle: unknown = setTimeout(run, delay);
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

/** Keeps the process alive until the returned function is called. */
export function holdProcess(): () => void {
  const handle = setInterval(() => undefined, maxTimerMs);
  return () => {
    clearInterval(handle);
  };
}
