'use client';

import { useMemo, useSyncExternalStore } from 'react';
import type {
  ConfigCatClient,
  DefaultFor,
  EvaluationDetails,
  FlagKey,
  FlagTypes,
  FlagValue,
  SettingValue,
  Snapshot,
  User,
  Widen,
} from '../index.js';
import { isSameEvaluation } from '../index.js';
import { useClient, useSame, useSource } from './provider.js';
import { useUser } from './user.js';
import type { Question } from './view.js';
import { createView } from './view.js';

type Defaults = Readonly<Record<string, DefaultFor<SettingValue>>>;

/**
 * The value of a flag for a user; the component renders again when it is another one. While the client knows no config
 * it is the value by the state that the server has rendered, if there is one, or else the default value.
 *
 * @param user - whom to evaluate for; may be another object each time. Default: the user of the provider.
 * @throws Error or TypeError (when it renders) when the key is empty or an argument is of a wrong type.
 *
 * @example
 * const isNew = useFlag('newCheckout', false);
 */
export function useFlag<D extends DefaultFor<SettingValue>>(key: string, defaultValue: D, user?: User): Widen<D> {
  return useAnswer(user, [key, defaultValue], (client, effective) => ({
    // The types let only those without a user leave out the default value.
    answer$: client.flag$(key, defaultValue as SettingValue | null, effective),
    read: (snapshot) => snapshot.value(key, defaultValue, effective),
    isSame: Object.is,
    keys: [key],
  })) as Widen<D>;
}

/**
 * Like `useFlag()`, with variation ID, matched rule and error. Renders again when one of these or the user differs.
 *
 * @example
 * const { value, variationId } = useFlagDetails('newCheckout', false);
 */
export function useFlagDetails<D extends DefaultFor<SettingValue>>(
  key: string,
  defaultValue: D,
  user?: User,
): EvaluationDetails<Widen<D>> {
  return useAnswer(user, [key, defaultValue], (client, effective) => ({
    answer$: client.flagDetails$(key, defaultValue, effective),
    read: (snapshot) => snapshot.details(key, defaultValue, effective),
    isSame: isSameEvaluation,
    keys: [key],
  }));
}

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
): { readonly [K in keyof D]: Widen<D[K]> };
export function useFlags(defaults?: undefined, user?: User): Readonly<Record<string, SettingValue | null>>;
export function useFlags(defaults?: Defaults, user?: User): Defaults {
  const wanted = useSame(defaults, isSameRecord);
  return useAnswer<Defaults>(user, [wanted], (client, effective) =>
    wanted
      ? {
          answer$: client.flags$(wanted, effective),
          read: (snapshot) => pick(snapshot, wanted, effective),
          isSame: isSameRecord,
          keys: Object.keys(wanted),
        }
      : {
          answer$: client.allFlags$(effective),
          read: (snapshot) => snapshot.values(effective),
          isSame: isSameRecord,
          keys: [],
        },
  );
}

/** The hooks, typed by the flags that there are. */
export interface FlagHooks<F extends FlagTypes<F>> {
  /** `useClient()` that knows the flags. */
  useClient: () => ConfigCatClient<F>;
  /** `useFlag()` that knows the flags. */
  useFlag: <K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
  ) => FlagValue<F[K], D>;
  /** `useFlagDetails()` that knows the flags. */
  useFlagDetails: <K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
  ) => EvaluationDetails<FlagValue<F[K], D>>;
  /** `useFlags()` that knows the flags. */
  useFlags: {
    <D extends { readonly [K in FlagKey<F>]?: DefaultFor<F[K]> }>(
      defaults: D & { readonly [K in keyof D]: K extends FlagKey<F> ? unknown : never },
      user?: User,
    ): { readonly [K in keyof D]: FlagValue<F[K & FlagKey<F>], D[K]> };
    (defaults?: undefined, user?: User): Readonly<Record<string, SettingValue | null>>;
  };
}

/**
 * The same hooks for flags whose keys and types are known: wrong keys and default values do not compile.
 *
 * @typeParam F - the flags, as of `createClient<F>()`.
 *
 * @example
 * export const { useFlag, useFlags } = flagHooks<{ darkMode: boolean; theme: 'light' | 'dark' }>();
 */
export function flagHooks<F extends FlagTypes<F>>(): FlagHooks<F> {
  // They do the same for all flags.
  return { useClient, useFlag, useFlagDetails, useFlags } as unknown as FlagHooks<F>;
}

/** Asks a question for as long as the client, the user and what it depends on stay the same. */
function useAnswer<T>(
  user: User | undefined,
  dependencies: readonly unknown[],
  ask: (client: ConfigCatClient, user: User | undefined) => Question<T>,
): T {
  const source = useSource();
  const { client, past, first, isPinned, user: common } = source;
  const effective = useUser(user) ?? common;
  const { subscribe, current, server } = useMemo(
    () => createView(source, ask(client, effective)),
    [client, past, first, isPinned, effective, ...dependencies],
  );
  return useSyncExternalStore(subscribe, current, server);
}

function pick(snapshot: Snapshot, defaults: Defaults, user: User | undefined): Defaults {
  return Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, snapshot.value(key, value, user)]));
}

function isSameRecord(a: Defaults | undefined, b: Defaults | undefined): boolean {
  if (!a || !b) return a === b;
  const entries = Object.entries(a);
  return (
    entries.length === Object.keys(b).length &&
    entries.every(([key, value]) => Object.prototype.hasOwnProperty.call(b, key) && Object.is(value, b[key]))
  );
}
