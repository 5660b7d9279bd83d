import type { SchedulerLike } from 'rxjs';
import { defer, from, lastValueFrom, race, switchMap, throwError, timer } from 'rxjs';

/** Sends a command; resolves with the reply. */
export type Send = (command: string, ...args: string[]) => Promise<unknown>;

/** How long a reply may take: less than a ConfigCat client waits for its cache, so that it does not give the cache up. */
const replyTimeoutMs = 1000;
/** The last part of that time. It starts only when the first is over, so that a process that was stopped still reads a reply. */
const restartedMs = 100;

/**
 * Rejects a command that Redis does not answer in time. Both packages queue commands until Redis is back, so no others are
 * sent while one is overdue: they would pile up, and later write old payloads.
 */
export function guarded(send: Send, scheduler: SchedulerLike): Send {
  let isCommandOverdue = false;
  const onLateReply = () => {
    isCommandOverdue = false;
  };
  return async (...command) => {
    try {
      if (isCommandOverdue) throw new Error('A command still waits for its reply.');
      const reply = send(...command);
      const timedOut$ = defer(() => {
        isCommandOverdue = true;
        reply.then(onLateReply, onLateReply);
        return throwError(() => new Error(`No answer to ${command[0]} within ${replyTimeoutMs} ms.`));
      });
      const timeout$ = timer(replyTimeoutMs - restartedMs, scheduler).pipe(
        switchMap(() => timer(restartedMs, scheduler)),
        switchMap(() => timedOut$),
      );
      return await lastValueFrom(race(from(reply), timeout$), { defaultValue: undefined });
    } catch (cause) {
      throw toFailure(cause);
    }
  };
}

/**
 * Turns what a command failed with into an error to report. A reply of Redis names what is missing; all other failures have
 * one text, and so are reported once.
 */
export function toFailure(cause: unknown): Error {
  const answer = cause instanceof Error && /^[A-Z]{2,} /.test(cause.message) ? cause.message.replace(/\.?$/, '.') : '';
  const text = answer
    ? `Redis refuses what sharing needs: ${answer} Until it does not, this process polls by itself.`
    : 'Redis is of no use now; until it is again, this process polls by itself.';
  return new Error(text, { cause });
}
