import type { Observable, SchedulerLike } from 'rxjs';
import { identity } from 'rxjs';
import type { RefreshFailure, RefreshResult } from './outcome.js';
import type { Task } from './task.js';

/** What a runtime lets acquisition wait for, and when. Most set no limits: see `noLimits`, and `request-bound.ts`. */
export interface RuntimeLimits {
  /** Nothing can be done between reads, so that reads poll. */
  readonly pollsAtReads: boolean;
  /** Why nothing can be begun now, if nothing can. */
  readonly refusal: () => RefreshFailure | undefined;
  /** Tells whether a task has probably ended together with whoever started it. */
  readonly hasVanished: (task: Task, scheduler: SchedulerLike) => boolean;
  /**
   * Waits for what a task comes to.
   *
   * @param before - which start of it was the last before it was joined; `undefined` when there was none.
   */
  readonly follow: (task: Task, before: number | undefined, scheduler: SchedulerLike) => Observable<RefreshResult>;
  /** Completes with a stream, which does so when a condition holds. */
  readonly until: (end$: Observable<unknown>, isOver: () => boolean, scheduler: SchedulerLike) => Observable<unknown>;
  /**
   * A read, which waits for as long as it can.
   *
   * @param waitMs - how long it may wait where it has a limit; `undefined` where there is a config to go on with.
   * @param giveUp - called when the time is over.
   */
  readonly read: (
    read$: Observable<never>,
    waitMs: () => number | undefined,
    giveUp: () => void,
    scheduler: SchedulerLike,
  ) => Observable<never>;
  /** Work that begins as soon as it can. */
  readonly whenPossible: (work$: Observable<never>, reading$: Observable<unknown>) => Observable<never>;
}

/** Those of runtimes where timers and requests go on until they end. */
export const noLimits: RuntimeLimits = {
  pollsAtReads: false,
  refusal: () => undefined,
  hasVanished: () => false,
  follow: ({ result$ }) => result$,
  until: identity,
  read: identity,
  whenPossible: identity,
};
