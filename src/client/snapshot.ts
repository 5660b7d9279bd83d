import type { State } from '../acquisition/outcome.js';
import type { EvaluationErrorCode } from '../errors.js';
import type { DefaultValue, Evaluation, Failure } from '../evaluation/evaluate.js';
import { evaluate, failureMessage, isFailure } from '../evaluation/evaluate.js';
import type { Report, Ruleset } from '../evaluation/ruleset.js';
import type { KeyAndValue } from '../evaluation/variations.js';
import { findVariation } from '../evaluation/variations.js';
import type { Log } from '../logging/logger.js';
import { messages } from '../logging/messages.js';
import type { PercentageOption, SettingValue, TargetingRule } from '../model/config.js';
import type { User } from '../model/user.js';
import { isSameUser } from '../model/user.js';
import { requireEvaluable, requireString, requireUser } from './arguments.js';
import type { AnyFlags, DefaultFor, FlagKey, FlagTypes, FlagValue } from './flags.js';

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
  readonly errorException?: unknown;
  readonly matchedTargetingRule?: TargetingRule | undefined;
  readonly matchedPercentageOption?: PercentageOption | undefined;
  /** The user of this evaluation, the default user included. */
  readonly user?: User | undefined;
  /** When the server last vouched for the config; the epoch while it never has. */
  readonly fetchTime: Date;
}

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
  /** All keys, in the order of the config; empty while none is known. */
  keys(): readonly string[];
  /** All values by key; `null` for a flag that cannot be evaluated, empty while no config is known. */
  values(user?: User): Readonly<Record<string, SettingValue | null>>;
  /** The flag and the value that a variation ID stands for; `null` when there is none. */
  keyAndValue(variationId: string): KeyAndValue | null;
  /** How good the data of this snapshot is, as of now. */
  readonly cacheState: CacheState;
  /** When the server last vouched for the data; `undefined` while it never has. */
  readonly fetchedAt: Date | undefined;
}

/** A snapshot as the inside of the library uses it: for any key, and in the name of any public method. */
export interface AnySnapshot {
  value(key: string, defaultValue: DefaultValue, user?: User, method?: string): DefaultValue;
  details(key: string, defaultValue: DefaultValue, user?: User, method?: string): EvaluationDetails;
  keys(): readonly string[];
  values(user?: User, method?: string): Readonly<Record<string, SettingValue | null>>;
  allDetails(method: string, user?: User): readonly EvaluationDetails[];
  keyAndValue(variationId: string, method?: string): KeyAndValue | null;
  readonly hasConfig: boolean;
  readonly cacheState: CacheState;
  readonly fetchedAt: Date | undefined;
}

/** What snapshots need beside the state that they show. */
export interface SnapshotContext {
  readonly log: Log;
  readonly report: Report;
  /** Asked each time, because data ages while it stands still. */
  readonly cacheState: (state: State<Ruleset>) => CacheState;
  readonly isListening: () => boolean;
  readonly evaluated: (details: EvaluationDetails) => void;
}

