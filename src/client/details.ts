import type { EvaluationErrorCode } from '../errors.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { messages } from '../logging/messages.js';
import type { PercentageOption, SettingValue, TargetingRule } from '../model/config.js';
import type { User } from '../model/user.js';
import { isSameUser } from '../model/user-copy.js';

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
  /** When the server last vouched for the config; the epoch while it never has, nothing when it is never asked. */
  readonly fetchTime: Date | undefined;
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

/**
 * Tells whether two details mean the same to whoever is shown the flag: value, variation, matched rule and option, error
 * and user. When the config was fetched makes no difference.
 *
 * @example
 * client.snapshot$.pipe(
 *   map((snapshot) => snapshot.details('darkMode', false)),
 *   distinctUntilChanged(isSameEvaluation),
 * );
 */
export function isSameEvaluation(a: EvaluationDetails, b: EvaluationDetails): boolean {
  return (
    Object.is(a.value, b.value) &&
    a.variationId === b.variationId &&
    a.errorMessage === b.errorMessage &&
    isSameModel(a.matchedTargetingRule, b.matchedTargetingRule) &&
    isSameModel(a.matchedPercentageOption, b.matchedPercentageOption) &&
    isSameUser(a.user, b.user)
  );
}

/** Each config has models of its own, which are plain data. */
function isSameModel(a: object | undefined, b: object | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}
