import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import { sha1Hex } from '../hash.js';
import type { User } from '../model/user.js';
import type { Session } from '../session.js';
import { holdingOf } from './holding.js';

/** What somebody is shown. */
export interface Shown {
  readonly key: string;
  readonly value?: unknown;
  readonly variationId?: string | undefined;
  readonly user?: User | undefined;
}

// Longer keys are remembered by their hash: identifiers are foreign, and can be of any length.
const maxKeyLength = 80;

/** Where the storage of a session has what was told in it. */
const place = 'configcat-rx.exposures';
const mostKept = 2000;

/**
 * Gives what marks an exposure as told in the session of this moment, and returns whether it was the first of its user, flag
 * and variation there: for adapters, which tell exposures later than they happen, if at all. All that share the storage of the
 * session share its marks, which are hashes; two that mark in the same instant may both be the first.
 *
 * @param source - the core or client that has evaluated.
 * @param recipient - who is told: each recipient has marks of its own.
 * @throws TypeError when the session was not made by `session()`.
 *
 * @example
 * const mark = sessionMark(client, session, exposure, 'warehouse');
 * queue.push(() => mark() && send(exposure));
 */
export function sessionMark(source: FlagSource, session: Session, shown: Shown, recipient: string): () => boolean {
  const { id, storage } = session;
  const { tellProblem } = holdingOf(session, 'session');
  const core = coreOf(source);
  const told = JSON.stringify([core.options.sdkKey, id, recipient, subjectOf(shown), variationOf(shown)]);
  // All of one length, so that what is cut off is entries.
  const entry = `${sha1Hex(told).slice(0, 16)} `;
  return () => {
    const kept = storage.getItem(place) ?? '';
    if (kept.includes(entry)) return false;
    storage.setItem(place, (kept + entry).slice(-mostKept * entry.length));
    tellProblem(core);
    return true;
  };
}

/** User and flag, as a text that is not long. */
export function subjectOf({ key, user }: Shown): string {
  return short(JSON.stringify([key, user ? [identifierOf(user)] : []]));
}

/** A variation, as a text that is not long. */
export function variationOf({ value, variationId }: Shown): string {
  // A value in a list of its own cannot be taken for a variation ID.
  return short(JSON.stringify(variationId ?? [value]));
}

function short(text: string): string {
  return text.length > maxKeyLength ? sha1Hex(text) : text;
}

/** Reads the identifier of a user, which is the caller's object: its getter may throw. */
function identifierOf(user: User): string {
  try {
    const { identifier }: { readonly identifier: unknown } = user;
    return String(identifier);
  } catch {
    return '';
  }
}
