import type { SchedulerAction, SchedulerLike } from 'rxjs';
import { Subscription, asyncScheduler } from 'rxjs';

/**
 * One-shot timers that do not keep a process alive, for waits that nobody depends on. Where timers cannot be told
 * so (browsers), they are ordinary ones.
 */
export const idleScheduler: SchedulerLike = {
  now: () => asyncScheduler.now(),
  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const subscription = new Subscription();
    const handle: unknown = setTimeout(() => {
      if (!subscription.closed) work.call(subscription as SchedulerAction<T>, state);
    }, delay);
    (handle as { unref?: () => void }).unref?.();
    subscription.add(() => {
      clearTimeout(handle as number);
    });
    return subscription;
  },
};

/** The dice that clients throw by default. */
export const anyNumber = (): number => Math.random();

/** Keeps the process alive until the returned function is called. */
export function holdProcess(): () => void {
  const handle = setInterval(() => undefined, 0x7fffffff);
  return () => {
    clearInterval(handle);
  };
}
