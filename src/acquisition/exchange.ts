import type { Observable } from 'rxjs';
import { EMPTY, catchError, concat, defer, of, switchMap, take, throwIfEmpty } from 'rxjs';
import type { Occurrence, Texts } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import type { Time } from '../time.js';
import type { OpenCache } from './external-cache.js';
import type { Entry } from './entry.js';
import { isNewer } from './entry.js';
import type { ConfigFetcher } from './fetch.js';
import type { FetchOutcome, Holdback, State } from './outcome.js';
import type { PollingPlan } from './polling/mode.js';
import type { Start } from './task.js';

/** How often the server is asked again because an ordered cache has brought something meanwhile. */
const maxRepetitions = 3;

/** What an exchange needs. */
export interface ExchangeOptions<C> {
  readonly fetch: ConfigFetcher<C>;
  readonly polling: PollingPlan;
  readonly time: Time;
  readonly state: () => State<C>;
  readonly cache: Pick<OpenCache<C>, 'isOrdered'> | undefined;
  /** Takes an entry that the external cache should have; nobody waits for that. */
  readonly storeEntry: (entry: Entry) => void;
  readonly texts: Texts;
}

/**
 * One exchange with the server from begin to end: that it is under way, and what it came to.
 */
export function exchangeWith<C>(options: ExchangeOptions<C>): Start<C> {
  const { fetch, polling, time, state, cache, storeEntry, texts } = options;
  const { scheduler, random } = time;

  const toHoldback = ({ result, retryAfterMs = 0 }: FetchOutcome<C>, startedAtMs: number): Holdback | undefined => {
    if (result.isSuccess) return undefined;
    const failures = (state().backoff?.failures ?? 0) + 1;
    const sinceMs = scheduler.now();
    // A clock that was set back meanwhile lengthens no wait.
    const backoffLeftMs = polling.backoffMs(failures, random) - Math.max(0, sinceMs - startedAtMs);
    return { failures, sinceMs, delayMs: Math.max(retryAfterMs, backoffLeftMs) };
  };

  /** The config of an answer, unless the cache has brought that of a later request meanwhile and nobody demands it. */
  const contentOf = ({ patch }: FetchOutcome<C>, known: Entry, isDemanded: boolean): Partial<State<C>> => {
    const { entry } = patch;
    if (!entry) return {};
    const { entry: current, content } = state();
    const isOutdated = current !== known && isNewer(current, entry, scheduler.now(), polling.freshForMs);
    if (isOutdated && !isDemanded) return {};
    // The same text is the same config, whatever was read in between.
    return { entry, content: entry.configText === current.configText ? content : patch.content };
  };

  return (task) =>
    defer(() => {
      const { isInitiatedByUser } = task;
      const startedAtMs = scheduler.now();
      let known = state().entry;
      const answer$ = defer(() => fetch((known = state().entry))).pipe(
        take(1),
        throwIfEmpty(),
        catchError((error: unknown) => of(unexpectedFailure<C>(error, isInitiatedByUser, texts))),
      );
      let repetitions = 0;
      const uncontested$: Observable<FetchOutcome<C>> = answer$.pipe(
        switchMap((outcome) => {
          const { entry } = outcome.patch;
          const { configText } = state().entry;
          // Times do not tell which is newer: this answer, or what an ordered cache has brought since it was asked for.
          const isContested = entry && configText !== known.configText && configText !== entry.configText;
          return cache?.isOrdered && isContested && repetitions++ < maxRepetitions ? uncontested$ : of(outcome);
        }),
      );
      const settled$ = uncontested$.pipe(
        switchMap((outcome) => {
          const { result } = outcome;
          // What the server vouched for may have been replaced by something newer from the cache.
          const checked = state().entry.configText === known.configText ? outcome.checked : undefined;
          const content = contentOf(outcome, known, task.isDemanded);
          const patch = {
            ...content,
            isFetching: false,
            isInitialised: true,
            lastError: result.isSuccess ? undefined : result,
            backoff: toHoldback(outcome, startedAtMs),
          };
          const entry = content.entry ?? (checked && known.configText !== undefined && { ...known, ...checked });
          return concat(
            of({ ...outcome, checked, patch, isInitiatedByUser }),
            defer(() => {
              if (entry) storeEntry(entry);
              return EMPTY;
            }),
          );
        }),
      );
      return concat(of({ patch: { isFetching: true } }), settled$);
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
