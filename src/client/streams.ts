import type { Observable } from 'rxjs';
import {
  EMPTY,
  Observable as NewObservable,
  concat,
  defer,
  distinctUntilChanged,
  exhaustMap,
  filter,
  isObservable,
  map,
  merge,
  of,
  pairwise,
  skip,
  switchMap,
} from 'rxjs';
import type { State } from '../acquisition/outcome.js';
import type { Time } from '../acquisition/polling.js';
import { pollToleranceMs } from '../acquisition/polling.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { ConfigChange } from './changes.js';
import type { FlagState } from './types.js';
import type { Core } from './core.js';
import { rememberLast } from './core.js';
import type { EvaluationDetails } from './details.js';
import type { View } from './audiences.js';
import type { AnySnapshot } from './snapshot.js';
import { atOnce, endWithClient, untilDisposed } from './until-disposed.js';
import type { Users } from './users.js';
import { hasOwn } from '../model/own.js';
import type { User } from '../model/user.js';
import type { UserCopy } from '../model/user-copy.js';
import type { InitialPolicy } from './options.js';

/** A stream of what users are shown, and what it does while nothing is known. */
export interface Show<T> {
  /** The present and each further answer for one user, `undefined` for the default user. Never says anything twice. */
  readonly answers$: (user: UserCopy | undefined) => Observable<T>;
  readonly isSame: (a: T, b: T) => boolean;
  /** What is emitted while there is nothing to evaluate. */
  readonly placeholder: () => T;
  readonly users: Users;
  readonly initial: InitialPolicy;
}

/** The answers to one question about one flag, each a place in the fan-out of the client. */
export function flagAnswers<T>({ fanOut }: Core, view: View<T>, key: string, fallback: DefaultValue) {
  return (user: UserCopy | undefined) =>
    new NewObservable<T>((subscriber) => {
      fanOut.attach({ view, key, fallback, user }, subscriber);
    });
}

/**
 * What a user is shown: one answer per config and user that makes a difference. Cold, and thin: all streams of a client
 * share its one state.
 */
export function show<T>(core: Core, { answers$, isSame, placeholder, users, initial }: Show<T>): Observable<T> {
  const { hold, snapshot, snapshot$, store } = core;
  const toEach = (user$: Observable<UserCopy | undefined>) => {
    const answer$ = user$.pipe(switchMap(answers$));
    return answer$.pipe(distinctUntilChanged(isSame), endWithClient(core, answer$));
  };
  // With one user for good, nothing can be said twice.
  const all$ = isObservable(users) ? toEach(users) : answers$(users);

  const waiting$ = defer(() => {
    const settled$ = concat(store.read$, all$);
    if (initial === 'wait') return settled$;
    if (initial === 'default') return concat([placeholder()], settled$);
    // What is cached is shown as soon as it is read, however long the fetch takes.
    const known$ = snapshot$.pipe(filter(({ hasConfig }) => hasConfig));
    const cached$ = merge(known$, concat(store.read$, of(undefined))).pipe(exhaustMap(() => all$));
    return snapshot().hasConfig ? cached$ : concat([placeholder()], cached$);
  }).pipe(distinctUntilChanged(isSame));

  // Whoever would rather wait is not given a default value because there is nothing more to wait for.
  const last$ = defer(() => (store.isReadable() ? all$ : EMPTY));

  return new NewObservable((subscriber) => {
    if (core.isDisposed()) {
      atOnce(all$).subscribe(subscriber);
      return;
    }
    hold.take();
    subscriber.add(hold.release);
    if (store.isReadable()) {
      store.lookForNews();
      all$.subscribe(subscriber);
    } else waiting$.pipe(endWithClient(core, last$)).subscribe(subscriber);
  });
}

