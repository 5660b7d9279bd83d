import type { Observable, SchedulerLike } from 'rxjs';
import { EMPTY, concat, defer, ignoreElements, repeat, timer } from 'rxjs';

/** Clocks of a client. */
export interface Time {
  /** Wall clock and timers that something depends on. */
  readonly scheduler: SchedulerLike;
  /** Timers for idle waits, which must not keep a process alive. */
  readonly idle: SchedulerLike;
}

/** Brings the client's config up to date if it is older than this; completes when that has ended in any way. */
export type Synchronise = (maxAgeMs: number) => Observable<unknown>;

/** When a client fetches. Made by `autoPoll()`, `lazyLoad()` and `manualPoll()`. */
export interface PollingMode {
  readonly name: 'auto' | 'lazy' | 'manual';
  /**
   * How long a config counts as up to date.
   *
   * @internal
   */
  readonly freshForMs: number;
  /**
   * A read that finds the config older than this fetches first.
   *
   * @internal
   */
  readonly readMaxAgeMs: number;
  /**
   * How long reads wait for the first round of `rounds` at most.
   *
   * @internal
   */
  readonly maxInitWaitMs: number;
  /**
   * The work that a client does by itself: emits nothing, and the end of its first round makes the client ready.
   *
   * @internal
   */
  readonly rounds: (synchronise: Synchronise, time: Time) => Observable<never>;
}

// A poll may come a little early and must still find the config due.
const pollToleranceMs = 500;

/** Fetches again and again: the next round starts an interval after the last one started, but never before it ended. */
export function pollEvery(intervalMs: number, maxInitWaitMs: number): PollingMode {
  return {
    name: 'auto',
    freshForMs: intervalMs,
    readMaxAgeMs: Infinity,
    maxInitWaitMs,
    rounds: (synchronise, { scheduler, idle }) =>
      defer(() => {
        const startedAt = scheduler.now();
        const pause = () => Math.min(intervalMs, Math.max(0, startedAt + intervalMs - scheduler.now()));
        return concat(
          synchronise(intervalMs - pollToleranceMs),
          defer(() => timer(pause(), idle)),
        );
      }).pipe(repeat(), ignoreElements()),
  };
}

/** Fetches when a read finds the config older than its time to live. */
export function fetchWhenOlderThan(timeToLiveMs: number): PollingMode {
  return {
    name: 'lazy',
    freshForMs: timeToLiveMs,
    readMaxAgeMs: timeToLiveMs,
    maxInitWaitMs: Infinity,
    rounds: readCacheOnce,
  };
}

/** Fetches when told to. Its config never counts as up to date. */
export const fetchOnDemand: PollingMode = {
  name: 'manual',
  freshForMs: -Infinity,
  readMaxAgeMs: Infinity,
  maxInitWaitMs: Infinity,
  rounds: readCacheOnce,
};

function readCacheOnce(synchronise: Synchronise): Observable<never> {
  return concat(synchronise(Infinity), EMPTY).pipe(ignoreElements());
}
