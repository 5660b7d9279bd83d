export type { KeyValueCacheOptions } from './key-value-cache.js';
export { keyValueCache } from './key-value-cache.js';
export type {
  CacheApi,
  CacheApiStorage,
  CachedAnswer,
  GetPutStore,
  GetSetStore,
  ItemStore,
  KeyValueStore,
} from './stores.js';
