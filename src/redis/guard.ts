import type { SchedulerLike } from 'rxjs';
import { defer, from, lastValueFrom, race, switchMap, throwError, timer } from 'rxjs';

/** Sends a command; resolves with the reply. */
export type Send = (command: string, ...args: string[]) => Promise<unknown>;

/** How long a reply may take: less than the client of the cache waits, so that it does not turn from the cache. */
const answerMs = 1000;
/** The part of it that begins anew where a process was stopped: the reply may have come meanwhile. */
const lastMs = 100;

/**
 * Lets nobody wait for a Redis that is gone. Both packages keep commands until Redis is back; so, while one waits, no
 * others are sent: they would pile up, and write old payloads then.
 */
export function guarded(send: Send, scheduler: SchedulerLike): Send {
  let isHanging = false;
  const answered = () => {
    isHanging = false;
  };
  return async (...command) => {
    try {
      if (isHanging) throw new Error('A command still waits for its reply.');
      const reply = send(...command);
      const hang$ = defer(() => {
        isHanging = true;
        reply.then(answered, answered);
        return throwError(() => new Error(`No answer to ${command[0]} within ${answerMs} ms.`));
      });
      const tooLate$ = timer(answerMs - lastMs, scheduler).pipe(
        switchMap(() => timer(lastMs, scheduler)),
        switchMap(() => hang$),
      );
      return await lastValueFrom(race(from(reply), tooLate$), { defaultValue: undefined });
    } catch (cause) {
      throw toFailure(cause);
    }
  };
}

/** Words a failure: what Redis itself answers names what is missing; all else has one text, and is reported once. */
export function toFailure(cause: unknown): Error {
  const answer = cause instanceof Error && /^[A-Z]{2,} /.test(cause.message) ? cause.message.replace(/\.?$/, '.') : '';
  const text = answer
    ? `Redis refuses what sharing needs: ${answer} Until it does not, this process polls by itself.`
    : 'Redis is of no use now; until it is again, this process polls by itself.';
  return new Error(text, { cause });
}
