import { Observable, filter, map } from 'rxjs';
import { fromBase64, toBase64 } from './base64.js';
import type { TabCache } from './local-storage.js';
import { withMemory } from './memory.js';

/** A storage area of a browser extension, as `chrome.storage.local`; all others have the same form. */
export interface ExtensionStorage {
  /** Resolves with the item of this name, if there is one. */
  get(key: string): Promise<Readonly<Record<string, unknown>>>;
  /** Stores each item under its name. */
  set(items: Readonly<Record<string, string>>): Promise<void>;
  /** Events of what other parts of the extension store; without them it is found at the next read. */
  readonly onChanged?: {
    /** Calls the listener with each set of changed items, by name. */
    addListener(listener: (changes: object) => void): void;
    /** Stops calling the listener. */
    removeListener(listener: (changes: object) => void): void;
  };
}

/**
 * Keeps configs in the storage of a browser extension, in the form of ConfigCat's SDK for extensions, so that its service
 * worker, pages and content scripts share them; what one of them stores, the others adopt at once. It needs the
 * permission `storage`. It answers with promises, so flags are there a moment later. Where storage is full or missing,
 * configs are kept in memory; that is logged once, as event 2200 or 2201.
 *
 * @param storage - default: `chrome.storage.local`, which Firefox and Safari call `browser.storage.local`.
 *
 * @example
 * const client = createClient(sdkKey, { cache: chromeStorageCache() });
 */
export function chromeStorageCache(storage: ExtensionStorage | undefined = localArea()): TabCache {
  const used = new Set<string>();
  const area = () => {
    if (storage) return storage;
    throw new Error('There is no `chrome.storage`: this is no extension, or one without the permission `storage`.');
  };
  const cache = withMemory({
    get: async (key) => {
      used.add(key);
      const found = await area().get(key);
      const stored = Object.prototype.hasOwnProperty.call(found, key) ? found[key] : undefined;
      return typeof stored === 'string' ? fromBase64(stored) : undefined;
    },
    set: async (key, value) => {
      await area().set({ [key]: toBase64(value) });
    },
  });
  const changes$ = changesOf(storage).pipe(
    filter((changes) => Object.keys(changes).some((key) => used.has(key))),
    map(() => undefined),
  );
  return { ...cache, changes$ };
}

function changesOf(storage: ExtensionStorage | undefined): Observable<object> {
  return new Observable((subscriber) => {
    const listener = (changes: object) => {
      subscriber.next(changes);
    };
    storage?.onChanged?.addListener(listener);
    return () => storage?.onChanged?.removeListener(listener);
  });
}

interface Extension {
  readonly storage?: { readonly local?: ExtensionStorage };
}

function localArea(): ExtensionStorage | undefined {
  const { browser, chrome } = globalThis as { readonly browser?: Extension; readonly chrome?: Extension };
  // `browser` comes first, because where there are both, methods of `chrome` may take callbacks only.
  return browser?.storage?.local ?? chrome?.storage?.local;
}
