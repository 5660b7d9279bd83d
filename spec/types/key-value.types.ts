/*
 * Programs that must compile, and programs that must not: checked by `npm run typecheck`, never run.
 */
import type { ConfigCache } from '../../src';
import { keyValueCache } from '../../src/key-value';
import { is } from './is.js';

declare const caches: CacheStorage;
declare const localStorage: Storage;
/** As Cloudflare's types have it. */
declare const kv: {
  get(key: string, options?: { cacheTtl?: number }): Promise<string | null>;
  get(key: string, type: 'json'): Promise<unknown>;
  put(key: string, value: string | ArrayBuffer | ReadableStream, options?: { expirationTtl?: number }): Promise<void>;
};
declare const asyncStorage: {
  getItem: (key: string, callback?: (error?: Error | null, result?: string | null) => void) => Promise<string | null>;
  setItem: (key: string, value: string, callback?: (error?: Error | null) => void) => Promise<void>;
};

export async function stores(): Promise<void> {
  is<ConfigCache>()(keyValueCache(new Map<string, string>()));
  keyValueCache(caches);
  keyValueCache(await caches.open('mine'), { checkIntervalMs: 1000 });
  keyValueCache(localStorage);
  keyValueCache(kv);
  keyValueCache(asyncStorage);
  // @ts-expect-error -- whose keys are numbers
  keyValueCache(new Map<number, string>());
  // @ts-expect-error -- which cannot be written
  keyValueCache({ get: () => undefined });
  // @ts-expect-error -- which is no store
  keyValueCache('redis://localhost');
}
