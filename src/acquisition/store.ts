import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import {
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
  shareReplay,
  skip,
  startWith,
  switchMap,
  take,
  takeUntil,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
import type { Texts } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import type { Time } from '../time.js';
import type { CachedStore, OpenCache } from './external-cache.js';
import { isExpired } from './entry.js';
import { exchangeWith } from './exchange.js';
import type { ConfigFetcher } from './fetch.js';
import type { Outcome, RefreshFailure, RefreshResult, State, Step } from './outcome.js';
import { firstStep, fold, succeeded } from './outcome.js';
import type { Permission, PermissionContext } from './permission.js';
import { alwaysGiven } from './permission.js';
import type { PollingPlan, PollingContext } from './polling/mode.js';
import type { RuntimeLimits } from './runtime-limits.js';
import type { SharedTask } from './single-flight.js';
import { singleFlight } from './single-flight.js';
import type { Trampoline } from './trampoline.js';
import { inTurn } from './trampoline.js';
import type { Trigger, TriggerContext } from './triggers.js';
import { leftMs } from './wait.js';

/** Where configs come from, and what asks for them besides the polling mode. */
export interface Ports<C> {
  readonly fetch: ConfigFetcher<C>;
  /** Opens a cache outside the process, if there is one. */
  readonly openCache: ((store: CachedStore<C>) => OpenCache<C>) | undefined;
  readonly triggers: readonly Trigger[];
  /** What is known to begin with. Default: nothing. */
  readonly first?: State<C> | undefined;
}

/** The parts that acquisition is made of. `C` is the parsed document. */
export interface StoreOptions<C> {
  readonly polling: PollingPlan;
  readonly ports: Ports<C>;
  readonly time: Time;
  readonly trampoline: Trampoline;
  /** No requests are sent until the client is switched online. */
  readonly offline: boolean;
  /** Creates what tells when the client may work by itself. Default: it always may. */
  readonly createPermission?: ((context: PermissionContext) => Permission) | undefined;
  /** What the runtime lets acquisition wait for. */
  readonly limits: RuntimeLimits;
  readonly texts: Texts;
}

/** The state of a client and the ways to move it on. */
export interface Store<C> {
  /**
   * Every state with the outcome that led to it; replays the last one, completes on `dispose()`. The first subscriber
   * starts acquisition, and so misses nothing.
   */
  readonly step$: Observable<Step<C>>;
  readonly state: () => State<C>;
  /**
   * Begins a read of the state. What is returned completes when the state may be used, having fetched first if the
   * polling mode says so; it is `undefined` where there is nothing to wait for.
   *
   * @param isFollowing - the reader is told of later states, too, and need not wait for what is in the external cache.
   */
  readonly read: (isFollowing: boolean) => Observable<never> | undefined;
  /** Tells whether a reader who follows would have nothing to wait for. */
  readonly isReadable: () => boolean;
  /** Fetches by a request that begins now or later; emits how it ended, or nothing when the client is disposed. */
  readonly refresh$: Observable<RefreshResult>;
  /** Completes when nothing is being written to the external cache, after two seconds at most. */
  readonly written$: Observable<never>;
  readonly isOnline: () => boolean;
  readonly setOnline: (isOnline: boolean) => void;
  readonly permission: Permission;
  readonly dispose: () => void;
}

/** The cache read of a store without a cache. */
const noTask: SharedTask = { join: () => EMPTY, mark: () => 0, joinAfter: () => EMPTY, isOverdue: () => false };

/** How long whoever disposes the client may wait for what is being written. */
const maxWriteMs = 2000;

/** Ages that make every entry due, and none. */
const always = -Infinity;
const never = Infinity;

/**
 * The acquisition pipeline: what triggers and demands come to, folded into one replayed state. The core subscribes before
 * any reader, which starts it; `dispose()` ends it.
 */
export function createStore<C>(options: StoreOptions<C>): Store<C> {
  const { polling, ports, time, trampoline, limits, createPermission = () => alwaysGiven } = options;
  const { scheduler } = time;
  // Holds at once for what is asked for; the state says so in its turn.
  let isOnline = !options.offline;
  const first: Step<C> = { ...firstStep, state: { ...firstStep.state, ...ports.first, isOnline } };
  let last = first;
  const state = () => last.state;
  /** What readers, callers and triggers have to be done. */
  const tasks$ = new Subject<Observable<Outcome<C>>>();
  const reading$ = new Subject<void>();
  const disposed$ = new Subject<void>();

  const step$: Observable<Step<C>> = defer(() => merge(tasks$, triggers$)).pipe(
    // One cache read, one exchange and one write at a time: see `singleFlight()` and `createWriter()`.
    mergeMap((task) => task.pipe(catchError(toOutcome))),
    inTurn(trampoline),
    scan(fold, first),
    startWith(first),
    // Kept for synchronous reads before anybody is told.
    tap((step) => (last = step)),
    takeUntil(disposed$),
    shareReplay({ bufferSize: 1, refCount: false }),
  );

  const isInitialised = () => state().isInitialised;
  const isOlder = (ageMs: number) => ageMs !== never && isExpired(state().entry, ageMs, scheduler.now());
  const isDue = (ageMs: number) => isOnline && (exchange.isOverdue() || isOlder(ageMs));
  const maxAgeMs = limits.pollsAtReads && polling.name === 'auto' ? polling.freshForMs : polling.readMaxAgeMs;
  // Mostly nothing is held back, and reads need not look at the clock.
  const readMaxAgeMs = () => (state().backoff && leftMs(state().backoff, scheduler.now()) > 0 ? never : maxAgeMs);
  const run = tasks$.next.bind(tasks$);
  const cache = ports.openCache?.({ state, run });
  const shared = { tasks$, trampoline, scheduler, limits };
  const offline = offlineFailure(options.texts);
  const refusal = () => (isOnline ? undefined : offline);
  const cacheRead = cache ? singleFlight(shared, cache.read) : noTask;
  const exchange = singleFlight({ ...shared, refusal }, exchangeWith({ ...options, fetch: ports.fetch, state, cache }));

  const { readCache$, readCacheAgain$, synchronise, refresh } = requestsOf(cacheRead, exchange, isDue);
  const becomeInitialised$ = defer(() => (isInitialised() ? EMPTY : initialisation$));
  const endWait = run.bind(undefined, becomeInitialised$);
  const permission = createPermission({ isInitialised, endWait, maxInitWaitMs: polling.maxInitWaitMs, scheduler });
  const context: PollingContext & TriggerContext = {
    readCache$,
    synchronise: (ageMs) =>
      (ageMs === always ? refresh(false) : synchronise(() => ageMs)).pipe(tap({ complete: endWait })),
    wentOnline$: step$.pipe(
      skip(1),
      filter(({ outcome }) => outcome.patch.isOnline === true),
    ),
    activity$: merge(reading$, step$, time.resumed$ ?? EMPTY),
    // Where somebody may have taken a round over, nothing says which round has fetched.
    fetchedAtMs: () => (limits.pollsAtReads ? undefined : state().entry.fetchedAtMs),
    backoff: () => state().backoff,
    isOlder,
    refresh: { mark: exchange.mark, work$: refresh(false) },
    readCache: { mark: cacheRead.mark, work$: readCacheAgain$ },
    report: reportTo(run),
  };
  const ownWork$: Observable<Observable<Outcome<C>>> = merge(
    limits.whenPossible(polling.rounds(context, time), reading$),
    initWait(polling, time, becomeInitialised$),
    ...[...ports.triggers, ...(cache ? [cache.trigger] : [])].map((trigger) => trigger(context)),
  );
  const triggers$ = permission.whileGiven(ownWork$).pipe(resumedBy(reading$, becomeInitialised$));

  const initialised$ = step$.pipe(takeWhile((step) => !step.state.isInitialised));
  const upToDate$ = concat(
    synchronise(readMaxAgeMs),
    defer(() => {
      // The first round may have ended with the request that began it, and then nobody else says so.
      if (limits.pollsAtReads) endWait();
      return isDue(polling.freshForMs) ? initialised$ : EMPTY;
    }),
  ).pipe(ignoreElements());
  const readMs = () => (state().content === undefined ? polling.maxInitWaitMs : undefined);
  const read$ = permission.onceGiven(limits.read(upToDate$, readMs, endWait, scheduler));
  const isReadable = () =>
    isInitialised() && (!permission.hasBegun() || (!cacheRead.isOverdue() && !isDue(readMaxAgeMs())));

  return {
    step$,
    state,
    isReadable,
    read: (isFollowing) => {
      if (reading$.observed) reading$.next();
      if ((cache && !isFollowing) || !isReadable()) return read$;
      if (cache && permission.hasBegun()) readCache$.subscribe();
      return undefined;
    },
    refresh$: defer(() => {
      const refused = limits.refusal();
      if (refused) return of(refused);
      if (isOnline || !tasks$.observed) return refresh(true);
      // The cache is all there is to ask.
      if (cache) return concat(readCacheAgain$, of(succeeded));
      run(of({ patch: {}, log: [[events.offline, {}]] }));
      return of(offline);
    }),
    written$: cache ? cache.idle$.pipe(takeUntil(timer(maxWriteMs, scheduler))) : EMPTY,
    isOnline: () => isOnline,
    permission,
    setOnline: (isWanted) => {
      isOnline = isWanted;
      run(of({ patch: { isOnline } }));
    },
    dispose: () => {
      disposed$.next();
    },
  };
}

/** The ways to ask for a config: by what is under way, or by what begins after this moment. */
function requestsOf(cacheRead: SharedTask, exchange: SharedTask, isDue: (ageMs: number) => boolean) {
  // Who asks makes no difference to a cache.
  const readCache$ = cacheRead.join(false);
  return {
    readCache$,
    readCacheAgain$: defer(() => cacheRead.joinAfter(cacheRead.mark(), false)),
    synchronise: (maxAgeMs: () => number): Observable<RefreshResult> =>
      concat(
        readCache$,
        defer(() => (isDue(maxAgeMs()) ? exchange.join(false) : EMPTY)),
      ),
    refresh: (isInitiatedByUser: boolean): Observable<RefreshResult> =>
      defer(() => {
        const mark = exchange.mark();
        const fetch$ = defer(() => (isDue(always) ? exchange.joinAfter(mark, isInitiatedByUser) : EMPTY));
        return concat(readCache$, fetch$);
      }),
  };
}

/** How a refresh ends of which nobody may be asked. */
export function offlineFailure(texts: Texts): RefreshFailure {
  return { isSuccess: false, errorCode: 3200, errorMessage: texts.textOf(events.offline, {}) };
}

const initialisation$ = of({ patch: { isInitialised: true } });

function reportTo(run: (task: Observable<Outcome<never>>) => void): TriggerContext['report'] {
  return (stream, error) => {
    run(of({ patch: {}, log: [[events.methodFailed, { method: stream }, error]] }));
  };
}

/** Triggers that fail, as by a clock that throws, begin anew at the next read, and keep none waiting. */
function resumedBy<C>(
  reading$: Observable<unknown>,
  endWait$: Observable<Outcome<C>>,
): MonoTypeOperatorFunction<Observable<Outcome<C>>> {
  return catchError((error: unknown, again$) =>
    concat(
      of(toOutcome(error), endWait$),
      reading$.pipe(
        take(1),
        switchMap(() => again$),
      ),
    ),
  );
}

/** Emits what ends the wait for a first config when that has lasted long enough. */
function initWait<T>({ maxInitWaitMs }: PollingPlan, { idle }: Time, end: T): Observable<T> {
  if (maxInitWaitMs === 0) return of(end);
  return maxInitWaitMs === Infinity ? EMPTY : timer(maxInitWaitMs, idle).pipe(map(() => end));
}

/** Ports answer instead of throwing; should one throw all the same, the pipeline goes on. */
function toOutcome(error: unknown): Observable<Outcome<never>> {
  return of({ patch: {}, log: [[events.pollingFailed, {}, error]] });
}
