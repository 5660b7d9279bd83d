import type { Observable } from 'rxjs';
import { EMPTY, Subject, defer, distinctUntilChanged, filter, map, take, takeUntil } from 'rxjs';
import type { RefreshResult, State } from '../acquisition/outcome.js';
import { firstStep } from '../acquisition/outcome.js';
import { createTrampoline } from '../acquisition/trampoline.js';
import type { Dispatcher } from '../core/dispatcher.js';
import { createDispatcher } from '../core/dispatcher.js';
import { createEvents } from '../core/events.js';
import type { InternalSnapshot, SnapshotContext, SnapshotParts } from '../core/snapshot.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import type { Data } from '../core/source.js';
import type { CacheState } from '../core/types.js';
import type { Lifetime } from '../lifetime/lifetime.js';
import { createLifetime } from '../lifetime/lifetime.js';
import { linkTo } from '../logging/event-text.js';
import { createLog } from '../logging/logger.js';
import type { Layers } from '../overrides/overlay.js';
import { createRemoteFanOut } from './fan-out.js';
import type { Content, Known } from './known.js';
import type { ResolvedRemoteOptions } from './options.js';

/** The state of a remote client, and who is told of it. */
export interface RemoteState {
  readonly data: Data;
  readonly dispatcher: Dispatcher;
  readonly lifetime: Lifetime;
  readonly context: SnapshotContext;
  /** What asking has come to. */
  readonly settled$: Subject<RefreshResult>;
  /** Takes over what is new, and tells everybody: one after the other, whoever causes the next meanwhile. */
  readonly update: (patch: Partial<State<Layers>>, result?: RefreshResult) => void;
}

/** What is shown, in the place of a config. It is told apart by nothing but its identity. */
export function contentOf(known: Known): Layers | undefined {
  return known.shown() as unknown as Layers | undefined;
}

/** How long values are up to date without another word from the relay, in milliseconds. */
export function freshMs({ live, pollIntervalMs }: ResolvedRemoteOptions): number {
  return live ? 60_000 : pollIntervalMs;
}

/** Creates the state, with what is known to begin with. */
export function createRemoteState(options: ResolvedRemoteOptions, known: Known, parts: SnapshotParts): RemoteState {
  const { scheduler, random, offline = false, isVirtualTime } = options;
  const trampoline = createTrampoline();
  const events = createEvents(trampoline, { time: { scheduler, idle: scheduler, random }, isVirtualTime });
  const lifetime = createLifetime({ holdProcess: undefined });
  const settled$ = new Subject<RefreshResult>();
  const content = contentOf(known);
  let state: State<Layers> = {
    ...firstStep.state,
    isOnline: !offline,
    content,
    isInitialised: offline || content !== undefined,
  };
  const dispatcher = createDispatcher(() => state);
  const cacheStateOf = (of: State<unknown>, toleranceMs = 0): CacheState => {
    if (!of.content) return 'no-flag-data';
    const { fetchedAtMs = -Infinity } = of.entry;
    return scheduler.now() - fetchedAtMs <= freshMs(options) + toleranceMs ? 'up-to-date' : 'cached';
  };
  const context: SnapshotContext = {
    ...parts,
    log: createLog(
      options,
      linkTo,
      (value) => value,
      (text, error) => {
        if (events.hasListeners()) events.emit({ type: 'error', message: text(), error: error() });
      },
    ),
    report: () => undefined,
    events,
    isLocalOnly: false,
    cacheState: cacheStateOf,
  };
  let last: InternalSnapshot | undefined;
  const snapshotOf = (next: State<Layers>): InternalSnapshot => {
    if (last?.state === next) return last;
    const shown = next.content as unknown as Content | undefined;
    return (last = {
      state: next,
      ruleset: shown?.ruleset,
      defaultUser: shown ? shown.user : known.user(),
      hasConfig: shown !== undefined,
      context,
      publicSnapshot: undefined,
    });
  };
  const ready$: Observable<unknown> = defer(() =>
    lifetime.isDisposed() && !state.isInitialised ? EMPTY : dispatcher.state$,
  );
  const update: RemoteState['update'] = (patch, result) => {
    trampoline(() => {
      if (lifetime.isDisposed()) return;
      const before = state;
      state = { ...before, ...patch };
      if (result) events.emit({ type: 'configFetched', result, isInitiatedByUser: false });
      if (state.content !== before.content) {
        events.emit({ type: 'configChanged', snapshot: publicSnapshotOf(snapshotOf(state)) });
      }
      if (state.isInitialised && !before.isInitialised) events.emit({ type: 'ready', cacheState: cacheStateOf(state) });
      dispatcher.dispatchState(state);
      if (result) settled$.next(result);
    });
  };
  lifetime.disposed$.subscribe({ complete: events.complete });
  if (state.isInitialised) events.emit({ type: 'ready', cacheState: cacheStateOf(state) });
  events.started();
  return {
    data: {
      createFanOut: createRemoteFanOut,
      state: () => state,
      snapshotOf,
      snapshot: () => snapshotOf(state),
      snapshot$: dispatcher.state$.pipe(
        distinctUntilChanged((a, b) => a.content === b.content),
        map(snapshotOf),
      ),
      cacheState: (toleranceMs) => cacheStateOf(state, toleranceMs),
      ready$: ready$.pipe(
        filter(() => state.isInitialised),
        take(1),
        map(() => cacheStateOf(state)),
        takeUntil(lifetime.disposed$),
      ),
    },
    dispatcher,
    lifetime,
    context,
    settled$,
    update,
  };
}
