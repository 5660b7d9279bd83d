import type { Observable } from 'rxjs';
import {
  EMPTY,
  Subject,
  catchError,
  from,
  isObservable,
  map,
  merge,
  of,
  scan,
  shareReplay,
  startWith,
  switchMap,
  takeUntil,
  tap,
} from 'rxjs';
import type { Outcome, RefreshFailure, Step } from '../acquisition/outcome.js';
import { firstStep, fold } from '../acquisition/outcome.js';
import type { Store } from '../acquisition/store.js';
import type { Trampoline } from '../acquisition/trampoline.js';
import { inTurn } from '../acquisition/trampoline.js';
import { observe, requireMade } from '../arguments.js';
import type { LogEntry } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import type { InternalConfig } from '../model/config.js';
import type { FlagTypes } from '../model/flag-types.js';
import type { ConfigFormat } from '../model/format.js';
import type { OverrideProblem, OverrideUpdate } from './layer.js';
import { toLayer } from './layer.js';

/**
 * What overrides do to the config: replace it, so that nothing is fetched and no cache is asked; win over it; or only
 * fill in what it lacks. Source: protocol section 10.
 */
export type OverrideBehaviour = 'local-only' | 'local-over-remote' | 'remote-over-local';

/** Flags that a client has from elsewhere than the config. */
export interface Overrides {
  /** `flagOverrides()`; in Node also `fileOverrides()`, in browsers `queryOverrides()`. */
  readonly source: OverrideSource;
  readonly behaviour: OverrideBehaviour;
}

/** Under this symbol sources of overrides keep what they are made of, also for other copies of this version of the library. */
export const layerSymbol: unique symbol = Symbol.for('configcat-rx/1.overrides');

/** Where overrides come from. Made by `flagOverrides()` and what is built on it, and by nothing else. */
export interface OverrideSource {
  /** How log entries name it. */
  readonly origin: string;
  /** What the source is made of, for nobody else. */
  readonly [layerSymbol]: object;
}

/** What a source of overrides is made of: gives the state of a client with the overrides in it. */
export interface OverrideLayer {
  (
    store: Store<Layers>,
    behaviour: OverrideBehaviour,
    trampoline: Trampoline,
    formats: readonly ConfigFormat[],
  ): Store<Layers>;
  /** The flags, where they stay as they are. */
  readonly fixed?: object | undefined;
}

/**
 * Takes overrides from flags by key, or from a stream of them, which may also emit the text of a document:
 * `{"flags": {…}}` or a whole config JSON. The client is told at once of each change; what is invalid is logged
 * (event 2302) and keeps the last good state, as does a stream that errors. Until the stream emits there are no overrides.
 *
 * @typeParam F - keys and types of the flags; follows from what is given.
 * @param flags - copied now, so that later changes of the object change nothing.
 * @param origin - how log entries name the source.
 *
 * @example
 * const overrides = new BehaviorSubject({ darkMode: true });
 * createClient(sdkKey, { overrides: { source: flagOverrides(overrides), behaviour: 'local-over-remote' } });
 * overrides.next({ darkMode: false }); // every stream of this flag emits
 */
export function flagOverrides<F extends FlagTypes<F>>(
  flags: F | Observable<OverrideUpdate<F>>,
  origin = 'the overrides',
): OverrideSource {
  // What flags these are is the caller's business.
  const fixed = isObservable(flags) ? undefined : { ...observe(flags) };
  const update$ = (fixed ? from([fixed]) : flags) as Observable<OverrideUpdate>;
  const layer: OverrideLayer = (store, behaviour, trampoline, formats) => {
    const change$ = update$.pipe(
      map((update) => toChange(observe(update), origin, formats)),
      catchError((error: unknown) => of<Change>({ log: [[events.methodFailed, { method: 'overrides' }, error]] })),
    );
    const heard$ = store.permission.workWhile$.pipe(switchMap((isWorking) => (isWorking ? change$ : atOnce(change$))));
    return behaviour === 'local-only'
      ? overlay(standalone(store, trampoline), heard$, true, trampoline)
      : overlay(store, heard$, behaviour === 'local-over-remote', trampoline);
  };
  return { origin, [layerSymbol]: Object.assign(layer, { fixed }) };
}

