import type { Connection } from './connection.js';

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

/**
 * Sends commands whose refusal says which command of a script it is about: Redis before version 7.2 names the script by a
 * digest, and the line of the command by its number.
 */
export function namingRefused(send: Connection['send']): Connection['send'] {
  return async (command, ...args) => {
    try {
      return await send(command, ...args);
    } catch (error) {
      const [, reply, line] = /^(.+?)\.? script: .+ on @user_script: ?(\d+)/.exec(messageOf(error)) ?? [];
      if (command !== 'EVAL' || reply === undefined) throw error;
      const name = /call\('([A-Z]+)'/.exec(args[0]?.split('\n')[Number(line) - 1] ?? '')?.[1];
      throw new Error(`${reply}${name === undefined || reply.includes(name) ? '' : ` (${name})`}`, { cause: error });
    }
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
