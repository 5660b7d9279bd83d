import { catchError, concat, defer, map, of, take } from 'rxjs';
import type { Occurrence, Texts } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import type { Time } from '../time.js';
import { backoffAfter } from './backoff.js';
import type { OpenCache } from './external-cache.js';
import type { ConfigFetcher } from './fetch.js';
import type { FetchOutcome, State } from './outcome.js';
import type { PollingPlan } from './polling/mode.js';
import type { Start } from './task.js';

/** What an exchange needs. */
export interface ExchangeOptions<C> {
  readonly fetch: ConfigFetcher<C>;
  readonly polling: PollingPlan;
  readonly time: Time;
  readonly state: () => State<C>;
  readonly cache: Pick<OpenCache<C>, 'reconcile'> | undefined;
  readonly texts: Texts;
}

/**
 * One exchange with the server from begin to end: that it is under way, and what it came to.
 */
export function exchangeWith<C>(options: ExchangeOptions<C>): Start<C> {
  const { fetch, state, cache, texts } = options;
  const { scheduler } = options.time;
  const ask: ConfigFetcher<C> = (known) => fetch(known).pipe(take(1));

  return (task) =>
    defer(() => {
      const { isInitiatedByUser } = task;
      const startedAtMs = scheduler.now();
      const answer$ = defer(() => cache?.reconcile(ask, task) ?? ask(state().entry));
      const ended$ = answer$.pipe(
        catchError((error: unknown) => of(unexpectedFailure<C>(error, isInitiatedByUser, texts))),
        map((outcome) => {
          const { result, retryAfterMs = 0, patch } = outcome;
          const failed = result.isSuccess
            ? { lastError: undefined, backoff: undefined }
            : { lastError: result, backoff: backoffAfter(state().backoff, retryAfterMs, startedAtMs, options) };
          return {
            ...outcome,
            patch: { ...patch, isFetching: false, isInitialised: true, ...failed },
            isInitiatedByUser,
          };
        }),
      );
      return concat(of({ patch: { isFetching: true } }), ended$);
    });
}

/** The fetcher answers instead of throwing; should it throw all the same, that is a failure like others. */
function unexpectedFailure<C>(exception: unknown, isInitiatedByUser: boolean, { textOf }: Texts): FetchOutcome<C> {
  const failure: Occurrence = isInitiatedByUser
    ? [events.methodFailed, { method: 'forceRefresh' }]
    : [events.pollingFailed, {}];
  return {
    patch: {},
    log: [[...failure, exception]],
    result: { isSuccess: false, errorCode: -1, errorMessage: textOf(...failure), exception },
  };
}
