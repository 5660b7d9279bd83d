import type { Observable } from 'rxjs';
import { merge } from 'rxjs';
import { requireMade, requireObject } from '../arguments.js';
import type { Time } from '../time.js';
import type { ConfigCache, EntryCacheOptions } from './cache.js';
import { createEntryCache } from './cache.js';
import { readNewerEntry } from './cache-read.js';
import type { ConfigFetcher } from './fetch.js';
import type { FetchOutcome, Outcome, State } from './outcome.js';
import type { PollingPlan } from './polling/mode.js';
import { reconcile } from './reconcile.js';
import type { Task } from './task.js';
import { demandAtEach } from './triggers.js';
import type { Trigger } from './triggers.js';
import { createWriter } from './writer.js';

/** Under this symbol external caches keep what they are made of, also for other copies of this version of the library. */
export const openerSymbol: unique symbol = Symbol.for('configcat-rx/1.cache');

/** A cache outside the process, made by `externalCache()`, and by nothing else. */
export interface ExternalCache {
  /** What the cache is made of, for nobody else. */
  readonly [openerSymbol]: object;
}

/** What an external cache is made of: opens it beside a store. */
export type CacheOpener = <C>(options: ExternalCacheOptions<C>, store: CachedStore<C>) => OpenCache<C>;

/** What an external cache works with. */
export interface ExternalCacheOptions<C> extends Pick<EntryCacheOptions<C>, 'key' | 'parse' | 'requestTimeoutMs'> {
  readonly polling: PollingPlan;
  readonly time: Time;
}

/** The store that a cache is for. */
export interface CachedStore<C> {
  readonly state: () => State<C>;
  /** Takes the work of writing. */
  readonly run: (work$: Observable<Outcome<C>>) => void;
}

/** An external cache beside a store. */
export interface OpenCache<C> {
  /** Reads what is newer than the state. */
  readonly read: () => Observable<Outcome<C>>;
  /** Fetches, and leaves of the answer what is news beside what the cache has brought meanwhile, which is then stored. */
  readonly reconcile: (fetch: ConfigFetcher<C>, task: Pick<Task, 'isDemanded'>) => Observable<FetchOutcome<C>>;
  /** Completes when nothing is being written. */
  readonly idle$: Observable<never>;
  /** Reads the cache, or asks the server, when the cache says so. */
  readonly trigger: Trigger;
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
  return (options, { state, run }) => {
    const { polling, time } = options;
    const { freshForMs } = polling;
    const { scheduler } = time;
    const entries = createEntryCache(cache, { ...options, freshForMs, scheduler });
    const { store, idle$ } = createWriter((entry) => entries.write(entry), run);
    const reconciling = {
      state,
      isOrdered: entries.isOrdered,
      freshForMs,
      nowMs: () => scheduler.now(),
      store,
    };
    return {
      read: readNewerEntry({ cache: entries, polling, time }, state),
      reconcile: (fetch, task) => reconcile(fetch, task, reconciling),
      idle$,
      trigger: (context) =>
        merge(
          demandAtEach('cache.refreshOn$', cache.refreshOn$, context.refresh, context),
          demandAtEach('cache.changes$', cache.changes$, context.readCache, context),
        ),
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
