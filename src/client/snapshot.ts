import { toCacheText } from '../acquisition/entry.js';
import type { State } from '../acquisition/outcome.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { isFailure } from '../evaluation/evaluate.js';
import type { Explanation } from '../evaluation/explanation.js';
import type { SettingChange } from '../evaluation/changes.js';
import { compareRulesets } from '../evaluation/changes.js';
import { sourceOf } from '../evaluation/reuse.js';
import type { CompiledSetting, Ruleset } from '../evaluation/ruleset.js';
import type { KeyAndValue } from '../evaluation/variations.js';
import { valuesOf } from '../evaluation/values.js';
import { findVariation } from '../evaluation/variations.js';
import { messages } from '../logging/messages.js';
import type { Setting, SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import { requireString, requireUser } from '../arguments.js';
import type { EvaluationDetails } from './details.js';
import type { EvaluatorContext } from './evaluator.js';
import { createEvaluator } from './evaluator.js';
import type { AnyFlags, DefaultFor, FlagKey, FlagTypes, FlagValue } from './flags.js';

/**
 * How good the flag data is that a client has: none, nothing but local overrides, some of unknown age, or some that is
 * up to date by the rules of the polling mode. In manual polling nothing ever counts as up to date.
 * Source: protocol section 8.5.
 */
export type CacheState = 'no-flag-data' | 'local-only' | 'cached' | 'up-to-date';

/**
 * One state of the config for synchronous use: whatever arrives later, it gives the same answers. Users that are not
 * named are the default user at the time the snapshot was taken.
 *
 * @example
 * const snapshot = client.snapshot();
 * if (snapshot.value('darkMode', false)) document.body.classList.add('dark');
 */
export interface Snapshot<F extends FlagTypes<F> = AnyFlags> {
  /**
   * The value of a flag, or the default value when it cannot be evaluated; the reason is then logged.
   *
   * @throws TypeError when the key is no string, or the default value is of a type that no setting has.
   *
   * @example
   * const limit = snapshot.value('uploadLimit', 10, user); // number
   */
  value<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(key: K, defaultValue: D, user?: User): FlagValue<F[K], D>;
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
  /**
   * The evaluation of a flag as a tree, and as ConfigCat's evaluation log text. It is slower than `value()`, and never
   * fails: what is wrong with the flag is part of the explanation. Source: protocol section 12.2.
   *
   * @throws TypeError when the key is no string.
   *
   * @example
   * console.log(snapshot.explain('darkMode', user).text);
   */
  explain(key: FlagKey<F>, user?: User): Explanation;
  /**
   * There is a config, or nothing but local overrides: what is asked is answered. Reads no clock.
   *
   * @internal
   */
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

/** A snapshot as the inside of the library uses it: for any key, and in the name of any public method. */
export interface AnySnapshot {
  value(key: string, defaultValue: DefaultValue, user?: User, method?: string): DefaultValue;
  details(key: string, defaultValue: DefaultValue, user?: User, method?: string): EvaluationDetails;
  keys(): readonly string[];
  values(user?: User, method?: string): Readonly<Record<string, SettingValue | null>>;
  allDetails(method: string, user?: User): readonly EvaluationDetails[];
  keyAndValue(variationId: string, method?: string): KeyAndValue | null;
  explain(key: string, user?: User): Explanation;
  readonly hasConfig: boolean;
  /** The compiled form of a setting, by whose identity changes can be told. */
  compiled(key: string): CompiledSetting | undefined;
  setting(key: string): Setting | undefined;
  readonly ruleset: Ruleset | undefined;
  /** The settings that mean something else than in a snapshot before. */
  changesSince(before: AnySnapshot): readonly SettingChange[];
  readonly cacheState: CacheState;
  readonly fetchedAt: Date | undefined;
  readonly cacheText: string | undefined;
}

/** What snapshots need beside the state that they show. */
export interface SnapshotContext extends EvaluatorContext {
  /** There is nothing but overrides. */
  readonly isLocalOnly: boolean;
  /** Asked each time, because data ages while it stands still. */
  readonly cacheState: (state: State<unknown>) => CacheState;
}

/** Freezes a state under the methods that it is asked by. */
export function createSnapshot(
  state: State<unknown>,
  ruleset: Ruleset | undefined,
  defaultUser: User | undefined,
  context: SnapshotContext,
): AnySnapshot {
  const { log } = context;
  const { fetchedAtMs } = state.entry;
  const fetchTimeMs = context.isLocalOnly ? undefined : (fetchedAtMs ?? 0);
  const { run, runForDetails, runAll, runAllForDetails, explain } = createEvaluator(ruleset, fetchTimeMs, context);

  const requireRuleset = (returned: string) => {
    if (!ruleset) log.error(1000, () => messages.configMissing(returned));
    return ruleset;
  };

  const requireAll = (user: User | undefined, returned: string) => {
    requireUser(user);
    return requireRuleset(returned);
  };

  const compiled = (key: string) => {
    try {
      return ruleset?.get(key);
    } catch {
      // Nested too deeply: evaluation says so.
      return undefined;
    }
  };

  return {
    value: (key, defaultValue, user = defaultUser, method = 'Snapshot.value') => {
      const evaluation = run(method, key, defaultValue, user);
      return isFailure(evaluation) ? defaultValue : evaluation.value;
    },
    details: (key, defaultValue, user = defaultUser, method = 'Snapshot.details') =>
      runForDetails(method, key, defaultValue, user),
    keys: () => requireRuleset('empty array')?.keys ?? [],
    values: (user = defaultUser, method = 'Snapshot.values') => {
      const all = requireAll(user, 'empty object');
      return all ? valuesOf(all, runAll(method, all, user)) : {};
    },
    allDetails: (method, user = defaultUser) => {
      const all = requireAll(user, 'empty array');
      return all ? runAllForDetails(method, all, user) : [];
    },
    explain: (key, user = defaultUser) => explain(key, user),
    keyAndValue: (variationId, method = 'Snapshot.keyAndValue') => {
      requireString('variationId', variationId);
      try {
        const searched = requireRuleset('null');
        const found = searched && findVariation(searched, variationId);
        if (searched && !found) log.error(2011, () => messages.variationMissing(variationId));
        return found ?? null;
      } catch (error) {
        log.error(1002, () => messages.methodFailed(method, 'null'), error);
        return null;
      }
    },
    hasConfig: context.isLocalOnly || state.entry.configText !== undefined,
    ruleset,
    changesSince: (before) => (before.ruleset && ruleset ? compareRulesets(before.ruleset, ruleset) : []),
    compiled,
    setting: (key) => (ruleset ? sourceOf(ruleset.layers, key) : undefined),
    get cacheState() {
      return context.cacheState(state);
    },
    get fetchedAt() {
      return fetchedAtMs === undefined ? undefined : new Date(fetchedAtMs);
    },
    get cacheText() {
      return state.entry.configText && toCacheText(state.entry);
    },
  };
}
