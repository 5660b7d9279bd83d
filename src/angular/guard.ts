import { inject, untracked } from '@angular/core';
import type { CanActivateChildFn, CanActivateFn, CanMatchFn, UrlTree } from '@angular/router';
import { Router } from '@angular/router';
import type { Observable } from 'rxjs';
import { defaultIfEmpty, from, map, take } from 'rxjs';
import type { HoldOption, SettingValue, UserSource } from '../functions.js';
import { flag$, withHold } from '../functions.js';
import { injectProvided } from './provided.js';
import type { FlagUser } from './user.js';
import { callOutside } from './zone.js';

/** When a route is open, and where to go when it is not. */
export interface FlagGuardOptions {
  /** The value for which the route is open. Default: `true`. */
  readonly expected?: SettingValue;
  /**
   * Where to go instead: a URL, or commands as of a router link. Default: nowhere; `canMatch` then tries the next route.
   */
  readonly redirectTo?: string | readonly unknown[];
  /** Whom to evaluate for. Default: the user of `provideConfigCat()`. */
  readonly user?: FlagUser | undefined;
  /** In what session the value is held that opens or closes the route. Default: as the client does. */
  readonly hold?: HoldOption | undefined;
}

/** A guard for `canMatch`, `canActivate` and `canActivateChild`. */
export type FlagGuard = CanMatchFn & CanActivateFn & CanActivateChildFn;

/**
 * Opens a route for those who get a value of a flag. Waits for the first config, as `flag$()` does, so that nobody is
 * sent away who should not be; the route is closed when the flag cannot be evaluated.
 *
 * @example
 * const routes: Routes = [
 *   { path: 'beta', canMatch: [flagGuard('betaProgram', { redirectTo: '/' })], component: Beta },
 * ];
 */
export function flagGuard(key: string, options: FlagGuardOptions = {}): FlagGuard {
  const { expected = true, redirectTo } = options;
  return (): Observable<boolean | UrlTree> => {
    const { rawSource, zone, user$ } = injectProvided();
    const router = inject(Router);
    const elsewhere = () => {
      if (redirectTo === undefined) return false;
      return typeof redirectTo === 'string' ? router.parseUrl(redirectTo) : router.createUrlTree([...redirectTo]);
    };
    const effective$ = options.user === undefined ? user$ : present(options.user);
    return callOutside(zone, () => flag$(withHold(rawSource, options.hold), key, null, effective$)).pipe(
      take(1),
      // The source has been disposed.
      defaultIfEmpty(null),
      map((value) => value === expected || elsewhere()),
    );
  };
}

/** A user as of now. Guards leave nothing behind, so signals are read once. */
function present(user: FlagUser): UserSource {
  return typeof user === 'function' ? from([untracked(user)]) : user;
}
