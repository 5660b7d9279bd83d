import type { Observable } from 'rxjs';
import {
  NEVER,
  Observable as NewObservable,
  catchError,
  combineLatest,
  concat,
  defaultIfEmpty,
  defer,
  distinctUntilChanged,
  exhaustMap,
  filter,
  isObservable,
  map,
  merge,
  of,
  pairwise,
  switchMap,
  take,
  takeUntil,
  withLatestFrom,
} from 'rxjs';
import type { State } from '../acquisition/outcome.js';
import type { Time } from '../acquisition/polling.js';
import { pollToleranceMs } from '../acquisition/polling.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { requireObject } from '../arguments.js';
import type { ConfigChange } from './changes.js';
import type { FlagState, UserSource } from './types.js';
import type { Core } from './core.js';
import { rememberLast } from './core.js';
import type { View } from './fan-out.js';
import type { AnySnapshot } from './snapshot.js';
import type { User } from '../model/user.js';
import { isSameUser } from '../model/user.js';
import { messages } from '../logging/messages.js';
import type { InitialPolicy } from './options.js';

/** A stream of what users are shown, and what it does while nothing is known. */
export interface Show<T> {
  /** The present and each further answer for one user, `undefined` for the default user. Never says anything twice. */
  readonly answers$: (user: User | undefined) => Observable<T>;
  readonly isSame: (a: T, b: T) => boolean;
  /** What is emitted while there is nothing to evaluate. */
  readonly placeholder: () => T;
  readonly user: UserSource | undefined;
  readonly initial: InitialPolicy;
}

/** The answers to one question about one flag, each a place in the fan-out of the client. */
export function flagAnswers<T>({ fanOut }: Core, view: View<T>, key: string, fallback: DefaultValue) {
  return (user: User | undefined) =>
    new NewObservable<T>((subscriber) => {
      fanOut.attach({ view, key, fallback, user }, subscriber);
    });
}

/**
 * What a user is shown: one answer per config and user that makes a difference. Cold, and thin: all streams of a client
 * share its one state.
 */
export function show<T>(core: Core, { answers$, isSame, placeholder, user, initial }: Show<T>): Observable<T> {
  const { disposed$, hold, snapshot, snapshot$, store } = core;
  // With one user for good, nothing can be said twice.
  const all$ = isObservable(user)
    ? namedUsers(core, user).pipe(switchMap(answers$), distinctUntilChanged(isSame), takeUntil(disposed$))
    : answers$(user);

  const waiting$ = defer(() => {
    const settled$ = concat(store.read$, all$);
    if (initial === 'wait') return settled$;
    if (initial === 'default') return concat(of(placeholder()), settled$);
    // What is cached is shown as soon as it is read, however long the fetch takes.
    const known$ = snapshot$.pipe(filter(({ hasConfig }) => hasConfig));
    const cached$ = merge(known$, concat(store.read$, of(undefined))).pipe(exhaustMap(() => all$));
    return snapshot().hasConfig ? cached$ : concat(of(placeholder()), cached$);
  }).pipe(distinctUntilChanged(isSame));

  return new NewObservable((subscriber) => {
    if (core.isDisposed()) {
      all$.pipe(take(1)).subscribe(subscriber);
      subscriber.complete();
      return;
    }
    hold.take();
    subscriber.add(hold.release);
    if (store.isReadable()) {
      store.lookForNews();
      all$.subscribe(subscriber);
    } else waiting$.pipe(takeUntil(disposed$)).subscribe(subscriber);
  });
}

/** Several flags of one user, all from one config: never a mixed state. */
export function tableAnswers<T extends object>(
  { snapshot$, defaultUser$, disposed$ }: Core,
  keys: readonly string[] | undefined,
  read: (snapshot: AnySnapshot, user: User | undefined) => T,
) {
  const touches = (a: AnySnapshot, b: AnySnapshot) =>
    a.hasConfig !== b.hasConfig || !keys || keys.some((key) => a.compiled(key) !== b.compiled(key));
  return (user: User | undefined): Observable<T> =>
    combineLatest([
      snapshot$.pipe(distinctUntilChanged((a, b) => !touches(a, b))),
      user ? of(user) : defaultUser$.pipe(distinctUntilChanged(isSameUser)),
    ]).pipe(
      map(([snapshot, effective]) => read(snapshot, effective)),
      distinctUntilChanged<T>(isSameTable),
      takeUntil(disposed$),
    );
}

/** Tells whether two records have the same values under the same keys. */
export function isSameTable(a: object, b: object): boolean {
  const entries = Object.entries(a);
  return (
    entries.length === Object.keys(b).length &&
    entries.every(([key, value]) => Object.hasOwn(b, key) && Object.is(value, (b as Record<string, unknown>)[key]))
  );
}

