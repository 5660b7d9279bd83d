import { inStore } from './indexed-db.js';
import type { MaybePromise } from './memory.js';
import { whenKnown } from './memory.js';

/**
 * Numbers the tabs that hold a lock, one after the other. The number stands beside the entry, so that every tab can tell
 * what the present holder says from what an earlier one says, who was stopped and goes on, and from what nobody says who
 * has ever held it.
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
 * Numbers the next holder; the number is none that this tab has heard of. The first one is the time, so that numbers from
 * before storage was cleared are not given again.
 */
export function nextEpoch(epochs: Epochs, nowMs: number, heard = 0): MaybePromise<number | undefined> {
  return whenKnown(epochs.read(), (stored) => {
    const next = Math.max(stored ? stored + 1 : Math.floor(nowMs), heard + 1);
    return epochs.write(isCount(next) ? next : 1);
  });
}

/** Tells whether something is a number that counts. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whatever else stands there counts as if nobody had held the lock yet. */
function toEpoch(stored: unknown): number {
  const epoch = typeof stored === 'string' ? Number(stored) : 0;
  return isCount(epoch) ? epoch : 0;
}

/** All numbers take the same space, so that in storage that has become full there is room for the next one. */
function toText(epoch: number): string {
  return String(epoch).padStart(16, '0');
}
