import type { Observable } from 'rxjs';
import {
  BehaviorSubject,
  EMPTY,
  Subject,
  catchError,
  concat,
  defer,
  filter,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  scan,
  skip,
  switchMap,
  takeUntil,
  takeWhile,
  timer,
} from 'rxjs';
import type { Texts } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import type { Time } from '../time.js';
import type { EntryCache } from './cache.js';
import type { Entry } from './entry.js';
import { isExpired, isNewer } from './entry.js';
import { exchangeWith } from './exchange.js';
import type { ConfigFetcher } from './fetch.js';
import type { Outcome, RefreshFailure, RefreshResult, State, Step } from './outcome.js';
import { firstStep, fold, succeeded } from './outcome.js';
import { refreshHints, reporting } from './hints.js';
import type { Permission } from './permission.js';
import { permissionBy } from './permission.js';
import type { PollingMode, PollingContext } from './polling/mode.js';
import { boundRead, fromFirstRequest, maxReadMs, outsideOfRequests, untilBound } from './request-bound.js';
import type { SharedTask } from './single-flight.js';
import { answerEach, noTask, singleFlight } from './single-flight.js';
import type { Trampoline } from './trampoline.js';
import { inTurn } from './trampoline.js';
import { leftMs } from './wait.js';
import { createWriter } from './writer.js';

/** The parts that acquisition is made of. `C` is the parsed document. */
export interface StoreOptions<C> {
  readonly polling: PollingMode;
  readonly fetch: ConfigFetcher<C>;
  readonly cache: EntryCache<C>;
  readonly time: Time;
  readonly trampoline: Trampoline;
  /** Whatever it emits, the config is fetched. */
  readonly refreshOn$?: Observable<unknown> | undefined;
  /** A config that is younger is not fetched for an emission of `refreshOn$`. */
  readonly minRefreshAgeMs: number;
  /** No requests are sent until the client is switched online. */
  readonly offline: boolean;
  /** The client does by itself only what falls into the times when this last emitted `true`. */
  readonly workWhile$: Observable<boolean>;
  readonly texts: Texts;
}

/** The state of a client and the ways to move it on. */
export interface Store<C> {
  /** Every state with the outcome that led to it; replays the last one, completes on `dispose()`. */
  readonly step$: Observable<Step<C>>;
  readonly state: () => State<C>;
  /** Completes when a read may use the state, having fetched first if the polling mode says so. */
  readonly read$: Observable<never>;
  /** Tells whether `read$` would have nothing to wait for. */
  readonly isReadable: () => boolean;
  /** Fetches by a request that begins now or later; emits how it ended, or nothing when the client is disposed. */
  readonly refresh$: Observable<RefreshResult>;
  /** Reads the external cache without anybody waiting for it, and polls if that is overdue. */
  readonly refreshInBackground: () => void;
  /** Completes when nothing is being written to the external cache, after two seconds at most. */
  readonly written$: Observable<never>;
  /** There is no external cache. */
  readonly isCacheless: boolean;
  readonly isOnline: () => boolean;
  readonly setOnline: (isOnline: boolean) => void;
  readonly permission: Permission;
  /** Starts acquisition. Outside of creation, so that whoever listens to the steps misses none. */
  readonly start: () => void;
  readonly dispose: () => void;
}

/** How long whoever disposes the client may wait for what is being written. */
const maxWriteMs = 2000;

/** Ages that make every entry due, and none. */
const always = -Infinity;
const never = Infinity;

/**
 * The acquisition pipeline: rounds of the polling mode and demands of readers, one cache read and one fetch at a
 * time, folded into one replayed state. The only subscription of the core, ended by `dispose()`.
 */
