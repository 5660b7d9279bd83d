import type { Observable } from 'rxjs';
import { EMPTY, Observable as NewObservable, distinctUntilChanged, filter, isObservable, take } from 'rxjs';
import type { InitialPolicy } from '../core/options.js';
import type { HoldOption } from '../session.js';
import type { Core } from '../core/source.js';
import { atOnce, endWithClient } from '../lifetime/until-disposed.js';
import type { User } from '../model/user.js';
import type { Users } from './users.js';

/** How one flag stream differs from its client. */
export interface FlagStreamOptions {
  /** What the stream emits before the client is ready. Default: the client's `initial` option. */
  readonly initial?: InitialPolicy;
  /**
   * Holds the first real value for the session of a user, whatever configs arrive. Default: the client's `hold` option.
   *
   * @example
   * flag$(core, 'newCheckout', false, user$, { hold: session() });
   */
  readonly hold?: HoldOption;
}

/** A stream of what users are shown, and what it does while nothing is known. */
export interface FlagStreamParts<T> {
  /** The present and each further answer for one user, `undefined` for the default user. Never says anything twice. */
  readonly answers$: (user: User | undefined) => Observable<T>;
  readonly isSame: (a: T, b: T) => boolean;
  /** What is emitted while there is nothing to evaluate. */
  readonly initialValue: () => T;
  readonly users: Users;
  readonly initial: InitialPolicy;
}

/**
 * What a user is shown: one answer per config and user that makes a difference. Cold, and thin: all streams of a client
 * share its one state.
 */
export function flagStream<T>(
  core: Core,
  { answers$, isSame, initialValue, users, initial }: FlagStreamParts<T>,
): Observable<T> {
  const { store, lifetime, dispatcher } = core;
  const { snapshot, snapshot$, switchMap } = core.data;
  const toEach = (user$: Observable<User | undefined>) => {
    const answer$ = user$.pipe(switchMap(answers$));
    return answer$.pipe(
      distinctUntilChanged(isSame),
      endWithClient(lifetime, () => answer$),
    );
  };
  // With one user for good, nothing can be said twice.
  const all$ = isObservable(users) ? toEach(users) : answers$(users);

  return new NewObservable((subscriber) => {
    if (lifetime.isDisposed()) {
      atOnce(all$).subscribe(subscriber);
      return;
    }
    lifetime.keepAlive.take();
    subscriber.add(lifetime.keepAlive.release);
    const read$ = store.read(true);
    if (!read$) {
      all$.subscribe(subscriber);
      return;
    }
    const isCached = initial === 'cached';
    let shown$ = all$;
    if (initial !== 'wait' && !(isCached && snapshot().hasConfig)) {
      const value = initialValue();
      // Others may subscribe inside of it, as of the answers.
      dispatcher.deliver(subscriber, value);
      if (subscriber.closed) return;
      shown$ = all$.pipe(filter((answer, i) => i > 0 || !isSame(value, answer)));
    }
    const show = () => {
      if (end.closed) return;
      // What has been waited by is gone then.
      end.unsubscribe();
      // Whoever would rather wait is not given a default value because there is nothing more to wait for.
      (lifetime.isDisposed() && !store.isReadable() ? EMPTY : shown$).subscribe(subscriber);
    };
    const end = lifetime.disposed$.subscribe({ complete: show });
    subscriber.add(end);
    // What is cached is shown as soon as it is read, however long the fetch takes.
    const known$ = snapshot$.pipe(
      filter(({ hasConfig }) => hasConfig),
      take(1),
    );
    if (isCached) subscriber.add(known$.subscribe(show));
    subscriber.add(read$.subscribe({ complete: show }));
  });
}
