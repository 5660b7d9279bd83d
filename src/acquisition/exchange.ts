import type { Observable } from 'rxjs';
import { EMPTY, catchError, concat, defer, of, switchMap } from 'rxjs';
import { messages } from '../logging/messages.js';
import type { EntryCache } from './cache.js';
import type { Entry } from './entry.js';
import type { ConfigFetcher } from './fetch.js';
import type { FetchOutcome, Holdback, Outcome, State } from './outcome.js';
import type { PollingMode, Time } from './polling.js';

/** What an exchange needs. */
export interface ExchangeOptions<C> {
  readonly fetch: ConfigFetcher<C>;
  readonly cache: EntryCache<C>;
  readonly polling: PollingMode;
  readonly time: Time;
  readonly state: () => State<C>;
}

/**
 * One exchange with the server from begin to end: that it is under way, what it came to, and the entry to be stored.
 */
export function exchangeWith<C>(options: ExchangeOptions<C>): (isInitiatedByUser: boolean) => Observable<Outcome<C>> {
  const { fetch, cache, polling, time, state } = options;
  const { scheduler, random } = time;

  const toHoldback = ({ result, retryAfterMs = 0 }: FetchOutcome<C>, startedAtMs: number): Holdback | undefined => {
    if (result.isSuccess) return undefined;
    const failures = (state().holdback?.failures ?? 0) + 1;
    const sinceMs = scheduler.now();
    const backoffLeftMs = startedAtMs + polling.backoffMs(failures, random) - sinceMs;
    return { failures, sinceMs, delayMs: Math.max(retryAfterMs, backoffLeftMs) };
  };

  return (isInitiatedByUser) =>
    defer(() => {
      const startedAtMs = scheduler.now();
      const known = state().entry;
      const settled$ = fetch(known).pipe(
        catchError((error: unknown) => of(defect<C>(error, isInitiatedByUser))),
        switchMap((outcome) => {
          const { result } = outcome;
          // What the server vouched for may have been replaced by something newer from the cache.
          const checkedAtMs = state().entry.configText === known.configText ? outcome.checkedAtMs : undefined;
          const patch = {
            ...outcome.patch,
            isFetching: false,
            isInitialised: true,
            lastError: result.isSuccess ? undefined : result,
            holdback: toHoldback(outcome, startedAtMs),
          };
          const entry = entryToStore(patch.entry, checkedAtMs, known);
          return concat(of({ ...outcome, checkedAtMs, patch, isInitiatedByUser }), entry ? cache.write(entry) : EMPTY);
        }),
      );
      return concat(of({ patch: { isFetching: true } }), settled$);
    });
}

function entryToStore(fetched: Entry | undefined, checkedAtMs: number | undefined, known: Entry): Entry | undefined {
  if (fetched || checkedAtMs === undefined || known.configText === undefined) return fetched;
  return { ...known, fetchedAtMs: checkedAtMs };
}

/** The fetcher answers instead of throwing; should it throw all the same, that is a failure like others. */
function defect<C>(errorException: unknown, isInitiatedByUser: boolean): FetchOutcome<C> {
  const [eventId, errorMessage] = isInitiatedByUser
    ? [1003, messages.methodFailed('forceRefresh')]
    : [1200, messages.pollingFailed()];
  return {
    patch: {},
    log: [['error', eventId, errorMessage, errorException]],
    result: { isSuccess: false, errorCode: -1, errorMessage, errorException },
  };
}
