import { maxTimerMs } from '../arguments.js';

/** A time to wait from a point in time on, in milliseconds of the wall clock, which goes on in a frozen process. */
export interface Wait {
  readonly sinceMs: number;
  readonly delayMs: number;
}

/** What is left of a wait, as far as timers reach: longer ones would fire at once. A clock that was set back ends it. */
export function leftMs(wait: Wait | undefined, nowMs: number): number {
  const passedMs = wait ? nowMs - wait.sinceMs : -1;
  return wait && passedMs >= 0 ? Math.min(maxTimerMs, Math.max(0, wait.delayMs - passedMs)) : 0;
}
