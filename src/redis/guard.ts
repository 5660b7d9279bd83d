import type { SchedulerLike } from 'rxjs';
import { defer, from, lastValueFrom, throwError, timeout } from 'rxjs';

/** Sends a command; resolves with the reply. */
export type Send = (command: string, ...args: string[]) => Promise<unknown>;

/** How long a reply may take: less than the client of the cache waits, so that it does not turn from the cache. */
const answerMs = 1000;

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
        return throwError(() => new Error(`${command[0]} was not answered within ${answerMs} ms.`));
      });
      const reply$ = from(reply).pipe(timeout({ first: answerMs, scheduler, with: () => hang$ }));
      return await lastValueFrom(reply$, { defaultValue: undefined });
    } catch (cause) {
      // One text for all causes, so that the client reports it once.
      throw new Error('Redis is of no use now; until it is again, this process polls by itself.', { cause });
    }
  };
}
