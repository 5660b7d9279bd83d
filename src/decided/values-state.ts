import { sha256Hex, utf8 } from '../hash.js';
import type { User } from '../model/user.js';
import type { DecidedFlag } from './flag.js';
import { isDecidedFlag } from './flag.js';
import { takeCopy } from './user.js';

/** The values of one user, as a page is given them. */
export interface ValuesState {
  /** When the server last vouched for the config, Unix milliseconds. */
  readonly fetchedAtMs: number;
  /** When the config was asked for, Unix milliseconds; nothing where it comes from elsewhere, as from overrides. */
  readonly requestedAtMs?: number | undefined;
  /** The fingerprint of the user; `null` for nobody in particular. */
  readonly user: string | null;
  readonly flags: readonly DecidedFlag[];
}

/** What stands for a user whose attributes cannot be read: nobody is like him. */
const unreadable = '';

/**
 * Stands for a user in a state, which so has no attribute of his. Equal users have equal ones, also where one of them has come
 * by JSON.
 */
export function fingerprintOf(user: User | undefined): string | null {
  if (!user) return null;
  try {
    return sha256Hex(utf8(JSON.stringify(takeCopy(user))));
  } catch {
    return unreadable;
  }
}

/** Tells whether a state is that of a user. */
export function isOf({ user }: ValuesState, asked: User): boolean {
  return user !== unreadable && user === fingerprintOf(asked);
}

/** Writes a state as JSON that is safe inside of a script element, and that every version of JavaScript can read. */
export function writeState(state: ValuesState | null): string {
  return JSON.stringify(state).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Reads a state; nothing where there is none.
 *
 * @param given - the JSON, or what it stands for.
 * @throws Error when it is no state.
 */
export function readState(given: unknown): ValuesState | undefined {
  const state = typeof given === 'string' && given !== '' ? (JSON.parse(given) as unknown) : given;
  if (state === null || state === undefined || state === '') return undefined;
  const { fetchedAtMs, requestedAtMs, user, flags } = state as Record<keyof ValuesState, unknown>;
  if (!isTime(fetchedAtMs) || !(requestedAtMs === undefined || isTime(requestedAtMs))) throw malformed();
  if (!(user === null || typeof user === 'string') || !Array.isArray(flags)) throw malformed();
  return { fetchedAtMs, requestedAtMs, user, flags: (flags as readonly unknown[]).map(readFlag) };
}

/** What `typeof` says of the values of each type. */
const kinds: readonly (string | undefined)[] = ['boolean', 'string', 'number', 'number'];

/** Reads a flag more strictly than what a relay sends: nobody but this library has written it. */
function readFlag(flag: unknown): DecidedFlag {
  if (!isDecidedFlag(flag)) throw malformed();
  const [, value, variationId, type] = flag;
  const kind = Number.isInteger(type) ? (kinds[type] ?? typeof value) : undefined;
  const isTyped = value === null ? kind !== undefined : typeof value === kind;
  if (!isTyped || !(variationId === null || typeof variationId === 'string')) throw malformed();
  return flag;
}

/** A time that a date can be. */
function isTime(time: unknown): time is number {
  return typeof time === 'number' && Math.abs(time) <= 8.64e15;
}

function malformed(): Error {
  return new TypeError('Invalid argument `state`. Expected what dehydrateValues() gave.');
}
