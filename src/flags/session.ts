import { requireNumber, requireObject, requireString } from '../arguments.js';
import type { Session, SessionStorage } from '../session.js';
import { sessionSymbol } from '../session.js';
import type { Observable } from 'rxjs';
import { createHold } from './hold.js';
import type { SessionStore } from './session-store.js';
import { createSessionStore } from './session-store.js';

/** Options of `session()`. */
export interface SessionOptions {
  /**
   * Where the session is kept: `'memory'` for as long as the object lives. Default: the `sessionStorage` of the page, so that
   * the session lasts as long as the tab, reloads included. Elsewhere than in pages there is no default.
   */
  readonly storage?: SessionStorage | 'memory';
  /**
   * The name under which the storage has it. What has the same storage and name is one session.
   *
   * @defaultValue `'configcat-rx.session'`
   */
  readonly name?: string;
  /**
   * A kill switch, which ends holds at once. A stream: whatever it emits releases all that is held, to be held anew with the
   * present values; after `true` nothing is held until it emits something else, and `false` by itself releases nothing. It is
   * followed from the first stream of a held flag on, until that client ends. Or the key of a boolean flag: while it is on for
   * a user, nothing is held for him.
   *
   * @example
   * session({ release$: 'releaseHeldFlags' });
   */
  readonly release$?: Observable<unknown> | string;
  /**
   * How many values are held, 1 to 100000; about 150 bytes each, and the value. Beyond that the oldest are forgotten.
   *
   * @defaultValue `1000`
   */
  readonly maxHeld?: number;
}

const highestMaxHeld = 100_000;

/** The sessions of each storage, by name: two that are kept in the same place are one. */
const stores = new WeakMap<object, Map<string, SessionStore>>();

/**
 * One visit of somebody, in which flags keep the first real value that they have been shown with, whatever configs arrive:
 * for the `hold` option of clients, cores and streams. The value is that of one user by all his attributes, and nobody else
 * is ever given it. A storage that fails is told once (event 1003), and the session is then kept in memory.
 *
 * @throws TypeError or RangeError naming the option that is wrong; or `options.storage`, when it is not there and this is no
 * page.
 *
 * @example
 * const client = createClient(sdkKey, { hold: session() });
 * client.flag$('newCheckout', false); // does not change while somebody checks out
 */
export function session(options: SessionOptions = {}): Session {
  requireObject('options', options);
  const { storage, name = 'configcat-rx.session', release$, maxHeld = 1000 } = options;
  requireString('options.name', name);
  requireNumber('options.maxHeld', maxHeld, highestMaxHeld, 1);
  if (typeof release$ === 'string') requireString('options.release$', release$);
  else if (release$ !== undefined) requireObject('options.release$', release$, 'subscribe');
  const store = storeOf(storage, name, maxHeld);
  return {
    get id() {
      return store.id();
    },
    storage: store.storage,
    end: store.end,
    [sessionSymbol]: createHold(store, release$),
  };
}

function storeOf(storage: SessionOptions['storage'], name: string, maxHeld: number): SessionStore {
  if (storage === 'memory') return createSessionStore(memoryStorageOf(new Map<string, string>()), name, maxHeld);
  if (storage !== undefined) requireObject('options.storage', storage, 'getItem', 'setItem', 'removeItem');
  // Node has a global `sessionStorage`, too, which is that of all users of a server.
  else if (typeof document === 'undefined') {
    throw new TypeError(
      "Invalid property `options.storage`. There is none by itself outside of pages: give one, or 'memory'.",
    );
  }
  const place = storage ?? globalThis;
  let named = stores.get(place);
  if (!named) stores.set(place, (named = new Map<string, SessionStore>()));
  let store = named.get(name);
  if (!store) named.set(name, (store = createSessionStore(() => storage ?? sessionStorage, name, maxHeld)));
  return store;
}

function memoryStorageOf(items: Map<string, string>): () => SessionStorage {
  const storage: SessionStorage = {
    getItem: (item) => items.get(item),
    setItem: (item, text) => void items.set(item, text),
    removeItem: (item) => void items.delete(item),
  };
  return () => storage;
}
