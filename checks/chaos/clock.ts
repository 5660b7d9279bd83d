import type { SchedulerAction, SchedulerLike } from 'rxjs';
import { Subject, Subscription } from 'rxjs';

/** A scheduler for one party, with what that party has left on it. */
export interface Timers {
  readonly scheduler: SchedulerLike;
  /** The delays of all timers that are running, in milliseconds. */
  readonly delaysMs: () => readonly number[];
}

/**
 * Time that costs nothing: it stands still while anybody works, and jumps to the next timer when nobody does. Real input
 * and output can go on meanwhile.
 */
export interface Clock {
  readonly now: () => number;
  readonly timersFor: () => Timers;
  /** Emits whenever a timer is started, stopped or run. */
  readonly change$: Subject<void>;
  /** Jumps to the next timer that is due until then and runs it; `false`, and at that time, when there is none. */
  readonly jump: (untilMs: number) => boolean;
}

interface Timer {
  readonly dueMs: number;
  readonly delayMs: number;
  readonly owner: Timers;
  readonly run: () => void;
}

export function createClock(startMs: number): Clock {
  const running = new Set<Timer>();
  const change$ = new Subject<void>();
  let nowMs = startMs;
  // As real clocks tell it, whatever the timers.
  const now = () => Math.floor(nowMs);

  const start = (timer: Timer): Subscription => {
    running.add(timer);
    change$.next();
    return new Subscription(() => {
      if (running.delete(timer)) change$.next();
    });
  };

  const timersFor = (): Timers => {
    const timers: Timers = {
      scheduler: { now, schedule },
      delaysMs: () => [...running].filter(({ owner }) => owner === timers).map(({ delayMs }) => delayMs),
    };
    function schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delayMs = 0, state?: T): Subscription {
      const action = Object.assign(new Subscription(), {
        schedule: (nextState?: T, nextDelayMs = 0): Subscription => {
          const run = () => {
            work.call(action, nextState);
          };
          action.add(start({ dueMs: nowMs + Math.max(0, nextDelayMs), delayMs: nextDelayMs, owner: timers, run }));
          return action;
        },
      });
      return action.schedule(state, delayMs);
    }
    return timers;
  };

  return {
    now,
    timersFor,
    change$,
    jump: (untilMs) => {
      // Of timers that are due together the one that was started first comes first.
      const next = [...running].reduce<Timer | undefined>((a, b) => (a && a.dueMs <= b.dueMs ? a : b), undefined);
      if (!next || next.dueMs > untilMs) {
        nowMs = Math.max(nowMs, untilMs);
        return false;
      }
      nowMs = Math.max(nowMs, next.dueMs);
      running.delete(next);
      next.run();
      change$.next();
      return true;
    },
  };
}
