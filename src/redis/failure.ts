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
