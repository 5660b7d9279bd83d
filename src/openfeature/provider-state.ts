import { ErrorCode } from '@openfeature/core';
import type { ClientStatus } from '../index.js';
import { RefreshErrorCode } from '../index.js';

/**
 * How good the flags of a client are: there are none yet; none, because fetching fails; from a cache, and not confirmed
 * by the server since the provider looks; good; too old, because the server cannot be asked.
 */
export type Condition = 'pending' | 'failed' | 'cached' | 'fresh' | 'stale';

/** A condition, and the status that led to it. */
export interface Health {
  readonly condition: Condition;
  readonly status: ClientStatus | undefined;
}

/** What a provider has to tell, by its name in OpenFeature's enums. */
export interface ProviderEvent {
  readonly type: 'Ready' | 'Error' | 'Stale' | 'ConfigurationChanged';
  readonly message?: string;
  readonly errorCode?: ErrorCode;
  readonly flagsChanged?: string[];
}

/** What is known before the client has been looked at. */
export const unknownHealth: Health = { condition: 'pending', status: undefined };

/** The health after another status. */
export function nextHealth({ condition, status: last }: Health, status: ClientStatus): Health {
  return { condition: nextCondition(condition, last, status), status };
}

function nextCondition(before: Condition, last: ClientStatus | undefined, status: ClientStatus): Condition {
  const { cacheState, isFetching, isOnline, lastError } = status;
  if (cacheState === 'no-flag-data') return lastError ? 'failed' : 'pending';
  if (cacheState !== 'cached') return 'fresh';
  // Each poll starts when the config has just become too old. Whether that matters, its end will tell.
  if (isFetching) return before === 'fresh' || before === 'stale' ? before : 'cached';
  if (lastError || !isOnline) return 'stale';
  // In manual polling nothing counts as up to date, not even what has just been fetched.
  return last?.isFetching || before === 'fresh' ? 'fresh' : 'cached';
}

/** The event that a condition calls for; `undefined` while there is nothing to say. */
export function eventOf({ condition, status }: Health): ProviderEvent | undefined {
  switch (condition) {
    case 'pending':
      return undefined;
    case 'failed':
      return errorOf(status);
    case 'stale':
      return { type: 'Stale', message: status?.lastError?.errorMessage ?? 'The client is offline.' };
    default:
      return { type: 'Ready' };
  }
}

/** Why a provider without flags has none. A wrong SDK key is fatal, until the server knows it. */
export function errorOf(status: ClientStatus | undefined): ProviderEvent & { readonly errorCode: ErrorCode } {
  const message = status
    ? (status.lastError?.errorMessage ?? 'No flags are known, and none are being fetched.')
    : 'The provider or its client was closed before any flags were known.';
  const isFatal = status?.lastError?.errorCode === RefreshErrorCode.InvalidSdkKey;
  return { type: 'Error', message, errorCode: isFatal ? ErrorCode.PROVIDER_FATAL : ErrorCode.GENERAL };
}
