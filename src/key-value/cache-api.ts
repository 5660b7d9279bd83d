/** A cache of the Cache API, as `await caches.open(name)` or `caches.default` of Cloudflare's workers. */
export interface CacheApi {
  /** Gives the answer kept for a URL. */
  match(url: string): Promise<CachedAnswer | undefined>;
  /** Keeps an answer for a URL. */
  put(url: string, answer: object): Promise<unknown>;
}

/** An answer that a cache has kept. */
export interface CachedAnswer {
  /** Reads its body. */
  text(): Promise<string>;
}

/** All caches of the Cache API, as the global `caches`. */
export interface CacheApiStorage {
  /** Opens the cache of this name. */
  open(name: string): Promise<CacheApi>;
}

/** The name of the cache in which ConfigCat's SDK for workers keeps configs. */
const cacheName = '@configcat/sdk';
/** Requests that are never sent: the Cache API keeps answers by the URL that they are for. */
const baseUrl = 'http://sdk-config-cache.configcat.com/';
/** The client decides how old a config may be, and the cache keeps it as long as it can. */
const headers = { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=31536000' };

/** Opens the cache of ConfigCat's SDK. */
export function openCache(caches: CacheApiStorage): Promise<CacheApi> {
  return caches.open(cacheName);
}

/** Reads the text under a key. Source: protocol section 9. */
export async function readText(cache: CacheApi, key: string): Promise<string | undefined> {
  return (await cache.match(urlOf(key)))?.text();
}

/** Keeps a text under a key. Source: protocol section 9. */
export async function writeText(cache: CacheApi, key: string, text: string): Promise<void> {
  await cache.put(urlOf(key), new Response(text, { headers }));
}

function urlOf(key: string): string {
  return baseUrl + encodeURIComponent(key);
}
