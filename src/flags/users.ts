import type { Observable } from 'rxjs';
import { Observable as NewObservable, defaultIfEmpty, distinctUntilChanged, isObservable, map } from 'rxjs';
import { requireObject, requireUser } from '../arguments.js';
import { methodFailed } from '../logging/events.js';
import type { User } from '../model/user.js';
import { formOf, takeCopy } from '../model/user-copy.js';
import type { Core } from '../core/source.js';

/** The user of a stream: one, or a stream of them. `undefined` in a stream stands for the default user. */
export type UserSource = User | Observable<User | undefined>;

/**
 * Copies a user as streams do, so that whatever becomes of the object, the attributes stay what they are now: own and
 * inherited ones, by value or by getter. Texts, numbers, dates and lists are copied, objects of unknown classes are kept.
 * An attribute that cannot be read throws again when it is evaluated.
 *
 * @throws TypeError when it is no object.
 *
 * @example
 * class Account { #id = '42'; get identifier() { return this.#id; } }
 * copyUser(new Account()); // { identifier: '42' }
 */
export function copyUser(user: User): User {
  requireObject('user', user);
  return takeCopy(user);
}

/**
 * What equal users have in common, and no others: a key by which they can be looked up. It has all attributes in it, so
 * keep it as you keep them. Holds within one process.
 *
 * @throws TypeError when it is no object.
 *
 * @example
 * const byUser = new Map([[userKey({ identifier: '42' }), session]]);
 * byUser.get(userKey({ identifier: '42' })); // session
 */
export function userKey(user: User): string {
  requireObject('user', user);
  return formOf(user);
}

/** Copies of the users of a stream: one for good, or one after the other, `undefined` for the default user. */
export type Users = User | undefined | Observable<User | undefined>;

/** Takes down who enters a stream as its user: somebody may change the object. Users that follow each other differ. */
export function usersOf({ context: { log }, defaultUser }: Core, user: UserSource | undefined): Users {
  if (!user) return undefined;
  if (!isStream(user)) return defaultUser.copy(user);
  const copy$ = user.pipe(
    map((given) => {
      requireUser(given);
      return given ? defaultUser.copy(given) : undefined;
    }),
    defaultIfEmpty(undefined),
    distinctUntilChanged(defaultUser.isSame),
  );
  // Whoever is known when the stream of users ends or breaks stays. `catchError` takes whatever can be made an Observable.
  return new NewObservable((subscriber) =>
    copy$.subscribe({
      next: (copy) => {
        subscriber.next(copy);
      },
      error: (error: unknown) => {
        log(methodFailed, { method: 'user$' }, error);
      },
    }),
  );
}

function isStream(user: UserSource): user is Observable<User | undefined> {
  try {
    return isObservable(user);
  } catch {
    // A proxy that does not let itself be looked at.
    return false;
  }
}
