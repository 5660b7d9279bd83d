import type { SchedulerAction, SchedulerLike } from 'rxjs';
import { Subscription } from 'rxjs';

/** The wall clock, and timers that fire once. RxJS's `asyncScheduler`, whose timers can be set again, is ten times as much to load. */
export const plainTimers: SchedulerLike = {
  now: () => Date.now(),
  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const run = () => {
      work.call(subscription as SchedulerAction<T>, state);
    };
    const handle = setTimeout(run, delay);
    const subscription = new Subscription(() => {
      clearTimeout(handle);
    });
    return subscription;
  },
};
