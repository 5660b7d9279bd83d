import { displayText } from '../display-text.js';
import type { EvaluationErrorCode } from '../errors.js';
import { EvaluationError, InvalidConfigModelError } from '../errors.js';
import type { PercentageOption, SettingType, SettingValue, TargetingRule } from '../model/config.js';
import type { User } from '../model/user.js';
import { requireValue, typeOf, typeofSetting } from './decide.js';
import { sourceOf } from './reuse.js';
import type { CompiledSetting, Decision, Report, Ruleset } from './ruleset.js';

/** A value that callers may offer for the case that a flag cannot be evaluated. */
export type DefaultValue = SettingValue | null | undefined;

/** Why there is nothing but the default value. `message` is empty where the log entry words it. */
export interface Failure {
  readonly errorCode: Exclude<EvaluationErrorCode, 0>;
  readonly exception: unknown;
}

export type Evaluation = Decision | Failure;

export function isFailure(evaluation: Evaluation): evaluation is Failure {
  return evaluation.errorCode !== 0;
}

/**
 * Evaluates one setting for one user. Pure, synchronous, and never throws.
 *
 * @param ruleset - `undefined` while no config is known.
 * @param defaultValue - only its type matters here; `null` and `undefined` fit every setting.
 * Source: protocol section 5.2.
 */
export function evaluate(
  ruleset: Ruleset | undefined,
  key: string,
  defaultValue: DefaultValue,
  user: User | undefined,
  report: Report,
): Evaluation {
  try {
    const setting = ruleset?.get(key);
    return setting ? evaluateSetting(ruleset!, setting, defaultValue, user, report) : missing(ruleset);
  } catch (exception) {
    return failed(exception);
  }
}

/** Evaluates all settings for one user, in the order of the keys. */
export function evaluateAll(ruleset: Ruleset, user: User | undefined, report: Report): readonly Evaluation[] {
  const { keys } = ruleset;
  const settings = (ruleset.inOrder ??= inOrder(ruleset));
  const evaluations = Array.from<Evaluation>({ length: keys.length });
  for (let i = 0; i < keys.length; i++) {
    const setting = settings[i];
    try {
      evaluations[i] = setting
        ? evaluateSetting(ruleset, setting, undefined, user, report)
        : evaluate(ruleset, keys[i]!, undefined, user, report);
    } catch (exception) {
      evaluations[i] = failed(exception);
    }
  }
  return evaluations;
}

function inOrder(ruleset: Ruleset): readonly (CompiledSetting | undefined)[] {
  return ruleset.keys.map((key) => {
    try {
      return ruleset.get(key);
    } catch {
      // Nested too deeply: its evaluation says so.
    }
  });
}

function evaluateSetting(
  ruleset: Ruleset,
  setting: CompiledSetting,
  defaultValue: DefaultValue,
  user: User | undefined,
  report: Report,
): Decision {
  requireType(setting, defaultValue);
  const decision = ruleset.decide(setting, user, report);
  requireServable(setting, decision, defaultValue);
  return decision;
}

/** The parts of a setting that led to a decision. */
export interface Matched {
  readonly matchedTargetingRule: TargetingRule | undefined;
  readonly matchedPercentageOption: PercentageOption | undefined;
}

/** Looks up what led to a decision: the config is asked only by those who want to know. */
export function matchedBy(ruleset: Ruleset | undefined, key: string, { ruleIndex, optionIndex }: Decision): Matched {
  const isPlain = ruleIndex === undefined && optionIndex === undefined;
  const setting = isPlain || !ruleset ? undefined : sourceOf(ruleset.layers, key);
  const rule = ruleIndex === undefined ? undefined : setting?.targetingRules[ruleIndex];
  const options = ruleIndex === undefined ? setting?.percentageOptions : rule?.percentageOptions;
  return {
    matchedTargetingRule: rule,
    matchedPercentageOption: optionIndex === undefined ? undefined : options?.[optionIndex],
  };
}

/** The error text of evaluation details; `undefined` where the log entry is the text. Source: protocol section 11. */
export function failureMessage({ exception }: Failure): string | undefined {
  if (exception === undefined) return undefined;
  try {
    if (exception instanceof Error) return `${exception.name}: ${exception.message}`;
  } catch {
    // It comes from an attribute, and does not let itself be looked at.
  }
  return displayText(exception);
}

/** Checked beforehand: no rule is run for a default value that cannot stand in. Source: protocol section 5.7. */
export function requireType(setting: CompiledSetting, defaultValue: DefaultValue): void {
  // Mostly it fits, and then nothing else is to be done.
  if (typeof defaultValue === setting.typeofValue || setting.typeofValue === 'any') return;
  // Who reads JSON has no default value that a setting could serve.
  if (defaultValue === undefined && setting.type) return;
  requireSameType(typeOf(setting), defaultValue);
}

/** Checked afterwards: there must be a value, which is itself compared with the default value where it may be of any type. */
export function requireServable(
  { typeofValue }: CompiledSetting,
  decision: Decision,
  defaultValue: DefaultValue,
): void {
  const value = requireValue(decision);
  if (typeofValue === 'any') requireSameType(typeOfValue(value), defaultValue);
}

function typeOfValue(value: SettingValue): SettingType {
  return typeof value === 'number' ? 'double' : typeof value === 'string' ? 'string' : 'boolean';
}

function requireSameType(type: SettingType, defaultValue: DefaultValue): void {
  if (defaultValue === undefined || defaultValue === null || typeof defaultValue === typeofSetting(type)) return;
  throw new EvaluationError(typeMismatch(type, typeof defaultValue));
}

function typeMismatch(type: SettingType, given: string): string {
  const name = type[0]!.toUpperCase() + type.slice(1);
  return (
    `The type of a setting must match the type of the specified default value. Setting's type was ${name} but the default value's type was ${given}. ` +
    `Please use a default value which corresponds to the setting type ${name}. Learn more: https://configcat.com/docs/sdk-reference/js/overview/#setting-type-mapping`
  );
}

/** There is no such setting, or no config at all. */
export function missing(ruleset: Ruleset | undefined): Failure {
  return { errorCode: ruleset ? 1001 : 1000, exception: undefined };
}

/** What was thrown, as the outcome of an evaluation. */
export function failed(exception: unknown): Failure {
  let errorCode: Failure['errorCode'] = -1;
  try {
    if (exception instanceof InvalidConfigModelError) errorCode = 1;
    else if (exception instanceof EvaluationError) errorCode = 2;
  } catch {
    // What attributes throw need not let itself be looked at.
  }
  return { errorCode, exception };
}
