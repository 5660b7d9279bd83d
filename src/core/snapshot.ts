import type { State } from '../acquisition/outcome.js';
import type { AnyFlags, DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { DefaultValue, Evaluation } from '../evaluation/evaluate.js';
import type { Explanation } from '../evaluation/explanation.js';
import type { CompiledSetting, Report, Ruleset } from '../evaluation/ruleset.js';
import type { KeyAndValue } from '../evaluation/variations.js';
import type { Log } from '../logging/logger.js';
import type { Setting, SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import type { CacheState } from './data-state.js';
import type { EvaluationDetails } from './details.js';
import type { Events } from './events.js';

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

/** One state of the config, which the functions that answer questions read. */
export interface InternalSnapshot {
  readonly state: State<unknown>;
  /** `undefined` while no config is known. */
  readonly ruleset: Ruleset | undefined;
  readonly defaultUser: User | undefined;
  /** There is a config, or nothing but local overrides: what is asked is answered. */
  readonly hasConfig: boolean;
  readonly context: SnapshotContext;
  /** As it is handed out, made when it first is. */
  face: Snapshot | undefined;
}

/** What snapshots are read by, which not everybody needs. */
export interface SnapshotParts {
  /** Makes what is handed out of a snapshot. */
  readonly createFace: (snapshot: InternalSnapshot) => Snapshot;
  /** Evaluates a flag, and logs how at level `info`. */
  readonly evaluateWithLog?:
    | ((
        snapshot: InternalSnapshot,
        key: string,
        defaultValue: DefaultValue,
        user: User | undefined,
        shown: DefaultValue,
      ) => Evaluation)
    | undefined;
  /** Makes the details of evaluations for those who listen to them. */
  readonly detailsOf?:
    | ((
        snapshot: InternalSnapshot,
        key: string,
        defaultValue: DefaultValue,
        user: User | undefined,
        evaluation: Evaluation,
      ) => EvaluationDetails)
    | undefined;
}

/** What snapshots need beside the state that they show. */
export interface SnapshotContext extends SnapshotParts {
  readonly log: Log;
  readonly report: Report;
  readonly events: Events;
  /** There is nothing but overrides. */
  readonly isLocalOnly: boolean;
  /** Asked each time, because data ages while it stands still. */
  readonly cacheState: (state: State<unknown>) => CacheState;
}

/** Freezes a state. */
export function createSnapshot(
  state: State<unknown>,
  ruleset: Ruleset | undefined,
  defaultUser: User | undefined,
  context: SnapshotContext,
): InternalSnapshot {
  const hasConfig = context.isLocalOnly || state.entry.configText !== undefined;
  return { state, ruleset, defaultUser, hasConfig, context, face: undefined };
}

/** A snapshot as it is handed out. */
export function faceOf(snapshot: InternalSnapshot): Snapshot {
  return (snapshot.face ??= snapshot.context.createFace(snapshot));
}

/** The compiled form of a setting, by whose identity changes can be told. */
export function settingOf({ ruleset }: InternalSnapshot, key: string): CompiledSetting | undefined {
  try {
    return ruleset?.get(key);
  } catch {
    // Nested too deeply: evaluation says so.
    return undefined;
  }
}
