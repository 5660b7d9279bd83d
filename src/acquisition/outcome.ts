import type { RefreshErrorCode } from '../errors.js';
import type { LogEntry } from '../logging/event-text.js';
import type { Entry } from './entry.js';
import { emptyEntry } from './entry.js';
import type { Backoff } from './backoff.js';

/** Why a refresh failed. */
export interface RefreshFailure {
  readonly isSuccess: false;
  readonly errorCode: Exclude<RefreshErrorCode, 0>;
  readonly errorMessage: string;
  readonly exception?: unknown;
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
      readonly exception?: undefined;
    }
  | RefreshFailure;

/** The result of all refreshes that succeed. */
export const succeeded: RefreshResult = { isSuccess: true, errorCode: 0 };

/** All that a client knows, as one immutable value. `C` is the parsed document. */
export interface State<C> {
  readonly entry: Entry;
  readonly content: C | undefined;
  /** Reads need not wait any more: something is known, or waiting has not helped. */
  readonly isInitialised: boolean;
  readonly isFetching: boolean;
  /** Requests may be sent. */
  readonly isOnline: boolean;
  /** How the last exchange with the server failed; `undefined` after a good one. */
  readonly lastError: RefreshFailure | undefined;
  /** What keeps automatic fetches waiting after a failure; `undefined` after a success. */
  readonly backoff: Backoff | undefined;
}

/** When the server vouched for a config, and when it was asked, Unix milliseconds. */
export type CheckTimes = Pick<Entry, 'fetchedAtMs' | 'requestedAtMs'>;

/** One thing that happened: what it changes in the state, and what is to be said of it. */
export interface Outcome<C> {
  readonly patch: Partial<State<C>>;
  /** Present when the server vouched for the config that is known. */
  readonly checked?: CheckTimes | undefined;
  readonly log?: readonly LogEntry[];
  /** Present when this ends an exchange with the server. */
  readonly result?: RefreshResult;
  readonly isInitiatedByUser?: boolean;
}

/** How an exchange with the server ended. */
export interface FetchOutcome<C> extends Outcome<C> {
  readonly result: RefreshResult;
  readonly log: readonly LogEntry[];
  /** How long the server asks to be left alone. */
  readonly retryAfterMs?: number;
}

/** A state and the outcome that led to it. */
export interface Step<C> {
  readonly state: State<C>;
  readonly outcome: Outcome<C>;
}

/** Before anything has happened. */
export const firstStep: Step<never> = {
  state: {
    entry: emptyEntry,
    content: undefined,
    isInitialised: false,
    isFetching: false,
    isOnline: true,
    lastError: undefined,
    backoff: undefined,
  },
  outcome: { patch: {} },
};

/** Folds an outcome into the state. A good config is only ever replaced by another good one. */
export function fold<C>({ state }: Step<C>, outcome: Outcome<C>): Step<C> {
  const { patch, checked } = outcome;
  const next = { ...state, ...patch };
  return { state: checked ? { ...next, entry: { ...next.entry, ...checked } } : next, outcome };
}
