/** A failure that PostgreSQL, or what stands before it, will repeat until somebody changes something. */
export class Refusal extends Error {}

/** The code that PostgreSQL gave an error (SQLSTATE); `undefined` for errors of the network. */
export function codeOf(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { readonly code?: unknown; readonly severity?: unknown };
  return typeof code === 'string' && typeof severity === 'string' ? code : undefined;
}

/** Codes of what passes by itself: connections that fail (08), conflicts (40), a server that starts or ends (57). */
const passing = /^(08|40|57)/;

/**
 * Turns what a statement failed with into an error to report. A refusal says what is missing; all other failures have one
 * text, and so are reported once.
 */
export function toFailure(cause: unknown): Error {
  const refusal = refusalOf(cause);
  const text =
    refusal === undefined
      ? 'PostgreSQL is of no use now; until it is again, this process polls by itself.'
      : `PostgreSQL refuses what sharing needs: ${refusal.replace(/\.?$/, '.')} Until it does not, this process polls by itself.`;
  return new Error(text, { cause });
}

/** What is wrong where a server does not let anybody write or listen. */
export const onlyReads =
  'The connection leads to a server that only reads, such as a replica, or to a session that may not write. ' +
  'Give `postgresShared()` a connection to the primary.';

/** What a refusal says; `undefined` for a failure that passes by itself. */
export function refusalOf(cause: unknown): string | undefined {
  const code = codeOf(cause);
  // PostgreSQL names the command, each of which would be reported once.
  if (code === '25006') return onlyReads;
  const isRefusal = cause instanceof Refusal || (code !== undefined && !passing.test(code));
  return isRefusal ? (cause as Error).message : undefined;
}
