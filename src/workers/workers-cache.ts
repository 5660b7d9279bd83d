import type { ConfigCache } from '../index.js';
import type { CacheApiStorage } from '../key-value/cache-api.js';
import { openCache, readText, writeText } from '../key-value/cache-api.js';

/**
 * Keeps configs in the Cache API of workers, for all isolates of a data centre, in the form of all ConfigCat SDKs: a
 * worker that starts cold begins with the last config. What fails is logged by the client as event 2200 or 2201.
 *
 * Source: protocol section 9.
 *
 * @throws TypeError where there is no Cache API.
 *
 * @example
 * const client = createClientWithLazyLoad(sdkKey, { cache: workersCache() });
 */
export function workersCache(): ConfigCache {
  const { caches } = globalThis as { readonly caches?: CacheApiStorage };
  if (!caches) throw new TypeError('There is no Cache API here, which `workersCache()` needs.');
  // Opened by each request for itself: what another request has opened may have ended with it.
  return {
    get: async (key) => readText(await openCache(caches), key),
    set: async (key, text) => writeText(await openCache(caches), key, text),
  };
}
