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
  merge,
  mergeMap,
  of,
  scan,
  switchMap,
  takeUntil,
  takeWhile,
  timer,
} from 'rxjs';
import { messages } from '../logging/messages.js';
import type { EntryCache } from './cache.js';
import type { Entry } from './entry.js';
import { isExpired } from './entry.js';
import type { ConfigFetcher } from './fetch.js';
import type { Outcome, RefreshResult, State, Step } from './outcome.js';
import { firstStep, fold } from './outcome.js';
import type { PollingMode, Time } from './polling.js';
import { singleFlight } from './single-flight.js';
import type { Trampoline } from './trampoline.js';
import { inTurn } from './trampoline.js';

/** The parts that acquisition is made of. `C` is the parsed document. */
export interface StoreOptions<C> {
  readonly polling: PollingMode;
  readonly fetch: ConfigFetcher<C>;
  readonly cache: EntryCache<C>;
  readonly time: Time;
  readonly trampoline: Trampoline;
}

/** The state of a client and the two ways to move it on. */
export interface Store<C> {
  /** Every state with the outcome that led to it; replays the last one, completes on `dispose()`. */
  readonly step$: Observable<Step<C>>;
  readonly state: () => State<C>;
  /** Completes when a read may use the state, having fetched first if the polling mode says so. */
  readonly read$: Observable<never>;
  /** Tells whether `read$` would have nothing to wait for. */
  readonly isReadable: () => boolean;
  /** Fetches, or joins the fetch under way; emits how it ended, or nothing when the client is disposed. */
  readonly refresh$: Observable<RefreshResult>;
  /** Reads the external cache without anybody waiting for it. */
  readonly lookForNews: () => void;
  /** Starts acquisition. Outside of creation, so that whoever listens to the steps misses none. */
  readonly start: () => void;
  readonly dispose: () => void;
}

/** Ages that make every entry due, and none. */
const always = -Infinity;
const never = Infinity;

/**
 * The acquisition pipeline: rounds of the polling mode and demands of readers, one cache read and one fetch at a
 * time, folded into one replayed state. The only subscription of the core, ended by `dispose()`.
 */
export function createStore<C>({ polling, fetch, cache, time, trampoline }: StoreOptions<C>): Store<C> {
  const { scheduler, idle } = time;
  const cell$ = new BehaviorSubject<Step<C>>(firstStep);
  const work$ = new Subject<Observable<Outcome<C>>>();
  const disposed$ = new Subject<void>();
  const state = () => cell$.value.state;
  const isDue = (maxAgeMs: number) => maxAgeMs !== never && isExpired(state().entry, maxAgeMs, scheduler.now());

  const readCache = singleFlight(work$, trampoline, () =>
    cache.read().pipe(filter(({ patch: { entry } }) => !entry || isNews(entry, state()))),
  );
  const exchange = singleFlight(work$, trampoline, (isInitiatedByUser) =>
    defer(() => {
      const known = state().entry;
      const settled$ = fetch(known).pipe(
        switchMap((outcome) => {
          const { result } = outcome;
          const patch = { ...outcome.patch, isFetching: false, lastError: result.isSuccess ? undefined : result };
          const entry = entryToStore(outcome, known);
          return concat(of({ ...outcome, patch, isInitiatedByUser }), entry ? cache.write(entry) : EMPTY);
        }),
      );
      return concat(of({ patch: { isFetching: true } }), settled$);
    }),
  );

  const synchronise = (maxAgeMs: number, isInitiatedByUser: boolean): Observable<RefreshResult> =>
    concat(
      readCache(isInitiatedByUser),
      defer(() => (isDue(maxAgeMs) ? exchange(isInitiatedByUser) : EMPTY)),
    );

  const becomeInitialised$ = defer(() => (state().isInitialised ? EMPTY : initialised$));
  const rounds$ = polling.rounds(
    (maxAgeMs) =>
      concat(
        synchronise(maxAgeMs, false),
        defer(() => {
          work$.next(becomeInitialised$);
          return EMPTY;
        }),
      ),
    time,
  );
  const initWait$ =
    polling.maxInitWaitMs === 0
      ? becomeInitialised$
      : polling.maxInitWaitMs === Infinity
        ? EMPTY
        : timer(polling.maxInitWaitMs, idle).pipe(switchMap(() => becomeInitialised$));

  return {
    step$: cell$.asObservable(),
    state,
    isReadable: () => state().isInitialised && !isDue(polling.readMaxAgeMs),
    read$: concat(
      synchronise(polling.readMaxAgeMs, false),
      defer(() => (isDue(polling.freshForMs) ? cell$.pipe(takeWhile((step) => !step.state.isInitialised)) : EMPTY)),
    ).pipe(ignoreElements()),
    refresh$: synchronise(always, true),
    lookForNews: () => {
      readCache(false).subscribe();
    },
    start: () => {
      const safeWork$ = work$.pipe(mergeMap((work) => work.pipe(catchError(toOutcome))));
      merge(safeWork$, rounds$, initWait$)
        .pipe(inTurn(trampoline), scan(fold, cell$.value), takeUntil(disposed$))
        .subscribe(cell$);
    },
    dispose: () => {
      disposed$.next();
    },
  };
}

const initialised$ = of({ patch: { isInitialised: true } });

/** Ports answer instead of throwing; should one throw all the same, the pipeline goes on. */
function toOutcome(error: unknown): Observable<Outcome<never>> {
  return of({ patch: { isFetching: false }, log: [['error', 1200, messages.pollingFailed(), error]] });
}

/** The newest good config wins, wherever it comes from. */
function isNews({ fetchedAtMs = 0 }: Entry, { entry, content }: State<unknown>): boolean {
  return content === undefined || fetchedAtMs > (entry.fetchedAtMs ?? 0);
}

function entryToStore({ patch, checkedAtMs }: Outcome<unknown>, known: Entry): Entry | undefined {
  const isKnownChecked = checkedAtMs !== undefined && known.configText !== undefined;
  return patch.entry ?? (isKnownChecked ? { ...known, fetchedAtMs: checkedAtMs } : undefined);
}
