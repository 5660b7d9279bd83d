import { ErrorCode } from '@openfeature/core';
import type { ClientStatus } from '../index.js';
import { RefreshErrorCode } from '../index.js';

/**
 * The condition of a client's flags: there are none yet (`pending`); none, because fetching fails (`failed`); from a cache,
 * and not confirmed by the server since the provider began (`cached`); up to date (`fresh`); too old, because the server
 * cannot be reached (`stale`).
 */
export type FlagsCondition = 'pending' | 'failed' | 'cached' | 'fresh' | 'stale';

/** The condition of a provider's flags, and the client's status that led to it. */
export interface ProviderState {
  readonly condition: FlagsCondition;
  readonly status: ClientStatus | undefined;
}

/** An event of a provider, by its name in OpenFeature's enums. */
export interface ProviderEvent {
  readonly type: 'Ready' | 'Error' | 'Stale' | 'ConfigurationChanged';
  readonly message?: string;
  readonly errorCode?: ErrorCode;
  readonly flagsChanged?: string[];
}

/** The state before the first status of the client. */
export const initialState: ProviderState = { condition: 'pending', status: undefined };

/** Computes the state after another status of the client. */
export function nextState({ condition, status: last }: ProviderState, status: ClientStatus): ProviderState {
  return { condition: nextCondition(condition, last, status), status };
}

function nextCondition(before: FlagsCondition, last: ClientStatus | undefined, status: ClientStatus): FlagsCondition {
  const { cacheState, isFetching, isOnline, lastError } = status;
  if (cacheState === 'no-flag-data') return lastError ? 'failed' : 'pending';
  if (cacheState !== 'cached') return 'fresh';
  // Each poll starts when the config has just become too old, so the condition changes only when the poll ends.
  if (isFetching) return before === 'fresh' || before === 'stale' ? before : 'cached';
  if (lastError || !isOnline) return 'stale';
  // In manual polling nothing counts as up to date, not even what has just been fetched.
  return last?.isFetching || before === 'fresh' ? 'fresh' : 'cached';
}

/** Gives the event of a state; `undefined` while it is pending. */
export function eventOf({ condition, status }: ProviderState): ProviderEvent | undefined {
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

/** Gives the error event of a provider without flags. A wrong SDK key is fatal, until the server knows it. */
export function errorOf(status: ClientStatus | undefined): ProviderEvent & { readonly errorCode: ErrorCode } {
  const message = status
    ? (status.lastError?.errorMessage ?? 'No flags are known, and none are being fetched.')
    : 'The provider or its client was closed before any flags were known.';
  const isFatal = status?.lastError?.errorCode === RefreshErrorCode.InvalidSdkKey;
  return { type: 'Error', message, errorCode: isFatal ? ErrorCode.PROVIDER_FATAL : ErrorCode.GENERAL };
}
