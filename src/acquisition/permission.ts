import type { Observable, SchedulerLike } from 'rxjs';
import { EMPTY, concat, defer, filter, identity, ignoreElements, merge, of, switchMap, take, tap, timer } from 'rxjs';

/** When a client may work by itself. */
export interface Permission {
  /** Emits `true` when it is given, `false` when it is taken back. */
  readonly workWhile$: Observable<boolean>;
  readonly hasBegun: () => boolean;
  /** Subscribed to work while it is allowed, and to nothing otherwise: nothing then remembers the client. */
  readonly whileGiven: <T>(tasks$: Observable<T>) => Observable<T>;
  /** Completes when the client has begun to work, or has been waited for in vain. */
  readonly begin$: Observable<never>;
  /** Reads after the client has begun to work. One that does not begin is waited for as long as for a first config. */
  readonly onceGiven: (read$: Observable<never>) => Observable<never>;
}

/** What a permission has to know of the store that asks for it. */
export interface PermissionContext {
  readonly isInitialised: () => boolean;
  /** Ends the wait for a first config. */
  readonly endWait: () => void;
  readonly maxInitWaitMs: number;
  readonly scheduler: SchedulerLike;
}

/** The permission of clients that work from the first moment on. */
export const alwaysGiven: Permission = {
  workWhile$: of(true),
  hasBegun: () => true,
  whileGiven: identity,
  begin$: EMPTY,
  onceGiven: identity,
};

/** How long reads wait where the polling mode lets them wait for a first config for good. */
const maxIdleMs = 5000;

/** Creates the permission of a client, which reads no clock before it is given. */
export function permissionBy(
  workWhile$: Observable<boolean>,
  { isInitialised, endWait, maxInitWaitMs, scheduler }: PermissionContext,
): Permission {
  let hasBegun = false;
  const begin$ = defer(() => {
    if (hasBegun || isInitialised()) return EMPTY;
    const tooLong$ = timer(Math.min(maxInitWaitMs, maxIdleMs), scheduler).pipe(tap(endWait));
    return merge(workWhile$.pipe(filter(Boolean)), tooLong$).pipe(take(1), ignoreElements());
  });
  return {
    workWhile$,
    begin$,
    hasBegun: () => hasBegun,
    whileGiven: (tasks$) =>
      workWhile$.pipe(
        tap((isGiven) => (hasBegun ||= isGiven)),
        switchMap((isGiven) => (isGiven ? tasks$ : EMPTY)),
      ),
    onceGiven: (read$) => {
      const begunRead$ = defer(() => (hasBegun ? read$ : EMPTY));
      return defer(() => (hasBegun ? read$ : concat(begin$, begunRead$)));
    },
  };
}
