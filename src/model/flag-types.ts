import type { SettingValue } from './config.js';

/** Flags of unknown keys and types: what a client without a type argument has. */
export type AnyFlags = Record<string, SettingValue>;

/**
 * Constraint of the type argument of clients: every member is the type of a setting.
 *
 * @example
 * interface MyFlags { darkMode: boolean; greeting: string }
 * const client = createClient<MyFlags>(sdkKey);
 */
export type FlagTypes<F> = { readonly [K in keyof F]: SettingValue };

/** The keys of flags. */
export type FlagKey<F> = Extract<keyof F, string>;

/** The keys of text flags; any key where the types of flags are not known. */
export type TextFlagKey<F> = {
  [K in FlagKey<F>]: string extends F[K] ? K : F[K] extends string ? K : never;
}[FlagKey<F>];

/** What may be offered as default value of a flag of type `V`. */
export type DefaultFor<V> = V | null | undefined;

/** What an evaluation of a flag of type `V` with a default of type `D` answers; literals are widened. */
export type FlagValue<V, D> = SettingValue extends V ? Widen<D> : V | Extract<D, null | undefined>;

/** The type of a setting whose default value is of type `D`: `false` says boolean, `null` says nothing. */
export type Widen<D> = D extends boolean
  ? boolean
  : D extends number
    ? number
    : D extends string
      ? string
      : SettingValue | D;
