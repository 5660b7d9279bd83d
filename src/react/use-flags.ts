'use client';

import type { CoreSnapshot, DefaultFor, HoldOptions, SettingValue, User, Widen } from '../functions.js';
import { allFlags$, flags$, values } from '../functions.js';
import { useFlagQuery, useSame } from './use-flag-query.js';

type Defaults = Readonly<Record<string, DefaultFor<SettingValue>>>;

/**
 * Several flags by one config and for one user, or all of them: never the new value of one beside the old value of
 * another. The same object as long as no value differs.
 *
 * @param defaults - default values by flag key; may be another object each time. Without it, all flags: `null` for one
 * that cannot be evaluated, none while no config is known.
 *
 * @example
 * const { darkMode, theme } = useFlags({ darkMode: false, theme: 'light' });
 */
export function useFlags<D extends Readonly<Record<string, DefaultFor<SettingValue>>>>(
  defaults: D,
  user?: User,
  options?: HoldOptions,
): { readonly [K in keyof D]: Widen<D[K]> };
export function useFlags(
  defaults?: undefined,
  user?: User,
  options?: HoldOptions,
): Readonly<Record<string, SettingValue | null>>;
export function useFlags(defaults?: Defaults, user?: User, options?: HoldOptions): Defaults {
  const wanted = useSame(defaults, isSameRecord);
  return useFlagQuery<Defaults>(user, options, [wanted], (source, effective) =>
    wanted
      ? {
          answer$: flags$(source, wanted, effective),
          read: (snapshot) => pick(snapshot, wanted, effective),
          isSame: isSameRecord,
          keys: Object.keys(wanted),
        }
      : {
          answer$: allFlags$(source, effective),
          read: (snapshot) => values(snapshot, effective),
          isSame: isSameRecord,
          keys: [],
        },
  );
}

function pick(snapshot: CoreSnapshot, defaults: Defaults, user: User | undefined): Defaults {
  return Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, snapshot.value(key, value, user)]));
}

function isSameRecord(a: Defaults | undefined, b: Defaults | undefined): boolean {
  if (!a || !b) return a === b;
  const entries = Object.entries(a);
  // What objects have by themselves is no value of a flag.
  return (
    entries.length === Object.keys(b).length && entries.every(([key, value]) => key in b && Object.is(value, b[key]))
  );
}
