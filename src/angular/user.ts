import type { Signal } from '@angular/core';
import { ErrorHandler, Injector, computed, inject, isSignal, runInInjectionContext, untracked } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import type { Observable } from 'rxjs';
import { NEVER, catchError, defer, filter, isObservable, map, merge, of } from 'rxjs';
import type { User } from '../functions.js';
import { copyUser, isSameUser } from '../functions.js';

/**
 * The user of flags: one, or a signal or stream of them, or a function that is called in an injection context and whose
 * signals are followed. `undefined` stands for the client's default user. Until a stream has emitted, nothing is
 * evaluated; one that fails is reported to Angular's `ErrorHandler`, and its last user stays.
 */
export type FlagUser = User | Signal<User | undefined> | Observable<User | undefined> | (() => User | undefined);

/** A user who is known, be it as nobody in particular. */
export interface ResolvedUser {
  readonly user: User | undefined;
}

/** Follows a user, from an injection context. `undefined` while it is not known who that is. */
export function followUser(given: FlagUser | undefined): Signal<ResolvedUser | undefined> {
  if (isObservable(given)) {
    const errors = inject(ErrorHandler);
    const resolved$ = given.pipe(
      map(toResolvedUser),
      // Whoever was the user last stays so.
      catchError((error: unknown) => {
        errors.handleError(error);
        return NEVER;
      }),
    );
    return toSignal(resolved$, { equal: isSameResolved });
  }
  const injector = inject(Injector);
  const read = () => (typeof given === 'function' ? runInInjectionContext(injector, given) : given);
  return computed(() => toResolvedUser(isSignal(given) ? given() : read()), { equal: isSameResolved });
}

/** Calls a function that may give a signal or a stream as well, from an injection context. */
export function resolveUser(given: FlagUser | (() => FlagUser | undefined) | undefined): FlagUser | undefined {
  if (typeof given !== 'function' || isSignal(given)) return given;
  const result = given();
  return isObservable(result) || isSignal(result) ? result : (given as () => User | undefined);
}

/** What follows a user, the present one first. From an injection context. */
export function streamOf(user: Signal<ResolvedUser | undefined>): Observable<User | undefined> {
  const later$ = toObservable(user);
  return defer(() => merge(of(untracked(user)), later$)).pipe(
    filter((resolved) => resolved !== undefined),
    map((resolved) => resolved.user),
  );
}

function toResolvedUser(user: User | null | undefined): ResolvedUser {
  // Copied, because the object may change before it is set again.
  return { user: user ? copyUser(user) : undefined };
}

function isSameResolved(a: ResolvedUser | undefined, b: ResolvedUser | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && isSameUser(a.user, b.user));
}