/** What each config changes, from the first one on. */
export function changes({ snapshot$ }: Core): Observable<ConfigChange> {
  return snapshot$.pipe(
    pairwise(),
    filter(([before]) => before.hasConfig),
    map(([before, after]) => ({ flags: after.changesSince(before), before, after }) as ConfigChange),
    filter(({ flags }) => flags.length > 0),
  );
}

/** What is emitted by a stream of states: one per config, user and way of fetching that makes a difference. */
export function flagStates(
  core: Core,
  key: string,
  fallback: DefaultValue,
  user: UserSource | undefined,
): Observable<FlagState> {
  const { aging$, cacheState, snapshot, snapshot$, store } = core;
  // Evaluated anew only for another config or user, however often the rest of the state changes.
  const evaluate = rememberLast((current: AnySnapshot, effective: User | undefined) =>
    current.details(key, fallback, effective, 'flagState$'),
  );
  const toFlagState = (state: State<unknown>, current: AnySnapshot, effective: User | undefined): FlagState => {
    const common = { ...ageOf(state, core.options.time), isFetching: state.isFetching, lastError: state.lastError };
    const isUntried = !current.hasConfig && !state.lastError && !store.isReadable();
    if (isUntried) return { ...common, value: fallback, status: 'initial' };
    const { value, isDefaultValue } = evaluate(current, effective);
    const isStale = cacheState(pollToleranceMs) === 'cached';
    return { ...common, value, status: isDefaultValue ? 'fallback' : isStale ? 'cached' : 'fresh' };
  };
  const states = (state$: Observable<State<unknown>>, current$: Observable<AnySnapshot>) =>
    combineLatest([
      // Both follow one state; the snapshot, subscribed to first, is never behind.
      state$.pipe(withLatestFrom(current$)),
      effectiveUser(core, user),
    ]).pipe(map(([[state, current], effective]) => toFlagState(state, current, effective)));
  return untilDisposed(core, merge(store.read$, states(aging$, snapshot$)), () =>
    states(of(store.state()), of(snapshot())),
  ).pipe(distinctUntilChanged(isSameState));
}

function isSameState(a: FlagState, b: FlagState): boolean {
  return (
    Object.is(a.value, b.value) &&
    a.status === b.status &&
    a.isFetching === b.isFetching &&
    a.fetchedAt?.getTime() === b.fetchedAt?.getTime() &&
    a.lastError === b.lastError
  );
}

/** When the config was fetched, and how long ago by the wall clock: never in the future, as clocks are set back. */
export function ageOf(
  { entry: { fetchedAtMs } }: State<unknown>,
  { scheduler }: Time,
): Pick<FlagState, 'fetchedAt' | 'ageMs'> {
  if (fetchedAtMs === undefined) return { fetchedAt: undefined, ageMs: undefined };
  return { fetchedAt: new Date(fetchedAtMs), ageMs: Math.max(0, scheduler.now() - fetchedAtMs) };
}

/**
 * Ends a stream with its client, and keeps the process alive while somebody is subscribed. Of a client that is
 * disposed already, the stream is what `last` emits at once.
 */
export function untilDisposed<T>(
  { isDisposed, disposed$, hold }: Core,
  stream$: Observable<T>,
  last: () => Observable<T>,
): Observable<T> {
  return new NewObservable((subscriber) => {
    if (isDisposed()) {
      last().pipe(take(1)).subscribe(subscriber);
      subscriber.complete();
      return;
    }
    hold.take();
    subscriber.add(hold.release);
    stream$.pipe(takeUntil(disposed$)).subscribe(subscriber);
  });
}

function effectiveUser(core: Core, user: UserSource | undefined): Observable<User | undefined> {
  if (!user) return core.defaultUser$;
  if (!isObservable(user)) return of(user);
  return namedUsers(core, user).pipe(switchMap((given) => (given ? of(given) : core.defaultUser$)));
}

/** The users of a stream that differ from each other; `undefined` stands for the default user. */
function namedUsers({ log }: Core, user$: Observable<User | undefined>): Observable<User | undefined> {
  return user$.pipe(
    map((given) => {
      if (given) requireObject('user', given);
      return given;
    }),
    // Whoever is known when the stream of users breaks stays.
    catchError((error: unknown) => {
      log.error(1003, () => messages.methodFailed('user$'), error);
      return NEVER;
    }),
    defaultIfEmpty(undefined),
    distinctUntilChanged(isSameUser),
  );
}
