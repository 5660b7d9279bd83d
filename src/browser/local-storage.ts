import type { Observable } from 'rxjs';
import { NEVER, filter } from 'rxjs';
import type { ConfigCache } from '../index.js';
import { fromBase64, toBase64 } from './base64.js';
import { withMemory } from './memory.js';
import { fromWindow } from './page.js';

/** A cache that emits when another tab has stored something. */
export interface TabCache extends ConfigCache {
  readonly changes$: Observable<unknown>;
}

/**
 * Keeps configs in `localStorage`, in the form of all ConfigCat SDKs, so that a page has its flags in the line after the
 * client's creation, before it first paints. What another tab stores is adopted at once. Where storage is full,
 * forbidden or missing, configs are kept in memory; that is logged once, as event 2200 or 2201. Outside of web pages, on
 * a server for instance, that is what is always done, without a word.
 *
 * Source: protocol section 9.
 *
 * @example
 * const client = createClient(sdkKey, { cache: localStorageCache() });
 */
export function localStorageCache(): TabCache {
  // Node has a global `localStorage`, which warns when it is used.
  const isPage = typeof document !== 'undefined';
  const elsewhere = new Map<string, string>();
  const used = new Set<string>();
  const cache = withMemory({
    get: (key) => {
      used.add(key);
      if (!isPage) return elsewhere.get(key);
      const stored = localStorage.getItem(key);
      return stored === null ? undefined : fromBase64(stored);
    },
    set: (key, value) => {
      if (isPage) localStorage.setItem(key, toBase64(value));
      else elsewhere.set(key, value);
    },
  });
  const stored$ = isPage ? fromWindow<StorageEvent>('storage') : NEVER;
  return { ...cache, changes$: stored$.pipe(filter(({ key }) => key !== null && used.has(key))) };
}
