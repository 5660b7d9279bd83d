import type { EvaluationErrorCode } from '../errors.js';
import { EvaluationError, InvalidConfigModelError } from '../errors.js';
import type { Setting, SettingType, SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import { decideFor, requireValue, typeOf } from './decide.js';
import type { Recording } from './explain.js';
import { record } from './explain.js';
import type { ExplainedSetting } from './explanation.js';
import { displayText } from './operands.js';
import type { Decision, Report, Ruleset } from './ruleset.js';

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
    if (!setting) return missing(ruleset);
    requireType(setting.source, defaultValue);
    const decision = decideFor(setting, user, report);
    requireServable(setting.source, decision, defaultValue);
    return decision;
  } catch (exception) {
    return failed(exception);
  }
}

/** An evaluation together with its tree. */
export interface ExplainedEvaluation {
  readonly evaluation: Evaluation;
  /** `undefined` when evaluation did not come to a setting. */
  readonly tree: ExplainedSetting | undefined;
}

/** Evaluates like `evaluate()`, with the same outcome and the same warnings, and keeps a record of it. */
export function explain(
  ruleset: Ruleset | undefined,
  key: string,
  defaultValue: DefaultValue,
  user: User | undefined,
  report: Report,
): ExplainedEvaluation {
  let recording: Recording | undefined;
  const attempt = (): Evaluation => {
    const setting = ruleset?.get(key);
    if (!setting) return missing(ruleset);
    requireType(setting.source, defaultValue);
    recording = record(setting, user, report);
    const decision = recording.decide();
    requireServable(setting.source, decision, defaultValue);
    return decision;
  };
  try {
    return { evaluation: attempt(), tree: recording?.tree };
  } catch (exception) {
    return { evaluation: failed(exception), tree: recording?.tree };
  }
}

/** The error text of evaluation details; `undefined` where the log entry is the text. Source: protocol section 11. */
export function failureMessage({ exception }: Failure): string | undefined {
  return exception instanceof Error
    ? `${exception.name}: ${exception.message}`
    : exception === undefined
      ? undefined
      : displayText(exception);
}

const typeofSetting = { boolean: 'boolean', string: 'string', int: 'number', double: 'number' } as const;
const typeNames = { boolean: 'Boolean', string: 'String', int: 'Int', double: 'Double' } as const;

/** Checked beforehand: no rule is run for a default value that cannot stand in. Source: protocol section 5.7. */
function requireType(setting: Setting, defaultValue: DefaultValue): void {
  if (!setting.isLegacy) requireSameType(typeOf(setting), defaultValue);
}

/** Compat: in the previous format a value may be of any type, and is itself compared with the default value. */
function requireServable({ isLegacy }: Setting, decision: Decision, defaultValue: DefaultValue): void {
  const value = requireValue(decision);
  if (isLegacy)
    requireSameType(
      typeof value === 'number' ? 'double' : typeof value === 'string' ? 'string' : 'boolean',
      defaultValue,
    );
}

function requireSameType(type: SettingType, defaultValue: DefaultValue): void {
  if (defaultValue === undefined || defaultValue === null || typeof defaultValue === typeofSetting[type]) return;
  throw new EvaluationError(typeMismatch(type, typeof defaultValue));
}

function typeMismatch(type: SettingType, given: string): string {
  const name = typeNames[type];
  return (
    `The type of a setting must match the type of the specified default value. Setting's type was ${name} but the default value's type was ${given}. ` +
    `Please use a default value which corresponds to the setting type ${name}. Learn more: https://configcat.com/docs/sdk-reference/js/overview/#setting-type-mapping`
  );
}

function missing(ruleset: Ruleset | undefined): Failure {
  return { errorCode: ruleset ? 1001 : 1000, exception: undefined };
}

function failed(exception: unknown): Failure {
  const errorCode = exception instanceof InvalidConfigModelError ? 1 : exception instanceof EvaluationError ? 2 : -1;
  return { errorCode, exception };
}
