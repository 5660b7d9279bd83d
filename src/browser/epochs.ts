import { inStore } from './indexed-db.js';
import type { MaybePromise } from './memory.js';
import { whenKnown } from './memory.js';

/**
 * Stores the number of the tab that holds the lock, which is higher for each holder. It is stored beside the entry, so that
 * every tab can tell messages of the present holder from those of an earlier one, which was stopped and goes on, and from
 * those of tabs that have never held the lock.
 */
export interface Epochs {
  /** The number of the present holder; `undefined` where there is no storage. */
  read(): MaybePromise<number | undefined>;
  /** Stores a number; answers with it, or with `undefined` where there is no storage. */
  write(epoch: number): MaybePromise<number | undefined>;
}

/** Keeps the number in `localStorage`, or in IndexedDB where that is missing: in workers. */
export function storedEpochs(name: string): Epochs {
  return typeof document === 'undefined' ? epochsInDatabase(name) : epochsInLocalStorage(name);
}

function epochsInLocalStorage(name: string): Epochs {
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  return {
    read: () => attempt(() => toEpoch(localStorage.getItem(name))),
    write: (epoch) =>
      attempt(() => {
        localStorage.setItem(name, toText(epoch));
        return epoch;
      }),
  };
}

function epochsInDatabase(name: string): Epochs {
  const attempt = <T>(work: () => Promise<T>) => work().catch(() => undefined);
  return {
    read: () =>
      attempt(async () => toEpoch(await inStore('readonly', (store) => store.get(name) as IDBRequest<unknown>))),
    write: (epoch) =>
      attempt(async () => {
        await inStore('readwrite', (store) => store.put(toText(epoch), name));
        return epoch;
      }),
  };
}

/**
 * Stores a number for the next holder, above the stored one and above the highest that this tab knows. The first one is the
 * time, so that no number is used twice after storage was cleared.
 */
export function nextEpoch(epochs: Epochs, nowMs: number, highestKnown = 0): MaybePromise<number | undefined> {
  return whenKnown(epochs.read(), (stored) => {
    const next = Math.max(stored ? stored + 1 : Math.floor(nowMs), highestKnown + 1);
    return epochs.write(isCount(next) ? next : 1);
  });
}

/** Tells whether something is a whole number from 0. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Parses a stored number; anything else counts as 0, as if nobody had held the lock yet. */
function toEpoch(stored: unknown): number {
  const epoch = typeof stored === 'string' ? Number(stored) : 0;
  return isCount(epoch) ? epoch : 0;
}

/** Formats a number for storage: all take the same space, so that the next one fits even into storage that is full. */
function toText(epoch: number): string {
  return String(epoch).padStart(16, '0');
}
