import type { Observable, SchedulerLike } from 'rxjs';

/** Clocks of a client, and its dice. */
export interface Time {
  /** Wall clock and timers that something depends on. */
  readonly scheduler: SchedulerLike;
  /** Timers for idle waits, which must not keep a process alive. */
  readonly idle: SchedulerLike;
  /** Emits when timers may have stood still. */
  readonly resumed$?: Observable<unknown> | undefined;
  /** Numbers from 0 up to 1, by which clients that would act at the same time are spread. */
  readonly random: () => number;
}
