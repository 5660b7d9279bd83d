import { sha1Hex } from '../hash.js';
import { Subject } from 'rxjs';
import { observe } from '../arguments.js';
import type { SessionStorage } from '../session.js';
import type { SettingValue } from '../model/config.js';
import type { HeldEntries, HeldEntry } from './held-entries.js';
import { createHeldEntries } from './held-entries.js';

/** What a session consists of, in memory and as text. Users go by names that do not tell who they are. */
export interface SessionStore {
  readonly id: () => string;
  /** Stands for this page: another one is made with each reload. */
  readonly page: string;
  readonly storage: SessionStorage;
  /** What is held, the first value first: others are for readers who could not use those before. */
  readonly get: (user: string, flag: string) => readonly HeldEntry[];
  readonly add: (user: string, flag: string, entry: HeldEntry) => void;
  /** Takes over what other pages have kept in the same place meanwhile. */
  readonly catchUp: () => void;
  readonly delete: (user: string, flag: string) => void;
  readonly deleteUser: (user: string) => void;
  /** Forgets everything that is held. */
  readonly clear: () => void;
  /** Begins another session. */
  readonly end: () => void;
  /** Puts off writing until a task has ended that may hold many values. */
  readonly writeAfter: <T>(task: () => T) => T;
  /** Emits when something that was held is held no more, so that whoever shows it looks again. */
  readonly released$: Subject<void>;
  /** What the storage has thrown, the first time that it is asked for. */
  readonly takeProblem: () => { readonly error: unknown } | undefined;
}

/** What the text of a session says. */
interface Kept {
  readonly id: string;
  readonly held: HeldEntries;
}

/** Longer texts are neither read nor written: storages of pages have room for five million characters. */
const maxTextLength = 2_000_000;

/**
 * Creates the store of a session, which begins with what the storage has.
 *
 * @param open - gives the storage; may throw, as pages do that are not allowed to have one.
 * @param name - under which the session is kept.
 * @param maxHeld - beyond that number the oldest values are forgotten.
 */
export function createSessionStore(open: () => SessionStorage, name: string, maxHeld: number): SessionStore {
  const released$ = new Subject<void>();
  let problem: { readonly error: unknown } | undefined;
  let isProblemTaken = false;
  const storage = withFallback(open, (error) => (problem ??= { error }));
  const kept = fromText(storage.getItem(name), maxHeld);
  let id = kept?.id ?? newId();
  const held = kept?.held ?? createHeldEntries(maxHeld);
  let isPutOff = false;
  let isDirty = false;
  /** Once a task will do: reading may take long. */
  let isCaughtUp = false;
  let text: string | undefined;

  const write = () => {
    isDirty = isPutOff;
    if (isPutOff) return;
    text = toText(id, held);
    storage.setItem(name, text);
  };
  const clear = () => {
    held.clear();
    write();
    released$.next();
  };
  const tellReleasedLater = () => {
    void Promise.resolve().then(() => {
      released$.next();
    });
  };
  const takeOver = (kept: Kept) => {
    if (kept.id !== id) {
      // That session has ended.
      ({ id } = kept);
      held.clear();
      tellReleasedLater();
    }
    held.addMissing(kept.held);
  };
  write();

  return {
    id: () => id,
    page: newId(),
    storage,
    released$,
    get: held.get,
    add: (user, flag, entry) => {
      held.add(user, flag, entry);
      write();
    },
    catchUp: () => {
      if (isCaughtUp) return;
      isCaughtUp = isPutOff;
      const known = text;
      text = storage.getItem(name) ?? undefined;
      const kept = text === known ? undefined : fromText(text, maxHeld);
      if (kept) takeOver(kept);
    },
    delete: (user, flag) => {
      if (held.delete(user, flag)) write();
    },
    deleteUser: (user) => {
      if (!held.deleteUser(user)) return;
      write();
      // Others who show this user look again, once all who leave him have left.
      tellReleasedLater();
    },
    clear,
    end: () => {
      id = newId();
      clear();
    },
    writeAfter: (task) => {
      if (isPutOff) return task();
      isPutOff = true;
      try {
        return task();
      } finally {
        isPutOff = isCaughtUp = false;
        if (isDirty) write();
      }
    },
    takeProblem: () => {
      if (isProblemTaken || !problem) return undefined;
      isProblemTaken = true;
      return problem;
    },
  };
}

/** Keeps in memory what a storage does not take. */
function withFallback(open: () => SessionStorage, onProblem: (error: unknown) => void): SessionStorage {
  const memory = new Map<string, string | null>();
  const attempt = <T>(act: (storage: SessionStorage) => T): T | undefined => {
    try {
      return act(open());
    } catch (error) {
      onProblem(error);
      return undefined;
    }
  };
  const keep = (name: string, text: string | null, act: (storage: SessionStorage) => unknown) => {
    const isKept = attempt((storage) => {
      if (text !== null && text.length > maxTextLength) throw new RangeError('The session is too long for a storage.');
      observe(act(storage), onProblem);
      return true;
    });
    if (isKept) memory.delete(name);
    else memory.set(name, text);
  };
  return {
    getItem: (name) => {
      const known = memory.get(name);
      if (known !== undefined) return known;
      const text = attempt((storage) => {
        const given = observe<unknown>(storage.getItem(name)) ?? null;
        if (given !== null && typeof given !== 'string') {
          throw new TypeError('The storage of a session must answer at once, with a text or `null`.');
        }
        return given;
      });
      return text ?? null;
    },
    setItem: (name, text) => {
      keep(name, text, (storage) => storage.setItem(name, text));
    },
    removeItem: (name) => {
      keep(name, null, (storage) => storage.removeItem(name));
    },
  };
}

function newId(): string {
  // React Native and old engines have none; pages have `randomUUID()` over HTTPS only.
  const { crypto } = globalThis as { readonly crypto?: Partial<Crypto> };
  const numbers: ArrayLike<number> =
    crypto?.getRandomValues?.(new Uint32Array(5)) ?? [1, 2, 3].map(() => Math.random());
  return sha1Hex(Array.from(numbers).join());
}

function toText(id: string, held: HeldEntries): string {
  const entries = held
    .all()
    .map(([user, flag, { value, variationId, sinceMs }]) => [user, flag, value, variationId ?? null, sinceMs]);
  return JSON.stringify([1, id, entries]);
}

/** Reads a session: the text may be anybody's, so that all of it must be as it would have been written, or it is none. */
function fromText(text: string | null | undefined, maxHeld: number): Kept | undefined {
  try {
    if (!text || text.length > maxTextLength) return undefined;
    const [version, id, entries] = JSON.parse(text) as readonly unknown[];
    if (version !== 1 || typeof id !== 'string' || !/^[0-9a-f]{40}$/.test(id)) return undefined;
    const held = createHeldEntries(maxHeld);
    for (const entry of entries as readonly unknown[]) {
      const [user, flag, value, variationId, sinceMs] = entry as readonly unknown[];
      if (!isName(user) || !isName(flag) || !isValue(value) || !isTime(sinceMs)) return undefined;
      held.add(user, flag, { value, variationId: isName(variationId) ? variationId : undefined, sinceMs });
    }
    return { id, held };
  } catch {
    return undefined;
  }
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && name !== '';
}

function isValue(value: unknown): value is SettingValue {
  return typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number';
}

/** The latest moment that a date can be is 8.64e15. */
function isTime(timeMs: unknown): timeMs is number {
  return typeof timeMs === 'number' && Math.abs(timeMs) <= 8.64e15;
}
