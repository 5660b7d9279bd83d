import { platform } from '#platform';
import type { Observable } from 'rxjs';
import {
  AsyncSubject,
  BehaviorSubject,
  EMPTY,
  Subject,
  concat,
  distinctUntilChanged,
  map,
  of,
  pairwise,
  skip,
  switchMap,
  takeUntil,
  timer,
} from 'rxjs';
import { createEntryCache } from '../acquisition/cache.js';
import { isExpired } from '../acquisition/entry.js';
import { createFetcher } from '../acquisition/fetch.js';
import type { State, Step } from '../acquisition/outcome.js';
import { pollToleranceMs } from '../acquisition/polling.js';
import type { Store } from '../acquisition/store.js';
import { createStore } from '../acquisition/store.js';
import type { Trampoline } from '../acquisition/trampoline.js';
import { createTrampoline } from '../acquisition/trampoline.js';
import { compile } from '../evaluation/compile.js';
import type { Ruleset } from '../evaluation/ruleset.js';
import type { Log } from '../logging/logger.js';
import { createLog } from '../logging/logger.js';
import { messages } from '../logging/messages.js';
import { redactor } from '../logging/redact.js';
import { reportTo } from '../logging/warnings.js';
import type { Config } from '../model/config.js';
import { parseConfig } from '../model/config.js';
import type { User } from '../model/user.js';
import { takeCopy } from '../model/user-copy.js';
import { version } from '../version.js';
import type { Effects } from './effects.js';
import { perform } from './effects.js';
import { createEvents } from './events.js';
import type { FanOut } from './fan-out.js';
import { createFanOut } from './fan-out.js';
import type { Hold } from './hold.js';
import { createHold } from './hold.js';
import { countedAsLive } from './live-clients.js';
import type { ResolvedOptions } from './options.js';
import type { Layers } from './overrides.js';
import type { AnySnapshot, CacheState, Snapshot, SnapshotContext } from './snapshot.js';
import { createSnapshot } from './snapshot.js';
import type { ClientEvent } from './types.js';

/** The joined parts of a client, under the methods that it shows. */
export interface Core {
  readonly options: ResolvedOptions;
  readonly log: Log;
  readonly store: Store<Layers>;
  readonly event$: Observable<ClientEvent>;
  /** The default user and those to come, each another one than the last. */
  readonly defaultUser$: Observable<unknown>;
  readonly defaultUser: () => User | undefined;
  readonly setDefaultUser: (user: User | undefined) => void;
  /** Emits once, when reads need not wait any more. */
  readonly ready$: Observable<CacheState>;
  /** The present state under the default user. */
  readonly snapshot: () => AnySnapshot;
  /** The present state and those to come, one per config that differs, for users that are named. */
  readonly snapshot$: Observable<AnySnapshot>;
  /** The present state and those to come, and once more the last of them when it stops being up to date. */
  readonly aging$: Observable<State<Layers>>;
  /** How good the data is, counted as up to date for this much longer than it is. */
  readonly cacheState: (toleranceMs?: number) => CacheState;
  /** No requests are sent, because the client is switched offline or disposed. */
  readonly isOffline: () => boolean;
  readonly setOnline: (isOnline: boolean) => void;
  readonly isDisposed: () => boolean;
  /** Emits when the client is disposed. */
  readonly disposed$: Observable<void>;
  /** Brings changes of flags to those who subscribe to them. */
  readonly fanOut: FanOut;
  /** Keeps process and client alive until it is released as often as it was taken. */
  readonly hold: Hold;
  /** Keeps the client alive until a call has ended. */
  readonly pending: <T>(work: Promise<T>) => Promise<T>;
  readonly dispose: () => void;
}

