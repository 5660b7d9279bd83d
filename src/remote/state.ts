import type { Observable } from 'rxjs';
import { EMPTY, distinctUntilChanged, filter, map, take } from 'rxjs';
import type { RefreshResult, State } from '../acquisition/outcome.js';
import { createTrampoline } from '../acquisition/trampoline.js';
import type { Dispatcher } from '../core/dispatcher.js';
import type { ClientEvent } from '../core/events.js';
import type { InternalSnapshot, SnapshotContext, SnapshotParts } from '../core/snapshot.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import type { Data } from '../core/source.js';
import type { CacheState } from '../core/types.js';
import { evaluateDecided } from '../decided/evaluate.js';
import type { Lifetime } from '../lifetime/lifetime.js';
import { linkTo } from '../logging/event-text.js';
import { createLog } from '../logging/logger.js';
import type { Layers } from '../overrides/overlay.js';
import { createRemoteFanOut } from './fan-out.js';
import type { Content } from './known.js';
import type { ResolvedRemoteOptions } from './options.js';
import type { Subject } from './subject.js';
import { switchTo } from './switch-to.js';
import { createSubject } from './subject.js';

/** The state of a remote client, and who is told of it. */
export interface RemoteState {
  readonly data: Data;
  readonly state$: Observable<State<Layers>>;
  readonly dispatcher: Dispatcher;
  readonly context: SnapshotContext;
  /** What asking has come to. */
  readonly settled$: Subject<RefreshResult>;
  /** Takes over what is new, and tells everybody: one after the other, whoever causes the next meanwhile. */
  readonly update: (patch: Patch, result?: RefreshResult) => void;
}

/** What is new in a state. Its content stands in the place of a config. */
type Patch = Partial<Omit<State<Layers>, 'content'> & { readonly content: unknown }>;

/** Creates the state, with what is known to begin with. */
export function createRemoteState(
  { scheduler, offline, freshForMs, ...options }: ResolvedRemoteOptions,
  content: Content,
  lifetime: Lifetime,
  parts: SnapshotParts,
): RemoteState {
  const isOnline = !offline;
  const isInitialised = !isOnline || content.ruleset !== undefined;
  // What is left out is not there.
  let state = { entry: {}, content: content as unknown, isInitialised, isFetching: false, isOnline } as State<Layers>;
  const trampoline = createTrampoline();
  const state$ = createSubject(() => state);
  const settled$ = createSubject<RefreshResult>();
  const event$ = createSubject<ClientEvent>();
  const emit = (event: ClientEvent) => {
    trampoline(() => {
      event$.next(event);
    });
  };
  const cacheState = (of: State<unknown>, toleranceMs = 0): CacheState => {
    const { fetchedAtMs = -Infinity } = of.entry;
    if (!(of.content as Content).ruleset) return 'no-flag-data';
    return scheduler.now() - fetchedAtMs > freshForMs + toleranceMs ? 'cached' : 'up-to-date';
  };
  const emitReady = () => {
    emit({ type: 'ready', cacheState: cacheState(state) });
  };
  const context: SnapshotContext = {
    ...parts,
    evaluate: evaluateDecided,
    log: createLog(
      options,
      linkTo,
      (value) => value,
      (text, error) => {
        if (event$.isObserved()) emit({ type: 'error', message: text(), error: error() });
      },
    ),
    report: () => undefined,
    events: { event$, emit, hasListeners: event$.isObserved },
    cacheState,
  };
  let last: InternalSnapshot | undefined;
  const snapshotOf = (of: State<Layers>): InternalSnapshot => {
    if (last?.state !== of) {
      const { ruleset, user } = of.content as unknown as Content;
      const hasConfig = ruleset !== undefined;
      last = { state: of, ruleset, defaultUser: user, hasConfig, context, publicSnapshot: undefined };
    }
    return last;
  };
  // Whoever listens from the line after the client's creation is told.
  if (isInitialised) void Promise.resolve().then(emitReady);
  lifetime.disposed$.subscribe(() => {
    state$.complete();
    event$.complete();
  });
  return {
    data: {
      createFanOut: createRemoteFanOut,
      switchMap: switchTo,
      state: () => state,
      snapshotOf,
      snapshot: () => snapshotOf(state),
      snapshot$: state$.pipe(
        distinctUntilChanged((a, b) => a.content === b.content),
        map(snapshotOf),
      ),
      cacheState: (toleranceMs) => cacheState(state, toleranceMs),
      ready$: state$.pipe(
        filter((now) => now.isInitialised),
        take(1),
        map((now) => cacheState(now)),
      ),
    },
    state$,
    // Another user comes with another state, and nobody collects groups.
    dispatcher: {
      state$,
      deliver: state$.deliver,
      userChange$: EMPTY,
      dispatchState: state$.next,
      collectors: [] as unknown[],
    } as unknown as Dispatcher,
    context,
    settled$,
    update: (patch, result) => {
      trampoline(() => {
        if (lifetime.isDisposed()) return;
        const before = state;
        state = { ...before, ...patch } as State<Layers>;
        if (result) emit({ type: 'configFetched', result, isInitiatedByUser: false });
        // Another user alone is no other config.
        if (patch.entry && state.content !== before.content) {
          emit({ type: 'configChanged', snapshot: publicSnapshotOf(snapshotOf(state)) });
        }
        if (state.isInitialised && !before.isInitialised) emitReady();
        state$.next(state);
        if (result) settled$.next(result);
      });
    },
  };
}
