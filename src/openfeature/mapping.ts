import type { EvaluationContext, FlagMetadata, JsonValue, ResolutionDetails } from '@openfeature/core';
import { ErrorCode, StandardResolutionReasons as reasons } from '@openfeature/core';
import type { EvaluationDetails, Setting, SettingValue, User, UserAttributeValue } from '../index.js';
import type { FlagsCondition } from './provider-state.js';

/** OpenFeature's error codes by those of evaluation details. Source: protocol section 11. */
const errorCodes: Record<Exclude<EvaluationDetails['errorCode'], 0>, ErrorCode> = {
  [-1]: ErrorCode.GENERAL,
  1: ErrorCode.PARSE_ERROR,
  2: ErrorCode.TYPE_MISMATCH,
  1000: ErrorCode.PROVIDER_NOT_READY,
  1001: ErrorCode.FLAG_NOT_FOUND,
  1900: ErrorCode.PARSE_ERROR,
};

/**
 * Gives the user for an evaluation context: none, if it is empty. ConfigCat's own provider for OpenFeature reads
 * contexts in the same way: every attribute can be named in a rule as it is named in the context, and three of them are
 * the predefined ones, too.
 */
export function toUser(context: EvaluationContext): User | undefined {
  const attributes = new Map(Object.entries(context).filter(([, value]) => value != null));
  if (attributes.size === 0) return undefined;
  const identifier = ['targetingKey', 'identifier', 'Identifier'].map((name) => attributes.get(name)).find(isGiven);
  const email = ['email', 'Email'].map((name) => attributes.get(name)).find(isText);
  const country = ['country', 'Country'].map((name) => attributes.get(name)).find(isText);
  // Rules that name these attributes read the predefined ones, never the custom ones.
  for (const name of ['Identifier', 'Email', 'Country']) attributes.delete(name);
  return {
    identifier: identifier === undefined ? '' : toText(identifier),
    ...(email !== undefined && { email }),
    ...(country !== undefined && { country }),
    // Built of entries, because assigning to an attribute named `__proto__` would set the prototype.
    custom: Object.fromEntries([...attributes].map(([name, value]) => [name, toAttribute(value)])),
  };
}

/**
 * Translates the details of an evaluation for OpenFeature.
 *
 * @param flagMetadata - what its telemetry is told, for errors as well.
 */
export function toResolution<T extends SettingValue>(
  details: EvaluationDetails,
  setting: Setting | undefined,
  condition: FlagsCondition,
  flagMetadata: FlagMetadata,
): ResolutionDetails<T> {
  const { variationId, errorCode, errorMessage = '' } = details;
  // The client has compared its type with that of the default value.
  const value = details.value as T;
  if (errorCode !== 0) return { ...failure(value, errorCodes[errorCode], errorMessage), flagMetadata };
  return {
    value,
    ...(variationId !== undefined && { variant: variationId }),
    reason: reasonOf(details, setting, condition),
    flagMetadata,
  };
}

/** Reads the value of a text flag as JSON. Only objects and lists will do: everything else has a type of flag of its own. */
export function toObjectResolution<T extends JsonValue>(
  key: string,
  resolution: ResolutionDetails<string>,
  defaultValue: T,
): ResolutionDetails<T> {
  if (resolution.errorCode) return { ...resolution, value: defaultValue };
  const { flagMetadata = {} } = resolution;
  const refuse = (errorCode: ErrorCode, message: string) => ({
    ...failure(defaultValue, errorCode, message),
    flagMetadata,
  });
  try {
    const value: unknown = JSON.parse(resolution.value);
    if (typeof value === 'object' && value !== null) return { ...resolution, value: value as T };
    return refuse(ErrorCode.TYPE_MISMATCH, `The JSON of flag '${key}' is neither an object nor a list.`);
  } catch (error) {
    return refuse(ErrorCode.PARSE_ERROR, `The text of flag '${key}' is not JSON: ${String(error)}`);
  }
}

function failure<T>(value: T, errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> {
  return { value, reason: reasons.ERROR, errorCode, errorMessage };
}

function reasonOf(details: EvaluationDetails, setting: Setting | undefined, condition: FlagsCondition): string {
  if (condition === 'stale') return reasons.STALE;
  if (condition === 'cached') return reasons.CACHED;
  if (details.matchedPercentageOption) return reasons.SPLIT;
  if (details.matchedTargetingRule) return reasons.TARGETING_MATCH;
  const isTargeted = setting && setting.targetingRules.length + setting.percentageOptions.length > 0;
  return isTargeted ? reasons.DEFAULT : reasons.STATIC;
}

function isGiven(value: unknown): boolean {
  return value !== undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function toAttribute(value: unknown): UserAttributeValue {
  if (typeof value === 'number' || value instanceof Date) return value;
  return Array.isArray(value) && value.every(isText) ? value : toText(value);
}

/** Writes objects and lists as JSON, everything else as ConfigCat's comparators would read it: protocol section 7.3. */
function toText(value: unknown): string {
  if (typeof value === 'symbol') return '[symbol]';
  try {
    if (value instanceof Date) return String(value.getTime() / 1000);
    const isObject = typeof value === 'object' && value !== null;
    // `JSON.stringify` returns `undefined` for an object whose `toJSON()` does.
    return (isObject ? JSON.stringify(value) : undefined) ?? String(value);
  } catch {
    return '[unknown]';
  }
}
