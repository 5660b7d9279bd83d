import type { Observable } from 'rxjs';
import { requireMade, requireObject } from '../arguments.js';
import type { Time } from '../time.js';
import type { ConfigCache, EntryCache, EntryCacheOptions } from './cache.js';
import { createEntryCache } from './cache.js';
import { readNewerEntry } from './cache-read.js';
import type { Outcome, State } from './outcome.js';
import type { PollingPlan } from './polling/mode.js';
import type { Writer } from './writer.js';
import { createWriter } from './writer.js';

/** Under this symbol external caches keep what they are made of, also for other copies of this version of the library. */
export const openerSymbol: unique symbol = Symbol.for('configcat-rx/1.cache');

/** A cache outside the process, made by `externalCache()`, and by nothing else. */
export interface ExternalCache {
  /** What the cache is made of, for nobody else. */
  readonly [openerSymbol]: object;
}

/** What an external cache is made of: opens it beside a store. */
export type CacheOpener = <C>(options: ExternalCacheOptions<C>) => OpenCache<C>;

/** What an external cache works with. */
export interface ExternalCacheOptions<C> extends Pick<EntryCacheOptions<C>, 'key' | 'parse' | 'requestTimeoutMs'> {
  readonly polling: PollingPlan;
  readonly time: Time;
}

/** An external cache beside a store. */
export interface OpenCache<C> extends Pick<EntryCache<C>, 'isOrdered' | 'changes$' | 'refreshOn$'> {
  /** Reads what is newer than the state. */
  readonly newerThan: (state: () => State<C>) => () => Observable<Outcome<C>>;
  /** @param run - takes the work of writing. */
  readonly createWriter: (run: (work$: Observable<Outcome<C>>) => void) => Writer;
}

/**
 * A cache for the `cache` option of a core, which has the code for caches only where it is imported. Clients take caches as
 * they are.
 *
 * @throws TypeError when it is no cache.
 *
 * @example
 * import { createCore, externalCache, lazyLoad } from 'configcat-rx/core';
 * import { localStorageCache } from 'configcat-rx/browser';
 *
 * const core = createCore(sdkKey, { polling: lazyLoad(), cache: externalCache(localStorageCache()) });
 */
export function externalCache(cache: ConfigCache): ExternalCache {
  requireObject('cache', cache, 'get', 'set');
  return { [openerSymbol]: cacheOpener(cache) };
}

/** What `externalCache()` makes of a cache that has been checked. */
export function cacheOpener(cache: ConfigCache): CacheOpener {
  return (options) => {
    const { polling, time } = options;
    const { freshForMs } = polling;
    const entries = createEntryCache(cache, { ...options, freshForMs, scheduler: time.scheduler });
    return {
      ...entries,
      newerThan: (state) => readNewerEntry({ cache: entries, polling, time }, state),
      createWriter: (run) => createWriter((entry) => entries.write(entry), run),
    };
  };
}

/**
 * What a named cache is made of.
 *
 * @throws TypeError when it is none.
 */
export function openerOf(culprit: string, cache: ExternalCache): CacheOpener {
  return requireMade(culprit, cache, openerSymbol, 'what externalCache() gives');
}
