import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';
import type { Clock } from '../clock.js';

/** The time as one client has it. */
export interface OwnClock {
  /** For the client: its clock and its timers. */
  readonly scheduler: SchedulerLike;
  /** Timers of what comes to the client from outside. */
  readonly arrivals: SchedulerLike;
  readonly now: () => number;
  /** Sets the clock. Timers do not care. */
  readonly set: (byMs: number) => void;
  /** Nothing of the client's runs for a while: its timers, and what comes to it, are late. */
  readonly stall: (ms: number) => void;
  /** Until when it stood still last. */
  readonly stalledUntilMs: () => number;
  /** The delays of the client's timers that are running, in milliseconds. */
  readonly delaysMs: () => readonly number[];
}

export function createOwnClock(clock: Clock, skewMs: number): OwnClock {
  const [timers, arrivals] = [clock.timersFor(), clock.timersFor()];
  let offsetMs = skewMs;
  let stalledUntilMs = 0;
  const now = () => clock.now() + offsetMs;

  const late = (inner: SchedulerLike): SchedulerLike => ({
    now,
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delayMs = 0, state?: T): Subscription =>
      inner.schedule(
        function (this: SchedulerAction<T>, current?: T) {
          const leftMs = stalledUntilMs - clock.now();
          if (leftMs > 0) this.schedule(current, leftMs);
          else work.call(this, current);
        },
        delayMs,
        state,
      ),
  });

  return {
    scheduler: late(timers.scheduler),
    arrivals: late(arrivals.scheduler),
    now,
    set: (byMs) => {
      offsetMs += byMs;
    },
    stall: (ms) => {
      stalledUntilMs = Math.max(stalledUntilMs, clock.now() + ms);
    },
    stalledUntilMs: () => stalledUntilMs,
    delaysMs: timers.delaysMs,
  };
}
