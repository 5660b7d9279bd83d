import type { CacheApi, CacheApiStorage } from './cache-api.js';
import { openCache, readText, writeText } from './cache-api.js';

export type { CacheApi, CacheApiStorage, CachedAnswer } from './cache-api.js';

/** A store as Keyv, `Map`, an LRU cache, idb-keyval, Netlify's blobs or a client of Redis. */
export interface GetSetStore {
  /** Gives what is stored under a key, or the promise of it; nullish when there is nothing. */
  get(key: string): unknown;
  /** Stores a text under a key, in place of the one that is there. */
  set(key: string, text: string): unknown;
}

/** A store as Cloudflare's KV. */
export interface GetPutStore {
  /** Gives what is stored under a key, or the promise of it; nullish when there is nothing. */
  get(key: string): unknown;
  /** Stores a text under a key, in place of the one that is there. */
  put(key: string, text: string): unknown;
}

/** A store as unstorage, AsyncStorage of React Native, localForage or `sessionStorage`. */
export interface ItemStore {
  /** Gives what is stored under a key, or the promise of it; nullish when there is nothing. */
  getItem(key: string): unknown;
  /** Stores a text under a key, in place of the one that is there. */
  setItem(key: string, text: string): unknown;
}

/** Whatever can keep a text under a key. */
export type KeyValueStore = GetSetStore | GetPutStore | ItemStore | CacheApi | CacheApiStorage;

/** How a store is read and written. What it answers may be anything, at once or as a promise. */
export interface StoreAccess {
  readonly read: (key: string) => unknown;
  readonly write: (key: string, text: string) => unknown;
}

/**
 * Finds out how a store is read and written, by the methods it has.
 *
 * @throws TypeError when it has none of them.
 */
export function accessTo(store: KeyValueStore): StoreAccess {
  // First what has other methods of these names as well: unstorage's `get` and `set`, `match` of all caches.
  if (has(store, 'open')) {
    // Opened by each call for itself: in workers, what another request has opened may have ended with it.
    return {
      read: async (key) => readText(await openCache(store), key),
      write: async (key, text) => writeText(await openCache(store), key, text),
    };
  }
  if (has(store, 'match', 'put')) {
    return { read: (key) => readText(store, key), write: (key, text) => writeText(store, key, text) };
  }
  if (has(store, 'getItem', 'setItem')) {
    return { read: (key) => store.getItem(key), write: (key, text) => store.setItem(key, text) };
  }
  if (has(store, 'get', 'set')) {
    return { read: (key) => store.get(key), write: (key, text) => store.set(key, text) };
  }
  if (has(store, 'get', 'put')) {
    return { read: (key) => store.get(key), write: (key, text) => store.put(key, text) };
  }
  throw new TypeError(
    'Invalid argument `store`. Expected a store with methods `get` and `set`, `get` and `put`, or `getItem` and ' +
      '`setItem`; or a cache of the Cache API.',
  );
}

type MethodsOf<Name extends string> = Extract<KeyValueStore, Readonly<Record<Name, unknown>>>;

function has<Name extends string>(store: KeyValueStore, ...names: readonly Name[]): store is MethodsOf<Name> {
  const members = store as unknown as Readonly<Record<string, unknown>> | null | undefined;
  return names.every((name) => typeof members?.[name] === 'function');
}