/** Several flags of one user, all from one config: never a mixed state. */
export function tableAnswers<T extends object>(
  core: Core,
  keys: readonly string[] | undefined,
  read: (snapshot: AnySnapshot, user: User | undefined) => T,
) {
  const { snapshot, snapshot$, defaultUser$ } = core;
  const touches = (a: AnySnapshot, b: AnySnapshot) =>
    a.hasConfig !== b.hasConfig || !keys || keys.some((key) => a.compiled(key) !== b.compiled(key));
  const touching$ = snapshot$.pipe(distinctUntilChanged((a, b) => !touches(a, b)));
  return (copy: UserCopy | undefined): Observable<T> => {
    const user = copy?.user;
    const change$ = user ? touching$ : merge(defaultUser$.pipe(skip(1)), touching$);
    const present$ = readAtEach(change$, () => read(snapshot(), user));
    return present$.pipe(
      distinctUntilChanged<T>(isSameTable),
      endWithClient(
        core,
        defer(() => [read(snapshot(), user)]),
      ),
    );
  };
}

/** A user or logger that brings a new state along with each evaluation is not followed for ever. */
const mostReadings = 10;

/**
 * Reads the present state at each change: once more where reading, which calls getters, loggers and listeners of events,
 * has brought about another change meanwhile.
 */
function readAtEach<T>(change$: Observable<unknown>, read: () => T): Observable<T> {
  return new NewObservable((subscriber) => {
    let changeCount = 0;
    let isReading = false;
    const readLatest = () => {
      for (let readings = 1; ; readings++) {
        const before = changeCount;
        const latest = read();
        if (changeCount === before || readings === mostReadings || subscriber.closed) return latest;
      }
    };
    subscriber.add(
      change$.subscribe({
        next: () => {
          changeCount++;
          if (isReading) return;
          isReading = true;
          const latest = readLatest();
          isReading = false;
          subscriber.next(latest);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
  });
}

/** Tells whether two records have the same values under the same keys. */
export function isSameTable(a: object, b: object): boolean {
  const entries = Object.entries(a);
  return (
    entries.length === Object.keys(b).length &&
    entries.every(([key, value]) => hasOwn(b, key) && Object.is(value, (b as Record<string, unknown>)[key]))
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
export function flagStates(core: Core, key: string, fallback: DefaultValue, users: Users): Observable<FlagState> {
  const { aging$, cacheState, defaultUser$, snapshot, store } = core;
  const toFlagState = (evaluate: Evaluate, user: User | undefined): FlagState => {
    const state = store.state();
    const current = snapshot();
    const common = { ...ageOf(state, core.options.time), isFetching: state.isFetching, lastError: state.lastError };
    const isUntried = !current.hasConfig && !state.lastError && !store.isReadable();
    if (isUntried) return { ...common, value: fallback, status: 'initial' };
    const { value, isDefaultValue } = evaluate(current.ruleset, user ?? core.defaultUser());
    const isStale = cacheState(pollToleranceMs) === 'cached';
    return { ...common, value, status: isDefaultValue ? 'fallback' : isStale ? 'cached' : 'fresh' };
  };
  return defer(() => {
    // Evaluated anew only for another config or user, however often the rest of the state changes.
    const evaluate: Evaluate = rememberLast((_, effective) =>
      snapshot().details(key, fallback, effective, 'flagState$'),
    );
    const states$ = (copy: UserCopy | undefined) =>
      readAtEach(copy ? aging$ : merge(defaultUser$.pipe(skip(1)), aging$), () => toFlagState(evaluate, copy?.user));
    const lastState$ = (copy: UserCopy | undefined) => defer(() => [toFlagState(evaluate, copy?.user)]);
    const ofEach = (read: typeof states$) => (isObservable(users) ? users.pipe(switchMap(read)) : read(users));
    return untilDisposed(core, merge(store.read$, ofEach(states$)), () => ofEach(lastState$));
  }).pipe(distinctUntilChanged(isSameState));
}

type Evaluate = (ruleset: unknown, user: User | undefined) => EvaluationDetails;

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
