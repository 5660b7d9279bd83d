import type { Observable } from 'rxjs';
import { requireObject } from '../arguments.js';
import type { Time } from '../time.js';
import type { ConfigCache, EntryCache, EntryCacheOptions } from './cache.js';
import { createEntryCache } from './cache.js';
import { readNewerEntry } from './cache-read.js';
import type { Outcome, State } from './outcome.js';
import type { PollingMode } from './polling/mode.js';
import type { Writer } from './writer.js';
import { createWriter } from './writer.js';

/** A cache outside the process, made by `externalCache()`. */
export interface ExternalCache {
  /** @internal */
  readonly open: <C>(options: ExternalCacheOptions<C>) => OpenCache<C>;
}

/** What an external cache works with. */
export interface ExternalCacheOptions<C> extends Pick<EntryCacheOptions<C>, 'key' | 'parse' | 'requestTimeoutMs'> {
  readonly polling: PollingMode;
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
  return {
    open: (options) => {
      const { polling, time } = options;
      const { freshForMs } = polling;
      const entries = createEntryCache(cache, { ...options, freshForMs, scheduler: time.scheduler });
      return {
        ...entries,
        newerThan: (state) => readNewerEntry({ cache: entries, polling, time }, state),
        createWriter: (run) => createWriter((entry) => entries.write(entry), run),
      };
    },
  };
}