/** Joins acquisition, evaluation and logging, and starts the work. */
export function createCore(options: ResolvedOptions): Core {
  const { sdkKey, overrides } = options;
  const trampoline = createTrampoline();
  const events = createEvents(trampoline, options);
  const disposed$ = new Subject<void>();
  const ready$ = new AsyncSubject<CacheState>();
  const defaultUser$ = new BehaviorSubject(options.defaultUser && takeCopy(options.defaultUser));
  let isDisposed = false;

  const log = createLog(options.logger, options.logLevel, options.logFilter, redactor(sdkKey), (text, error) => {
    if (events.isHeard()) events.emit({ type: 'error', message: text(), error: error() });
  });
  const cacheKey = platform.sha1(`${sdkKey}_config_v6.json_v2`);
  const fetched = createConfigStore(options, cacheKey, trampoline, disposed$);
  const store = overrides?.source.over(fetched, overrides.behaviour, trampoline) ?? fetched;
  const context: SnapshotContext = {
    log,
    report: reportTo(log),
    isLocalOnly: isLocalOnly(options),
    cacheState: (state) => toCacheState(state, options),
    isListening: events.isHeard,
    evaluated: (details) => {
      events.emit({ type: 'flagEvaluated', details });
    },
  };
  let lastRuleset: Ruleset | undefined;
  const rulesetOf = rememberLast((layers: Layers) => (lastRuleset = compile(layers, lastRuleset)));
  const snapshot = rememberLast((state: State<Layers>, user: User | undefined) =>
    createSnapshot(state, state.content && rulesetOf(state.content), user, context),
  );
  const core: Core = {
    options,
    log,
    store,
    event$: events.event$,
    defaultUser$,
    defaultUser: () => defaultUser$.value?.user,
    setDefaultUser: (user) => {
      const copy = user && takeCopy(user);
      trampoline(() => {
        if (copy?.form !== defaultUser$.value?.form) defaultUser$.next(copy);
      });
    },
    // Where timers may vanish, whoever waits sees to it that there is something to wait for.
    ready$: concat(options.time.isInRequest ? store.read$ : store.permission.begin$, ready$),
    snapshot$: store.step$.pipe(
      map(({ state }) => state),
      distinctUntilChanged((a, b) => a.content === b.content),
      map((state) => snapshot(state, undefined)),
    ),
    aging$: aging(store.step$, options),
    cacheState: (toleranceMs) => toCacheState(store.state(), options, toleranceMs),
    snapshot: () => snapshot(store.state(), defaultUser$.value?.user),
    isOffline: () => isDisposed || !store.isOnline(),
    setOnline: (isOnline) => {
      if (isDisposed) log.warn(3201, () => messages.disposed(isOnline ? 'setOnline' : 'setOffline'));
      else if (isOnline !== store.isOnline()) {
        store.setOnline(isOnline);
        // A client with nothing but local overrides does not let itself be switched.
        if (store.isOnline() === isOnline) log.info(5200, () => messages.switched(isOnline ? 'ONLINE' : 'OFFLINE'));
      }
    },
    isDisposed: () => isDisposed,
    disposed$,
    fanOut: createFanOut(snapshot(store.state(), undefined), defaultUser$.value?.user),
    hold: createHold(options.isRealTime),
    pending: (work) => work,
    dispose: () => {
      if (isDisposed) return;
      isDisposed = true;
      disposed$.next();
      store.dispose();
      core.fanOut.complete();
      for (const subject of [disposed$, events, ready$]) subject.complete();
    },
  };

  const effects: Effects = {
    log,
    // The public type narrows keys and values; at run time any may come.
    snapshot: core.snapshot as () => Snapshot,
    cacheState: core.cacheState,
    onConfigChanged: options.onConfigChanged,
    event: events.emit,
    ready: (cacheState) => {
      ready$.next(cacheState);
      ready$.complete();
    },
    after: trampoline,
  };
  store.step$.pipe(pairwise()).subscribe((steps) => {
    perform(steps, effects);
  });
  core.snapshot$.subscribe(core.fanOut.adopt);
  defaultUser$.pipe(skip(1)).subscribe((copy) => {
    core.fanOut.setDefaultUser(copy?.user);
  });
  if (!isLocalOnly(options)) warnOfOthers(core, cacheKey);
  store.start();
  events.started();
  return core;
}

/** Says when several clients of an SDK key work at a time, who poll twice by accident. */
function warnOfOthers(core: Core, cacheKey: string): void {
  const { log, disposed$ } = core;
  const { sdkKey, workWhile$ } = core.options;
  const live$ = countedAsLive(core, cacheKey, (count, foreign) => {
    log.warn(3000, () => messages.secondClient(sdkKey, count, foreign));
  });
  workWhile$
    .pipe(
      switchMap((isWorking) => (isWorking ? live$ : EMPTY)),
      takeUntil(disposed$),
    )
    .subscribe();
}

function createConfigStore(
  options: ResolvedOptions,
  cacheKey: string,
  trampoline: Trampoline,
  disposed$: Observable<void>,
): Store<Layers> {
  const { polling, time, offline, refreshOn$, workWhile$ } = options;
  const { scheduler } = time;
  // The same text is the same config: nothing is compiled again, and nobody is told of a change.
  let last: Config | undefined;
  const parse = rememberLast((text: string): Layers => [(last = parseConfig(text, last))]);
  return createStore({
    polling,
    time,
    trampoline,
    offline,
    refreshOn$,
    workWhile$,
    minRefreshAgeMs: options.minRefreshAgeSeconds * 1000,
    cache: createEntryCache({
      ...options,
      ...polling,
      key: cacheKey,
      parse,
      scheduler,
    }),
    fetch: createFetcher({
      ...options,
      userAgent: `${platform.sdkType}/${polling.name.charAt(0)}-${version}`,
      identifyBy: platform.identifyBy,
      transport: platform.createTransport(options, disposed$),
      parse,
      preferencesOf: ([config]) => config?.preferences ?? {},
      scheduler,
    }),
  });
}

/** Source: protocol section 8.5. */
function toCacheState({ entry }: State<unknown>, options: ResolvedOptions, toleranceMs = 0): CacheState {
  const { polling, time } = options;
  if (isLocalOnly(options)) return 'local-only';
  if (entry.configText === undefined) return 'no-flag-data';
  return isExpired(entry, polling.freshForMs + toleranceMs, time.scheduler.now()) ? 'cached' : 'up-to-date';
}

function aging<C>(step$: Observable<Step<C>>, { polling, time }: ResolvedOptions): Observable<State<C>> {
  const { scheduler, idle } = time;
  return step$.pipe(
    switchMap(({ state }) => {
      const { fetchedAtMs = -Infinity } = state.entry;
      const leftMs = fetchedAtMs + polling.freshForMs + pollToleranceMs + 1 - scheduler.now();
      return leftMs > 0 && !state.isFetching
        ? concat(of(state), timer(leftMs, idle).pipe(map(() => state)))
        : of(state);
    }),
  );
}

function isLocalOnly({ overrides }: ResolvedOptions): boolean {
  return overrides?.behaviour === 'local-only';
}

/** Gives the same result for the same arguments as at the last time. */
export function rememberLast<A extends unknown[], R>(create: (...args: A) => R): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | undefined;
  return (...args) => {
    if (!last || !isSameList(last.args, args)) last = { args, result: create(...args) };
    return last.result;
  };
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
