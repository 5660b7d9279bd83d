import type { User } from '../functions.js';
import { copyUser, userKey } from '../functions.js';
import type { EvaluatedUser } from './evaluation.js';

/** A user who is told apart from others by value. */
export interface RelayUser extends EvaluatedUser {
  /** What equal users have in common, and no others. */
  readonly key: string;
  /** How many streams there are for the user. */
  streamCount: number;
}

/** The users that a relay evaluates for. Equal ones are one. */
export interface Users {
  /** The one user that is equal to this one. Kept while it has streams, and some more by when they were last asked for. */
  readonly of: (user: User | undefined) => RelayUser;
  /** The user of a key, where it is kept. */
  readonly find: (key: string) => RelayUser | undefined;
  /** Counts a stream. */
  readonly hold: (user: RelayUser) => void;
  /** Counts a stream no more. */
  readonly release: (user: RelayUser) => void;
  /** How many users have streams. */
  readonly streamingCount: () => number;
}

/** Creates a place for users, which forgets those without streams that were asked for least lately. */
export function createUsers(maxIdle: number): Users {
  const streaming = new Map<string, RelayUser>();
  // In the order in which they were asked for.
  const idle = new Map<string, RelayUser>();
  const keep = (user: RelayUser) => {
    idle.delete(user.key);
    idle.set(user.key, user);
    if (idle.size <= maxIdle) return;
    for (const oldest of idle.keys()) {
      idle.delete(oldest);
      return;
    }
  };
  return {
    of: (user) => {
      const key = user ? userKey(user) : '';
      const known = streaming.get(key) ?? idle.get(key);
      const kept = known ?? {
        // Objects that equal nothing but themselves are not to be changed by those who gave them.
        user: user && copyUser(user),
        key,
        values: undefined,
        configNumber: 0,
        streamCount: 0,
      };
      if (kept.streamCount === 0) keep(kept);
      return kept;
    },
    find: (key) => streaming.get(key) ?? idle.get(key),
    hold: (user) => {
      user.streamCount++;
      idle.delete(user.key);
      streaming.set(user.key, user);
    },
    release: (user) => {
      if (--user.streamCount > 0) return;
      streaming.delete(user.key);
      keep(user);
    },
    streamingCount: () => streaming.size,
  };
}
