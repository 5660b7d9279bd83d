import type { EvaluationDetails, FlagSource, SettingValue, User } from '../functions.js';
import { configVersion, currentStatus, flagSetId, resultReason } from '../functions.js';
import type { Attributes } from './api.js';

/** What of users and values goes into attributes. */
export interface RedactionOptions {
  /**
   * The value as `feature_flag.result.value`: always, never, or what a function makes of it, `undefined` for nothing. Default:
   * only where the value has no variation ID, which stands for it otherwise, as the conventions say.
   *
   * @example
   * recordEvaluations(client, { trace, value: (value, key) => (key === 'banner' ? undefined : value) });
   */
  readonly value?: boolean | ((value: SettingValue, key: string) => SettingValue | undefined);
  /**
   * The user as `feature_flag.context.id`: the identifier, nothing, or what a function makes of the user.
   *
   * @defaultValue `true`
   *
   * @example
   * recordEvaluations(client, { trace, contextId: (user) => hash(user.identifier) });
   */
  readonly contextId?: boolean | ((user: User) => string | undefined);
}

/** The name of the event. Source: OpenTelemetry semantic conventions 1.45, feature flags. */
export const eventName = 'feature_flag.evaluation';

/** Error types of the conventions by error codes of evaluation details. */
const errorTypes: Readonly<Record<Exclude<EvaluationDetails['errorCode'], 0>, string>> = {
  [-1]: 'general',
  1: 'parse_error',
  2: 'type_mismatch',
  1000: 'provider_not_ready',
  1001: 'flag_not_found',
  1900: 'parse_error',
};

/** What tells the config of a client. */
export function setAttributes(source: FlagSource): Attributes {
  return { 'feature_flag.set.id': flagSetId(source) };
}

/**
 * What tells the outcome of an evaluation: flag, variation, reason, error, and the config that it went by; nothing of the user.
 * Source: OpenTelemetry semantic conventions 1.45, feature flags.
 *
 * @param set - what `setAttributes()` gives.
 */
export function resultAttributes(source: FlagSource, details: EvaluationDetails, set: Attributes): Attributes {
  const { key, variationId, errorCode, errorMessage } = details;
  const version = configVersion(source, details);
  return {
    ...set,
    'feature_flag.key': key,
    'feature_flag.provider.name': 'ConfigCat',
    'feature_flag.result.reason': reasonOf(source, details),
    ...(version !== undefined && { 'feature_flag.version': version }),
    ...(typeof variationId === 'string' && { 'feature_flag.result.variant': variationId }),
    ...(errorCode !== 0 && { 'error.type': errorTypes[errorCode] }),
    // Of the other errors the message says no more than the type, but for keys and default values.
    ...(errorCode !== 0 && errorCode < 1000 && errorMessage && { 'feature_flag.error.message': errorMessage }),
  };
}

/** What tells whom an evaluation was for, and what he is shown, as far as that is wanted. */
export function privateAttributes(
  { key, value, variationId, user }: EvaluationDetails,
  { value: isWanted = variationId === undefined, contextId = true }: RedactionOptions,
): Attributes {
  const attributes: Attributes = {};
  const known = value ?? undefined;
  const shown =
    known === undefined || isWanted === false ? undefined : isWanted === true ? known : isWanted(known, key);
  if (shown !== undefined) attributes['feature_flag.result.value'] = shown;
  const id = !user || contextId === false ? undefined : contextId === true ? user.identifier : contextId(user);
  // Users come from anywhere.
  if (typeof id === 'string' && id !== '') attributes['feature_flag.context.id'] = id;
  return attributes;
}

/** A config that can neither be confirmed nor replaced is the reason that matters. */
function reasonOf(source: FlagSource, details: EvaluationDetails): string {
  const reason = resultReason(source, details);
  if (reason === 'error') return reason;
  const { cacheState, lastError } = currentStatus(source);
  return cacheState === 'cached' && lastError ? 'stale' : reason;
}
