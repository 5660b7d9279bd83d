import type { EvaluationContext, JsonValue, ResolutionDetails } from '@openfeature/core';
import { ErrorCode, StandardResolutionReasons as reasons } from '@openfeature/core';
import type { EvaluationDetails, Setting, SettingValue, User, UserAttributeValue } from '../index.js';
import type { Condition } from './health.js';

/** Why the default value is served. Source: protocol section 11. */
const errorCodes: Record<Exclude<EvaluationDetails['errorCode'], 0>, ErrorCode> = {
  [-1]: ErrorCode.GENERAL,
  1: ErrorCode.PARSE_ERROR,
  2: ErrorCode.TYPE_MISMATCH,
  1000: ErrorCode.PROVIDER_NOT_READY,
  1001: ErrorCode.FLAG_NOT_FOUND,
};

/**
 * The user that an evaluation context stands for: none, if it is empty. Booleans, nested values and lists of anything
 * but text become text as ConfigCat's comparators would read them, see protocol section 7.3.
 */
export function toUser(context: EvaluationContext): User | undefined {
  const attributes = new Map(Object.entries(context).filter(([, value]) => value != null));
  if (attributes.size === 0) return undefined;
  const take = (...names: readonly string[]) => {
    const found = names.map((name) => attributes.get(name)).find((value) => value !== undefined);
    for (const name of names) attributes.delete(name);
    return found === undefined ? undefined : toText(found);
  };
  const identifier = take('targetingKey', 'Identifier') ?? '';
  const email = take('email', 'Email');
  const country = take('country', 'Country');
  return {
    identifier,
    ...(email !== undefined && { email }),
    ...(country !== undefined && { country }),
    // An attribute may be named __proto__: this way it is one like any other.
    custom: Object.fromEntries([...attributes].map(([name, value]) => [name, toAttribute(value)])),
  };
}

/** The details of an evaluation in OpenFeature's words. */
export function toResolution<T extends SettingValue>(
  details: EvaluationDetails,
  setting: Setting | undefined,
  condition: Condition,
): ResolutionDetails<T> {
  const { variationId, errorCode, errorMessage = '' } = details;
  // The client has compared its type with that of the default value.
  const value = details.value as T;
  if (errorCode !== 0) return failure(value, errorCodes[errorCode], errorMessage);
  return {
    value,
    ...(variationId !== undefined && { variant: variationId }),
    reason: reasonOf(details, setting, condition),
  };
}

/** Reads the value of a text flag as JSON. Only objects and lists will do: everything else has a type of flag of its own. */
export function toObjectResolution<T extends JsonValue>(
  key: string,
  resolution: ResolutionDetails<string>,
  defaultValue: T,
): ResolutionDetails<T> {
  if (resolution.errorCode) return { ...resolution, value: defaultValue };
  try {
    const value: unknown = JSON.parse(resolution.value);
    if (typeof value === 'object' && value !== null) return { ...resolution, value: value as T };
    return failure(defaultValue, ErrorCode.TYPE_MISMATCH, `The JSON of flag '${key}' is neither an object nor a list.`);
  } catch (error) {
    return failure(defaultValue, ErrorCode.PARSE_ERROR, `The text of flag '${key}' is not JSON: ${toText(error)}`);
  }
}

function failure<T>(value: T, errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> {
  return { value, reason: reasons.ERROR, errorCode, errorMessage };
}

function reasonOf(details: EvaluationDetails, setting: Setting | undefined, condition: Condition): string {
  if (condition === 'stale') return reasons.STALE;
  if (condition === 'cached') return reasons.CACHED;
  if (details.matchedPercentageOption) return reasons.SPLIT;
  if (details.matchedTargetingRule) return reasons.TARGETING_MATCH;
  const isTargeted = setting && setting.targetingRules.length + setting.percentageOptions.length > 0;
  return isTargeted ? reasons.DEFAULT : reasons.STATIC;
}

function toAttribute(value: unknown): UserAttributeValue {
  if (typeof value === 'number' || value instanceof Date) return value;
  const isList = Array.isArray(value) && value.every((item): item is string => typeof item === 'string');
  return isList ? value : toText(value);
}

/** Source: protocol section 7.3. */
function toText(value: unknown): string {
  if (typeof value === 'symbol') return '[symbol]';
  try {
    return value instanceof Date ? String(value.getTime() / 1000) : String(value);
  } catch {
    const hasConversion = typeof (value as { toString?: unknown }).toString === 'function';
    return hasConversion ? '[unknown]' : Object.prototype.toString.call(value);
  }
}