/** Freezes a state, and puts around evaluation what belongs to it: checks, log entries, details, events. */
export function createSnapshot(
  state: State<Ruleset>,
  defaultUser: User | undefined,
  { log, report, cacheState, isListening, evaluated }: SnapshotContext,
): AnySnapshot {
  const { content: ruleset, entry } = state;

  const run = (method: string, key: string, defaultValue: DefaultValue, user: User | undefined): Evaluation => {
    requireEvaluable(key, defaultValue, user);
    const evaluation = evaluate(ruleset, key, defaultValue, user, report);
    if (isFailure(evaluation)) {
      const { errorCode, exception } = evaluation;
      log.error(
        errorCode < 1000 ? 1002 : errorCode,
        () => failureText(method, key, defaultValue, errorCode),
        exception,
      );
    }
    if (isListening()) evaluated(toDetails(key, defaultValue, user, evaluation));
    return evaluation;
  };

  const failureText = (method: string, key: string, defaultValue: DefaultValue, errorCode: EvaluationErrorCode) =>
    errorCode === 1000
      ? messages.configMissingForSetting(key, defaultValue)
      : errorCode === 1001
        ? messages.settingMissing(key, defaultValue, ruleset?.config.keys ?? [])
        : messages.evaluationFailed(method, key, defaultValue);

  const toDetails = (
    key: string,
    defaultValue: DefaultValue,
    user: User | undefined,
    evaluation: Evaluation,
  ): EvaluationDetails => {
    const common = { key, user, fetchTime: new Date(entry.fetchedAtMs ?? 0) };
    if (!isFailure(evaluation)) return { ...common, ...evaluation, isDefaultValue: false, errorCode: 0 };
    const { errorCode, exception } = evaluation;
    return {
      ...common,
      value: defaultValue,
      isDefaultValue: true,
      errorCode,
      errorMessage: failureMessage(evaluation) ?? failureText('', key, defaultValue, errorCode),
      errorException: exception,
    };
  };

  const requireRuleset = (returned: string) => {
    if (!ruleset) log.error(1000, () => messages.configMissing(returned));
    return ruleset;
  };

  const evaluateAll = (user: User | undefined, method: string, returned: string) => {
    requireUser(user);
    const keys = requireRuleset(returned)?.config.keys ?? [];
    const evaluations = keys.map((key) => [key, evaluate(ruleset, key, null, user, report)] as const);
    const failures = evaluations.filter((item): item is [string, Failure] => isFailure(item[1]));
    if (failures.length > 0) {
      const error = new AggregateError(failures.map(([, { exception }]) => exception));
      log.error(1002, () => messages.methodFailed(method, 'evaluation result'), error);
    }
    const allDetails = () => evaluations.map(([key, evaluation]) => toDetails(key, null, user, evaluation));
    if (isListening()) allDetails().forEach(evaluated);
    return { evaluations, allDetails };
  };

  return {
    value: (key, defaultValue, user = defaultUser, method = 'Snapshot.value') => {
      const evaluation = run(method, key, defaultValue, user);
      return isFailure(evaluation) ? defaultValue : evaluation.value;
    },
    details: (key, defaultValue, user = defaultUser, method = 'Snapshot.details') =>
      toDetails(key, defaultValue, user, run(method, key, defaultValue, user)),
    keys: () => requireRuleset('empty array')?.config.keys ?? [],
    // Entries, because assignment would treat a flag named `__proto__` as something else.
    values: (user = defaultUser, method = 'Snapshot.values') =>
      Object.fromEntries(
        evaluateAll(user, method, 'empty object').evaluations.map(([key, evaluation]) => [
          key,
          isFailure(evaluation) ? null : (evaluation.value ?? null),
        ]),
      ),
    allDetails: (method, user = defaultUser) => evaluateAll(user, method, 'empty array').allDetails(),
    keyAndValue: (variationId, method = 'Snapshot.keyAndValue') => {
      requireString('variationId', variationId);
      try {
        const config = requireRuleset('null')?.config;
        const found = config && findVariation(config, variationId);
        if (config && !found) log.error(2011, () => messages.variationMissing(variationId));
        return found ?? null;
      } catch (error) {
        log.error(1002, () => messages.methodFailed(method, 'null'), error);
        return null;
      }
    },
    hasConfig: ruleset !== undefined,
    get cacheState() {
      return cacheState(state);
    },
    get fetchedAt() {
      return entry.fetchedAtMs === undefined ? undefined : new Date(entry.fetchedAtMs);
    },
  };
}

/** Details of a flag that has not been evaluated yet; nothing is logged of it. */
export function pendingDetails(key: string, defaultValue: DefaultValue): EvaluationDetails {
  return {
    key,
    value: defaultValue,
    isDefaultValue: true,
    errorCode: 1000,
    errorMessage: messages.configMissingForSetting(key, defaultValue),
    fetchTime: new Date(0),
  };
}

/** Tells whether two details mean the same to whoever is shown the flag. */
export function isSameEvaluation(a: EvaluationDetails, b: EvaluationDetails): boolean {
  return (
    Object.is(a.value, b.value) &&
    a.variationId === b.variationId &&
    a.errorMessage === b.errorMessage &&
    isSameUser(a.user, b.user)
  );
}
