import type { ConfigCache } from '../index.js';
import { withMemory } from './memory.js';

const databaseName = '@configcat/sdk';
const storeName = 'configCache';

/**
 * Keeps configs in IndexedDB, in the form of all ConfigCat SDKs: for web workers and service workers, which have no
 * `localStorage`. It answers with promises, so flags are there a moment later. Where storage is full, forbidden or
 * missing, configs are kept in memory; that is logged once, as event 2200 or 2201.
 *
 * Source: protocol section 9.
 *
 * @example
 * const client = createClient(sdkKey, { cache: indexedDbCache() });
 */
export function indexedDbCache(): ConfigCache {
  return withMemory({
    get: (key) => inStore('readonly', (store) => store.get(key) as IDBRequest<string | undefined>),
    set: async (key, value) => {
      await inStore('readwrite', (store) => store.put(value, key));
    },
  });
}

/** Opens the database for one request: an open connection would block other tabs that upgrade it. */
export async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(databaseName);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(storeName);
  };
  const database = await resultOf(opening);
  try {
    const transaction = database.transaction(storeName, mode);
    const result = resultOf(ask(transaction.objectStore(storeName)));
    // Storage that is full shows when the transaction ends.
    await ended(transaction);
    return await result;
  } finally {
    database.close();
  }
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('IndexedDB has failed.'));
    };
  });
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new Error('IndexedDB has given up a transaction.'));
    };
  });
}
