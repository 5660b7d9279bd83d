import type { SchedulerLike } from 'rxjs';
import { defer, from, lastValueFrom, race, switchMap, throwError, timer } from 'rxjs';

/** How long a reply may take: less than a ConfigCat client waits for its cache, so that it does not give the cache up. */
const replyTimeoutMs = 1000;
/** The last part of that time. It starts only when the first is over, so that a process that was stopped still reads a reply. */
const restartedMs = 100;

/**
 * Rejects a call that a server does not answer in time. Packages queue calls until their server is back, so no others are
 * made while one is overdue: they would pile up, and later write old payloads.
 *
 * @param toFailure - turns what a call failed with into an error to report.
 */
export function guarded<Args extends readonly unknown[], Reply>(
  call: (...args: Args) => Promise<Reply>,
  toFailure: (cause: unknown) => Error,
  scheduler: SchedulerLike,
): (...args: Args) => Promise<Reply> {
  let isCallOverdue = false;
  const onLateReply = () => {
    isCallOverdue = false;
  };
  return async (...args) => {
    try {
      if (isCallOverdue) throw new Error('An earlier call still waits for its reply.');
      const reply = call(...args);
      const timedOut$ = defer(() => {
        isCallOverdue = true;
        reply.then(onLateReply, onLateReply);
        return throwError(() => new Error(`No answer within ${replyTimeoutMs} ms.`));
      });
      const timeout$ = timer(replyTimeoutMs - restartedMs, scheduler).pipe(
        switchMap(() => timer(restartedMs, scheduler)),
        switchMap(() => timedOut$),
      );
      return await lastValueFrom(race(from(reply), timeout$), { defaultValue: reply });
    } catch (cause) {
      throw toFailure(cause);
    }
  };
}
