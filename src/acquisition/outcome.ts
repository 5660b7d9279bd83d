import type { RefreshErrorCode } from '../errors.js';
import type { Entry } from './entry.js';

/** Why a refresh failed. */
export interface RefreshFailure {
  readonly errorCode: Exclude<RefreshErrorCode, 0>;
  readonly errorMessage: string;
  readonly errorException?: unknown;
}

/**
 * What a refresh came to. Source: protocol section 8.6.
 *
 * @example
 * const { isSuccess, errorMessage } = await client.forceRefresh();
 */
export type RefreshResult =
  | {
      readonly isSuccess: true;
      readonly errorCode: 0;
      readonly errorMessage?: undefined;
      readonly errorException?: undefined;
    }
  | ({ readonly isSuccess: false } & RefreshFailure);

/** Something worth a log entry that did not decide the outcome. */
export type Notice = 'governance-out-of-sync' | 'redirect-loop';

/** How one HTTP exchange, redirects and repetition included, ended. `C` is the parsed document. */
export type FetchOutcome<C> =
  | {
      readonly kind: 'fetched';
      readonly entry: Entry;
      readonly content: C;
      readonly notices: readonly Notice[];
      /** Set when the document is good, but the place it redirects to did not answer. */
      readonly failure?: RefreshFailure;
    }
  | { readonly kind: 'not-modified'; readonly checkedAtMs: number }
  | {
      readonly kind: 'failed';
      readonly failure: RefreshFailure;
      /** Set when the answer was definite, so that asking again waits its full interval. */
      readonly checkedAtMs?: number;
    };

/** Everything that can happen to the state of a client. */
export type Outcome<C> =
  | (FetchOutcome<C> & { readonly isInitiatedByUser: boolean })
  | { readonly kind: 'fetching' }
  | { readonly kind: 'cached'; readonly entry: Entry; readonly content: C }
  | { readonly kind: 'cache-failed'; readonly operation: 'reading' | 'writing'; readonly error: unknown }
  | { readonly kind: 'initialised' };

/** All that a client knows, as one immutable value. */
export interface State<C> {
  readonly entry: Entry;
  readonly content: C | undefined;
  /** Reads need not wait any more: something is known, or waiting has not helped. */
  readonly isInitialised: boolean;
  readonly isFetching: boolean;
  /** How the last exchange failed; `undefined` after a good one. */
  readonly lastFailure: RefreshFailure | undefined;
}

/** A state and the outcome that led to it. */
export interface Step<C> {
  readonly state: State<C>;
  readonly outcome: Outcome<C> | undefined;
}

/** Folds an outcome into the state. A good config is only ever replaced by another good one. */
export function reduce<C>(state: State<C>, outcome: Outcome<C>): State<C> {
  switch (outcome.kind) {
    case 'initialised':
      return { ...state, isInitialised: true };
    case 'fetching':
      return { ...state, isFetching: true };
    case 'cache-failed':
      return state;
    case 'cached':
      return { ...state, entry: outcome.entry, content: outcome.content };
    case 'fetched':
      return {
        ...state,
        entry: outcome.entry,
        content: outcome.content,
        isFetching: false,
        lastFailure: outcome.failure,
      };
    case 'not-modified':
      return { ...state, entry: checked(state.entry, outcome.checkedAtMs), isFetching: false, lastFailure: undefined };
    case 'failed':
      return {
        ...state,
        entry: checked(state.entry, outcome.checkedAtMs),
        isFetching: false,
        lastFailure: outcome.failure,
      };
  }
}

function checked(entry: Entry, checkedAtMs: number | undefined): Entry {
  return checkedAtMs === undefined ? entry : { ...entry, fetchedAtMs: checkedAtMs };
}

/** What `forceRefresh()` tells of an exchange; without one the client was disposed first. */
export function toRefreshResult(outcome: FetchOutcome<unknown> | undefined): RefreshResult {
  if (!outcome) {
    return {
      isSuccess: false,
      errorCode: -1,
      errorMessage: 'The client was disposed before the refresh ended.',
    };
  }
  const failure = outcome.kind === 'not-modified' ? undefined : outcome.failure;
  return failure ? { isSuccess: false, ...failure } : { isSuccess: true, errorCode: 0 };
}