/**
 * What a source of overrides is made of.
 *
 * @throws TypeError when it is none.
 */
export function layerOf(culprit: string, source: OverrideSource): OverrideLayer {
  return requireMade(culprit, source, layerSymbol, 'what flagOverrides() gives');
}

/** What a stream emits while it is subscribed to. Nothing is left of the subscription. */
function atOnce<T>(stream$: Observable<T>): Observable<T> {
  return of(true, false).pipe(switchMap((isFirst) => (isFirst ? stream$ : EMPTY)));
}

/** What flags are looked up in, lowest first. */
export type Layers = readonly InternalConfig[];

const nothing: Layers = [];

/** What an update comes to: another layer, or something to be logged. */
interface Change {
  readonly layer?: InternalConfig;
  readonly log?: readonly LogEntry[];
}

function toChange(update: OverrideUpdate, origin: string, formats: readonly ConfigFormat[]): Change {
  try {
    if (update instanceof Error) throw update;
    return { layer: toLayer(update, origin, formats) };
  } catch (error) {
    const { eventId, message, cause } = error as Partial<OverrideProblem> & Error;
    const told = { problem: message };
    if (eventId === 1300) return { log: [[events.overridesMissing, told, cause]] };
    if (eventId === 2302) return { log: [[events.overridesInvalid, told, cause]] };
    return { log: [[events.overridesUnreadable, told, cause]] };
  }
}

/** Lays what a source says over or under what a store knows. */
function overlay(
  store: Store<Layers>,
  change$: Observable<Change>,
  isOnTop: boolean,
  trampoline: Trampoline,
): Store<Layers> {
  let local = nothing;
  let joined: { readonly remote: Layers; readonly local: Layers; readonly all: Layers } | undefined;

  const withLocal = ({ state, outcome }: Step<Layers>): Step<Layers> => {
    const remote = state.content ?? nothing;
    // The same layers are the same content: only a change of either makes streams look again.
    if (joined?.remote !== remote || joined.local !== local) {
      joined = { remote, local, all: isOnTop ? [...remote, ...local] : [...local, ...remote] };
    }
    return { state: { ...state, content: joined.all }, outcome };
  };
  const localStep$ = change$.pipe(
    inTurn(trampoline),
    map(({ layer, log = [] }) => {
      if (layer) local = [layer];
      return withLocal({ state: store.state(), outcome: { patch: {}, log } });
    }),
  );
  const disposed$ = new Subject<void>();
  let last: Step<Layers> = firstStep;

  return {
    ...store,
    step$: merge(localStep$.pipe(takeUntil(disposed$)), store.step$.pipe(map(withLocal))).pipe(
      startWith(firstStep),
      tap((step) => (last = step)),
      shareReplay({ bufferSize: 1, refCount: false }),
    ),
    state: () => last.state,
    dispose: () => {
      store.dispose();
      disposed$.next();
    },
  };
}

/** The store of a client that is by itself: it knows nothing, is ready at once, and asks nobody. */
function standalone({ permission }: Store<Layers>, trampoline: Trampoline): Store<Layers> {
  const first: Step<Layers> = { ...firstStep, state: { ...firstStep.state, isOnline: false } };
  let last = first;
  const refusal$ = new Subject<Outcome<Layers>>();
  const disposed$ = new Subject<void>();
  return {
    permission: { ...permission, begin$: EMPTY },
    step$: merge(of({ patch: { isInitialised: true } }), refusal$).pipe(
      inTurn(trampoline),
      scan(fold, first),
      startWith(first),
      tap((step) => (last = step)),
      takeUntil(disposed$),
      shareReplay({ bufferSize: 1, refCount: false }),
    ),
    state: () => last.state,
    read: () => undefined,
    isReadable: () => true,
    refresh$: of(localOnly),
    isOnline: () => false,
    written$: EMPTY,
    setOnline: () => {
      refusal$.next({ patch: {}, log: [[events.localOnly, { method: 'setOnline' }]] });
    },
    dispose: () => {
      disposed$.next();
    },
  };
}

const localOnly: RefreshFailure = {
  isSuccess: false,
  errorCode: 1,
  errorMessage:
    'Client is configured to use the LocalOnly override behavior, which prevents synchronization with external cache and making HTTP requests.',
};
