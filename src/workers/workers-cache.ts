import type { ConfigCache } from '../index.js';

const cacheName = '@configcat/sdk';
/** Requests that are never sent: the Cache API keeps answers by the URL that they are for. */
const baseUrl = 'http://sdk-config-cache.configcat.com/';
/** The client decides how old a config may be, and the cache keeps it as long as it can. */
const headers = { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=31536000' };

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
  const { caches } = globalThis as { readonly caches?: CacheStorage };
  if (!caches) throw new TypeError('There is no Cache API here, which `workersCache()` needs.');
  // Opened by each request for itself: what another request has opened may have ended with it.
  const open = () => caches.open(cacheName);
  return {
    get: async (key) => {
      const answer = await (await open()).match(urlOf(key));
      return answer?.text();
    },
    set: async (key, value) => {
      await (await open()).put(urlOf(key), new Response(value, { headers }));
    },
  };
}

function urlOf(key: string): string {
  return baseUrl + encodeURIComponent(key);
}
