import type { HeldValue } from '../evaluation/held-value.js';
import type { EvaluationErrorCode } from '../errors.js';
import type { KeyAndValue } from '../evaluation/variations.js';
import type { PercentageOption, Setting, SettingValue, TargetingRule } from '../model/config.js';
import type { AnyFlags, DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { JsonSnapshot } from '../model/json-snapshot.js';
import type { User } from '../model/user.js';

/**
 * How good the flag data is that a client has: none, nothing but local overrides, some of unknown age, or some that is
 * up to date by the rules of the polling mode. In manual polling nothing ever counts as up to date.
 * Source: protocol section 8.5.
 */
export type CacheState = 'no-flag-data' | 'local-only' | 'cached' | 'up-to-date';

/**
 * A value and how it came about. Source: protocol section 11.
 *
 * @example
 * const details = await client.getValueDetails('darkMode', false, user);
 * console.log(details.value, details.variationId, details.matchedTargetingRule !== undefined);
 */
export interface EvaluationDetails<T = SettingValue | null | undefined> {
  readonly key: string;
  readonly value: T;
  readonly variationId?: string | undefined;
  /** `true` when the default value was served because of an error. */
  readonly isDefaultValue: boolean;
  readonly errorCode: EvaluationErrorCode;
  readonly errorMessage?: string | undefined;
  readonly exception?: unknown;
  readonly matchedTargetingRule?: TargetingRule | undefined;
  readonly matchedPercentageOption?: PercentageOption | undefined;
  /** The user of this evaluation, the default user included. */
  readonly user?: User | undefined;
  /** There when a session holds the value: since when, and what it would be now. */
  readonly held?: HeldValue<T> | undefined;
  /** When the server last vouched for the config; the epoch while it never has, nothing when it is never asked. */
  readonly fetchedAt: Date | undefined;
}

/** Names what tells the compiler the flags of a source or snapshot; nothing has it at run time. */
export declare const flagTypes: unique symbol;

/** Keys and types of flags, for the compiler alone: an object that is said to have some fits where any are expected. */
export interface HasFlags<F> {
  /** Nothing has it at run time. */
  readonly [flagTypes]?: () => { readonly [K in keyof F]: F[K] };
}

/**
 * What a core knew at a moment, for synchronous use: whatever arrives later, it gives the same answers. Users that are not
 * named are the default user at the time the snapshot was taken. What else it can be asked is asked by functions.
 *
 * @example
 * const snapshot = core.snapshot();
 * if (snapshot.value('darkMode', false)) document.body.classList.add('dark');
 */
export interface CoreSnapshot<F extends FlagTypes<F> = AnyFlags> extends HasFlags<F> {
  /**
   * The value of a flag, or the default value when it cannot be evaluated; the reason is then logged.
   *
   * @throws TypeError when the key is no string, or the default value is of a type that no setting has.
   *
   * @example
   * const limit = snapshot.value('uploadLimit', 10, user); // number
   */
  value<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(key: K, defaultValue: D, user?: User): FlagValue<F[K], D>;
  /** The user of evaluations that name none: a copy, see `copyUser()`. */
  readonly defaultUser: User | undefined;
  /** There is a config, or nothing but local overrides: flags that exist are evaluated. Reads no clock. */
  readonly hasConfig: boolean;
  /** How good the data of this snapshot is, as of now. */
  readonly cacheState: CacheState;
  /** When the server last vouched for the data; `undefined` while it never has. */
  readonly fetchedAt: Date | undefined;
  /**
   * The config as caches keep it, in the format that all ConfigCat SDKs share: a client elsewhere, for instance in the
   * page that a server renders, can start from it. `undefined` while no config is known; overrides are no part of it.
   * Source: protocol section 9.
   *
   * @example
   * const text = client.snapshot().cacheText;
   * const twin = createClient(sdkKey, { cache: { get: () => text, set: () => undefined } });
   */
  readonly cacheText: string | undefined;
}

/**
 * One state of the config for synchronous use: whatever arrives later, it gives the same answers. Users that are not
 * named are the default user at the time the snapshot was taken.
 *
 * @example
 * const snapshot = client.snapshot();
 * if (snapshot.value('darkMode', false)) document.body.classList.add('dark');
 */
export interface Snapshot<F extends FlagTypes<F> = AnyFlags> extends CoreSnapshot<F>, JsonSnapshot<F> {
  /**
   * The value of a flag with variation ID, matched rule and error.
   *
   * @throws TypeError when the key is no string, or the default value is of a type that no setting has.
   */
  details<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
  ): EvaluationDetails<FlagValue<F[K], D>>;
  /**
   * A flag as the config has it: its type, rules and options. `undefined` when there is none; nothing is logged of that.
   *
   * @example
   * const rules = snapshot.setting('darkMode')?.targetingRules ?? [];
   */
  setting(key: FlagKey<F>): Setting | undefined;
  /** All keys, in the order of the config; empty while none is known. */
  keys(): readonly string[];
  /** All values by key; `null` for a flag that cannot be evaluated, empty while no config is known. */
  values(user?: User): Readonly<Record<string, SettingValue | null>>;
  /** The flag and the value that a variation ID stands for; `null` when there is none. */
  keyAndValue(variationId: string): KeyAndValue | null;
}
