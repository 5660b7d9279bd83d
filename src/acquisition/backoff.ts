import type { Time } from '../time.js';
import type { PollingPlan } from './polling/mode.js';
import type { Wait } from './wait.js';

/** A time to wait after failures in a row. */
export interface Backoff extends Wait {
  readonly failures: number;
}

/**
 * How long automatic fetches wait after one that failed: longer after each failure in a row, as the polling mode says, and at
 * least as long as the server asks for.
 *
 * @param before - the wait after the failure before, if there was one.
 * @param startedAtMs - when the fetch began, from which the wait is counted.
 */
export function backoffAfter(
  before: Backoff | undefined,
  retryAfterMs: number,
  startedAtMs: number,
  { polling, time }: { readonly polling: PollingPlan; readonly time: Time },
): Backoff {
  const failures = (before?.failures ?? 0) + 1;
  const sinceMs = time.scheduler.now();
  // A clock that was set back meanwhile lengthens no wait.
  const backoffLeftMs = polling.backoffMs(failures, time.random) - Math.max(0, sinceMs - startedAtMs);
  return { failures, sinceMs, delayMs: Math.max(retryAfterMs, backoffLeftMs) };
}
