import type { User } from '../model/user.js';
import type { Received } from './message.js';
import { readMessage } from './message.js';
import { isSame } from '../decided/user.js';

/** Where a remote client keeps values for the next time. What it throws counts as nothing kept. */
export interface ValueStorage {
  readonly get: (key: string) => string | null | undefined;
  readonly set: (key: string, text: string) => void;
}

/**
 * Keeps values in `localStorage`, so that a page has its flags in the line after the client's creation, before it first paints.
 * Where storage is full, forbidden or missing nothing is kept.
 *
 * @example
 * const client = createRemoteClient({ url: '/flags', storage: localStorageValues() });
 */
export function localStorageValues(): ValueStorage {
  // Node has a global `localStorage`, which warns when it is used.
  const isPage = typeof document !== 'undefined';
  return {
    get: (key) => (isPage ? localStorage.getItem(key) : undefined),
    set: (key, text) => {
      if (isPage) localStorage.setItem(key, text);
    },
  };
}

/** What decides where values are kept. */
interface StorageOptions {
  readonly url: string;
  readonly storage?: ValueStorage | undefined;
}

const keyOf = ({ url }: StorageOptions) => `configcat-rx/remote ${url}`;

/** Reads what has been kept of a user; nothing where it is of another one, or cannot be read. */
export function readKept(options: StorageOptions, user: User | undefined): Received | undefined {
  try {
    const text = options.storage?.get(keyOf(options));
    if (!text) return undefined;
    const kept = JSON.parse(text) as { user?: User; etag?: string };
    return isSame(kept.user, user) ? readMessage(text, kept.etag ?? '') : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps values of a user, in the form of a message. */
export function keep(options: StorageOptions, user: User | undefined, { order, etag, flags }: Received): void {
  try {
    options.storage?.set(keyOf(options), JSON.stringify({ user, etag, order, flags: [...flags.values()] }));
  } catch {
    // Full, or forbidden.
  }
}
