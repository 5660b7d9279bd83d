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
  isObservable,
  map,
  of,
  switchMap,
  take,
  takeUntil,
} from 'rxjs';
import { requireObject } from './arguments.js';
import type { UserSource } from './types.js';
import type { Core } from './core.js';
import type { AnySnapshot } from './snapshot.js';
import type { User } from '../model/user.js';
import { isSameUser } from '../model/user.js';
import { messages } from '../logging/messages.js';
import type { InitialPolicy } from './options.js';

/** How a stream turns state into what it emits. */
export interface Evaluation<T> {
  readonly evaluate: (snapshot: AnySnapshot, user: User | undefined) => T;
  /** What is emitted while there is nothing to evaluate. */
  readonly placeholder: () => T;
  readonly isSame: (a: T, b: T) => boolean;
}

/**
 * A stream of evaluations: one per config and user that makes a difference. Cold, and thin: all streams of a client
 * share its one state.
 */
export function evaluations<T>(
  core: Core,
  { evaluate, placeholder, isSame }: Evaluation<T>,
  user: UserSource | undefined,
  initial: InitialPolicy,
): Observable<T> {
  const user$ = effectiveUser(core, user);
  const evaluated$ = (snapshot$: Observable<AnySnapshot>) =>
    combineLatest([snapshot$, user$]).pipe(map(([snapshot, effective]) => evaluate(snapshot, effective)));
  const settled$ = evaluated$(concat(core.store.read$, core.snapshot$));

  const live$ = defer(() => {
    if (core.store.isReadable()) {
      core.store.lookForNews();
      return evaluated$(core.snapshot$);
    }
    if (initial === 'wait') return settled$;
    const snapshot = core.snapshot();
    return initial === 'cached' && snapshot.hasConfig
      ? evaluated$(concat(of(snapshot), core.store.read$, core.snapshot$))
      : concat(of(placeholder()), settled$);
  });

  return untilDisposed(core, live$, () => evaluated$(of(core.snapshot()))).pipe(distinctUntilChanged(isSame));
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
    const release = hold();
    subscriber.add(release);
    stream$.pipe(takeUntil(disposed$)).subscribe(subscriber);
  });
}

function effectiveUser({ defaultUser$, log }: Core, user: UserSource | undefined): Observable<User | undefined> {
  if (!user) return defaultUser$;
  if (!isObservable(user)) return of(user);
  return user.pipe(
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
    switchMap((given) => (given ? of(given) : defaultUser$)),
  );
}
