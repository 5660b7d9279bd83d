import type { SettingValue } from '../model/config.js';

/** A value that is held for a user. */
export interface HeldEntry {
  readonly value: SettingValue;
  readonly variationId: string | undefined;
  readonly sinceMs: number;
}

/** Held values by user and flag. Beyond a number of them the oldest are forgotten. */
export interface HeldEntries {
  /** The first value first: others are for readers who could not use those before. */
  readonly get: (user: string, flag: string) => readonly HeldEntry[];
  readonly add: (user: string, flag: string, entry: HeldEntry) => void;
  /** Adds what others have of flags and users of which there is nothing here. */
  readonly addMissing: (others: HeldEntries) => void;
  /** Returns whether there was something, as does `deleteUser`. */
  readonly delete: (user: string, flag: string) => boolean;
  readonly deleteUser: (user: string) => boolean;
  readonly clear: () => void;
  readonly all: () => readonly (readonly [user: string, flag: string, entry: HeldEntry])[];
}

export function createHeldEntries(maxHeld: number): HeldEntries {
  const byUser = new Map<string, Map<string, HeldEntry[]>>();
  let count = 0;

  const forgetOldest = () => {
    const [user, flags] = byUser.entries().next().value!;
    const [flag, entries] = flags.entries().next().value!;
    entries.shift();
    count--;
    if (entries.length === 0) flags.delete(flag);
    if (flags.size === 0) byUser.delete(user);
  };
  const get = (user: string, flag: string): readonly HeldEntry[] => byUser.get(user)?.get(flag) ?? [];
  const add = (user: string, flag: string, entry: HeldEntry) => {
    const flags = byUser.get(user) ?? new Map<string, HeldEntry[]>();
    byUser.set(user, flags.set(flag, [...(flags.get(flag) ?? []), entry]));
    if (++count > maxHeld) forgetOldest();
  };
  const deleteFlag = (user: string, flag: string): boolean => {
    const flags = byUser.get(user);
    count -= get(user, flag).length;
    const wasThere = flags?.delete(flag) ?? false;
    if (flags?.size === 0) byUser.delete(user);
    return wasThere;
  };
  return {
    get,
    add,
    addMissing: (others) => {
      const missing = others.all().filter(([user, flag]) => get(user, flag).length === 0);
      for (const entry of missing) add(...entry);
    },
    delete: deleteFlag,
    deleteUser: (user) => {
      const flags = [...(byUser.get(user)?.keys() ?? [])];
      for (const flag of flags) deleteFlag(user, flag);
      return flags.length > 0;
    },
    clear: () => {
      byUser.clear();
      count = 0;
    },
    all: () =>
      [...byUser].flatMap(([user, flags]) =>
        [...flags].flatMap(([flag, entries]) => entries.map((entry) => [user, flag, entry] as const)),
      ),
  };
}
