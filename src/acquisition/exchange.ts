import { catchError, concat, defer, map, of, take } from 'rxjs';
import type { Occurrence, Texts } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import type { Time } from '../time.js';
import type { OpenCache } from './external-cache.js';
import type { ConfigFetcher } from './fetch.js';
import type { FetchOutcome, Backoff, State } from './outcome.js';
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
export function exchangeWith<C>({ fetch, polling, time, state, cache, texts }: ExchangeOptions<C>): Start<C> {
  const { scheduler, random } = time;
  const ask: ConfigFetcher<C> = (known) => fetch(known).pipe(take(1));

  const toBackoff = ({ result, retryAfterMs = 0 }: FetchOutcome<C>, startedAtMs: number): Backoff | undefined => {
    if (result.isSuccess) return undefined;
    const failures = (state().backoff?.failures ?? 0) + 1;
    const sinceMs = scheduler.now();
    // A clock that was set back meanwhile lengthens no wait.
    const backoffLeftMs = polling.backoffMs(failures, random) - Math.max(0, sinceMs - startedAtMs);
    return { failures, sinceMs, delayMs: Math.max(retryAfterMs, backoffLeftMs) };
  };

  return (task) =>
    defer(() => {
      const { isInitiatedByUser } = task;
      const startedAtMs = scheduler.now();
      const answer$ = defer(() => cache?.reconcile(ask, task) ?? ask(state().entry));
      const ended$ = answer$.pipe(
        catchError((error: unknown) => of(unexpectedFailure<C>(error, isInitiatedByUser, texts))),
        map((outcome) => ({
          ...outcome,
          patch: {
            ...outcome.patch,
            isFetching: false,
            isInitialised: true,
            lastError: outcome.result.isSuccess ? undefined : outcome.result,
            backoff: toBackoff(outcome, startedAtMs),
          },
          isInitiatedByUser,
        })),
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
