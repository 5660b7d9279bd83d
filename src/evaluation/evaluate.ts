import type { EvaluationErrorCode } from '../errors.js';
import { EvaluationError, InvalidConfigModelError } from '../errors.js';
import type { SettingType, SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import { requireValue } from './compile.js';
import { decide } from './decide.js';
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
  return 'errorCode' in evaluation;
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
  if (!ruleset) return { errorCode: 1000, exception: undefined };
  try {
    const setting = ruleset.get(key);
    if (!setting) return { errorCode: 1001, exception: undefined };
    const { type } = setting;
    if (!type) throw new InvalidConfigModelError('Setting type is invalid.');
    if (defaultValue !== undefined && defaultValue !== null && typeof defaultValue !== typeofSetting[type]) {
      throw new EvaluationError(typeMismatch(type, typeof defaultValue));
    }
    const decision = decide(setting, {
      user,
      report,
      settingKey: key,
      isUserMissingReported: false,
      isAttributeMissingReported: false,
      path: [],
    });
    requireValue(decision);
    return decision;
  } catch (exception) {
    return { errorCode: codeOf(exception), exception };
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

function typeMismatch(type: SettingType, given: string): string {
  const name = typeNames[type];
  return (
    `The type of a setting must match the type of the specified default value. Setting's type was ${name} but the default value's type was ${given}. ` +
    `Please use a default value which corresponds to the setting type ${name}. Learn more: https://configcat.com/docs/sdk-reference/js/overview/#setting-type-mapping`
  );
}

function codeOf(exception: unknown): Failure['errorCode'] {
  if (exception instanceof InvalidConfigModelError) return 1;
  if (exception instanceof EvaluationError) return 2;
  return -1;
}