export function createStore<C>(options: StoreOptions<C>): Store<C> {
  const { polling, cache, time, trampoline } = options;
  const { scheduler, isInRequest } = time;
  const first: Step<C> = { ...firstStep, state: { ...firstStep.state, isOnline: !options.offline } };
  const cell$ = new BehaviorSubject(first);
  const online$ = new BehaviorSubject(!options.offline);
  const tasks$ = new Subject<Observable<Outcome<C>>>();
  const reading$ = new Subject<void>();
  const disposed$ = new Subject<void>();
  const state = () => cell$.value.state;
  const isOlder = (ageMs: number) => ageMs !== never && isExpired(state().entry, ageMs, scheduler.now());
  const isDue = (ageMs: number) => online$.value && (exchange.isOverdue() || isOlder(ageMs));
  // Mostly nothing is held back, and reads need not look at the clock.
  const isBackingOff = () => state().backoff !== undefined && leftMs(state().backoff, scheduler.now()) > 0;
  // Where timers may vanish, reads poll.
  const maxAgeMs = isInRequest && polling.name === 'auto' ? polling.freshForMs : polling.readMaxAgeMs;
  const readMaxAgeMs = () => (isBackingOff() ? never : maxAgeMs);
  const tell = (outcome: Outcome<C>) => {
    tasks$.next(of(outcome));
  };
  const shared = { tasks$, trampoline, time };
  const cacheRead = cache.isExternal ? singleFlight(shared, readNewerEntry(options, state)) : noTask;
  const writer = createWriter((entry) => cache.write(entry));
  const offline = offlineFailure(options.texts);
  const refusal = () => (online$.value ? undefined : offline);
  const exchange = singleFlight({ ...shared, refusal }, exchangeWith({ ...options, state, storeEntry: writer.store }));

  const { synchronise, refresh, readCacheAgain } = requestsOf(cacheRead, exchange, isDue);
  const becomeInitialised$ = defer(() => (state().isInitialised ? EMPTY : initialisation$));
  const endWait = () => {
    tasks$.next(becomeInitialised$);
  };
  const boundReadMs = () => (state().content === undefined ? polling.maxInitWaitMs : maxReadMs);
  const report = reportTo(tell);
  const work: PollingContext = {
    readCache$: cacheRead.join(false),
    synchronise: (maxAgeMs) =>
      concat(
        maxAgeMs === always ? refresh(false) : synchronise(() => maxAgeMs),
        defer(() => {
          endWait();
          return EMPTY;
        }),
      ),
    wentOnline$: online$.pipe(skip(1), filter(Boolean)),
    activity$: merge(reading$, cell$, time.resumed$ ?? EMPTY),
    fetchedAtMs: () => state().entry.fetchedAtMs,
    backoff: () => state().backoff,
    report,
  };

  const isInitialised = () => state().isInitialised;
  const initialised$ = isInRequest
    ? untilBound(() => isInitialised() || !tasks$.observed, scheduler)
    : cell$.pipe(takeWhile((step) => !step.state.isInitialised));
  const read$ = concat(
    defer(() => {
      reading$.next();
      return synchronise(readMaxAgeMs);
    }),
    defer(() => (isDue(polling.freshForMs) ? initialised$ : EMPTY)),
  ).pipe(ignoreElements());
  const permission = permissionBy(options, isInitialised, endWait);

  return {
    step$: cell$.asObservable(),
    state,
    isReadable: () => isInitialised() && (!permission.hasBegun() || (!cacheRead.isOverdue() && !isDue(readMaxAgeMs()))),
    read$: permission.onceGiven(isInRequest ? boundRead(read$, isInRequest, scheduler, boundReadMs, endWait) : read$),
    refresh$: defer(() => {
      if (isInRequest?.() === false) return of(outsideOfRequests);
      if (online$.value || !tasks$.observed) return refresh(true);
      // The cache is all there is to ask.
      if (cache.isExternal) return concat(readCacheAgain(true), of(succeeded));
      tell({ patch: {}, log: [[events.offline, {}]] });
      return of(offline);
    }),
    refreshInBackground: () => {
      reading$.next();
      if (cache.isExternal && permission.hasBegun()) cacheRead.join(false).subscribe();
    },
    written$: writer.idle$.pipe(takeUntil(timer(maxWriteMs, scheduler))),
    isCacheless: !cache.isExternal,
    isOnline: () => online$.value,
    permission,
    setOnline: (isOnline) => {
      tell({ patch: { isOnline } });
      online$.next(isOnline);
    },
    start: () => {
      const safeWork$ = tasks$.pipe(mergeMap((task) => task.pipe(catchError(toOutcome))));
      const ownWork$ = merge(
        fromFirstRequest(polling.rounds(work, time), isInRequest, reading$),
        initWait(polling, time, becomeInitialised$),
        answerEach(refreshHints(report, options, isOlder), exchange, refresh(false)),
        answerEach(reporting(report, 'cache.changes$', cache.changes$), cacheRead, readCacheAgain(false)),
      );
      merge(writer.tasks$, safeWork$, permission.whileGiven(ownWork$))
        .pipe(inTurn(trampoline), scan(fold, first), takeUntil(disposed$))
        .subscribe(cell$);
    },
    dispose: () => {
      disposed$.next();
    },
  };
}

