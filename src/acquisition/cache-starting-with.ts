import { EMPTY } from 'rxjs';
import { requireObject } from '../arguments.js';
import type { ConfigCache } from './cache.js';

/** What a client knew, as its snapshots have it (`cacheText`), or a function that gives it when it is wanted. */
export type KnownText = string | null | undefined | (() => string | null | undefined);

/**
 * A cache whose first answer is a text that is known already, as that by which a server has rendered a page: its client has
 * the config at once, and asks only for a newer one. From then on it answers as the other cache does; whether an entry there
 * is newer than the text is told by the times in them.
 *
 * @param text - `snapshot.cacheText` of another client; none where it is empty or nullish. One that cannot be read is logged
 * by the client, as is what a function throws (event 2200), and the next read goes to the other cache.
 * @param cache - where configs are read and kept afterwards, or at once where there is no text. Default: nowhere.
 * @throws TypeError when `cache` is no cache.
 *
 * @example
 * const { cacheText } = client.snapshot();
 * const twin = createClient(sdkKey, { cache: cacheStartingWith(cacheText, localStorageCache()) });
 */
export function cacheStartingWith(text: KnownText, cache?: ConfigCache): ConfigCache {
  if (cache) requireObject('cache', cache, 'get', 'set');
  let first = text;
  return {
    get: (key) => {
      const given = first;
      // Also when it cannot be read.
      first = undefined;
      return textOf(given) ?? cache?.get(key);
    },
    set: (key, value) => cache?.set(key, value),
    changes$: cache?.changes$ ?? EMPTY,
    refreshOn$: cache?.refreshOn$ ?? EMPTY,
  };
}

/** A text that is known, or nothing where it is empty. */
export function textOf(text: KnownText): string | null | undefined {
  const known = typeof text === 'function' ? text() : text;
  return known === '' ? undefined : known;
}
