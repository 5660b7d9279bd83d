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
  switchMap,
  take,
  takeUntil,
  withLatestFrom,
} from 'rxjs';
import type { State } from '../acquisition/outcome.js';
import type { Time } from '../acquisition/polling.js';
import { pollToleranceMs } from '../acquisition/polling.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { requireObject } from './arguments.js';
import type { FlagState, UserSource } from './types.js';
import type { Core } from './core.js';
import { rememberLast } from './core.js';
import type { View } from './fan-out.js';
import type { AnySnapshot } from './snapshot.js';
import type { User } from '../model/user.js';
import { isSameUser } from '../model/user.js';
import { messages } from '../logging/messages.js';
import type { InitialPolicy } from './options.js';

/** How a stream asks for one flag. */
export interface FlagRequest<T> {
  readonly view: View<T>;
  readonly key: string;
  readonly fallback: DefaultValue;
  /** What is emitted while there is nothing to evaluate. */
  readonly placeholder: () => T;
  readonly user: UserSource | undefined;
  readonly initial: InitialPolicy;
}

/**
 * The answers to one question: one per config and user that makes a difference. Cold, and thin: most subscribers are
 * no more than a place in the fan-out of the client.
 */
export function answers<T>(
  core: Core,
  { view, key, fallback, placeholder, user, initial }: FlagRequest<T>,
): Observable<T> {
  const { disposed$, fanOut, hold, snapshot, snapshot$, store } = core;
  const attached$ = (known?: User) =>
    new NewObservable<T>((subscriber) => {
      fanOut.attach({ view, key, fallback, user: known }, subscriber);
    });
  // With one user for good, nothing can be said twice.
  const attachedAll$ = isObservable(user)
    ? namedUsers(core, user).pipe(switchMap(attached$), distinctUntilChanged(view.isSame), takeUntil(disposed$))
    : attached$(user);

  const waiting$ = defer(() => {
    const settled$ = concat(store.read$, attachedAll$);
    if (initial === 'wait') return settled$;
    if (initial === 'default') return concat(of(placeholder()), settled$);
    // What is cached is shown as soon as it is read, however long the fetch takes.
    const known$ = snapshot$.pipe(filter(({ hasConfig }) => hasConfig));
    const cached$ = merge(known$, concat(store.read$, of(undefined))).pipe(exhaustMap(() => attachedAll$));
    return snapshot().hasConfig ? cached$ : concat(of(placeholder()), cached$);
  }).pipe(distinctUntilChanged(view.isSame));

  return new NewObservable((subscriber) => {
    if (core.isDisposed()) {
      attachedAll$.pipe(take(1)).subscribe(subscriber);
      subscriber.complete();
      return;
    }
    hold.take();
    subscriber.add(hold.release);
    if (store.isReadable()) {
      store.lookForNews();
      attachedAll$.subscribe(subscriber);
    } else waiting$.pipe(takeUntil(disposed$)).subscribe(subscriber);
  });
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