/** The ways to ask for a config: by what is under way, or by what begins after this moment. */
function requestsOf(cacheRead: SharedTask, exchange: SharedTask, isDue: (ageMs: number) => boolean) {
  return {
    synchronise: (maxAgeMs: () => number): Observable<RefreshResult> =>
      concat(
        cacheRead.join(false),
        defer(() => (isDue(maxAgeMs()) ? exchange.join(false) : EMPTY)),
      ),
    refresh: (isInitiatedByUser: boolean): Observable<RefreshResult> =>
      defer(() => {
        const mark = exchange.mark();
        const fetch$ = defer(() => (isDue(always) ? exchange.joinAfter(mark, isInitiatedByUser) : EMPTY));
        return concat(cacheRead.join(isInitiatedByUser), fetch$);
      }),
    readCacheAgain: (isInitiatedByUser: boolean): Observable<RefreshResult> =>
      defer(() => cacheRead.joinAfter(cacheRead.mark(), isInitiatedByUser)),
  };
}

const initialisation$ = of({ patch: { isInitialised: true } });

function offlineFailure({ textOf }: Texts): RefreshFailure {
  return { isSuccess: false, errorCode: 3200, errorMessage: textOf(events.offline, {}) };
}

function reportTo(tell: (outcome: Outcome<never>) => void): PollingContext['report'] {
  return (stream, error) => {
    tell({ patch: {}, log: [[events.methodFailed, { method: stream }, error]] });
  };
}

function initWait<T>({ maxInitWaitMs }: PollingMode, { idle }: Time, end$: Observable<T>): Observable<T> {
  if (maxInitWaitMs === 0) return end$;
  return maxInitWaitMs === Infinity ? EMPTY : timer(maxInitWaitMs, idle).pipe(switchMap(() => end$));
}

/** Ports answer instead of throwing; should one throw all the same, the pipeline goes on. */
function toOutcome(error: unknown): Observable<Outcome<never>> {
  return of({ patch: {}, log: [[events.pollingFailed, {}, error]] });
}

/** Reads the external cache for what is newer than the state. */
function readNewerEntry<C>(
  { cache, polling, time }: StoreOptions<C>,
  state: () => State<C>,
): () => Observable<Outcome<C>> {
  const { scheduler } = time;
  const { freshForMs } = polling;
  const isFresh = (entry: Entry) => !isExpired(entry, freshForMs, scheduler.now());
  return () =>
    defer(() => {
      const { entry: known } = state();
      const isWanted = (entry: Entry, follows: boolean) => {
        const { entry: current, content } = state();
        // What the server has said meanwhile is newer than what was in the cache before.
        if (content === undefined || (follows && current === known)) return true;
        return isNewer(entry, current, scheduler.now(), freshForMs);
      };
      return cache.read(isWanted).pipe(map((outcome) => readyWith(sameContent(outcome, state()), isFresh)));
    });
}

/** The same text is the same config, whatever was read in between. */
function sameContent<C>(outcome: Outcome<C>, { entry, content }: State<C>): Outcome<C> {
  const { patch } = outcome;
  const isSame = patch.entry !== undefined && patch.entry.configText === entry.configText;
  return isSame ? { ...outcome, patch: { ...patch, content } } : outcome;
}

/** A fresh entry is worth no more waiting. */
function readyWith<C>(outcome: Outcome<C>, isFresh: (entry: Entry) => boolean): Outcome<C> {
  const { patch } = outcome;
  return patch.entry && isFresh(patch.entry) ? { ...outcome, patch: { ...patch, isInitialised: true } } : outcome;
}
