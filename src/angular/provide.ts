import type { EnvironmentProviders, Signal } from '@angular/core';
import {
  DestroyRef,
  InjectionToken,
  NgZone,
  inject,
  makeEnvironmentProviders,
  provideEnvironmentInitializer,
  untracked,
} from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import type { Observable } from 'rxjs';
import { defer, filter, map, merge, of } from 'rxjs';
import type { AnyFlags, ClientOptions, ConfigCatClient, FlagTypes, User } from '../index.js';
import { createClient } from '../index.js';
import type { Hydrate } from './transfer.js';
import { injectTransfer } from './transfer.js';
import type { FlagUser, ResolvedUser } from './user.js';
import { followUser, resolveUser } from './user.js';
import { zoneClient } from './zone.js';

/** How flags are provided, whatever the client comes from. */
export interface ConfigCatOptions {
  /**
   * The user of all flags that name none. A function is called in an injection context, and may also give a signal or
   * a stream. Default: the client's default user.
   */
  readonly user?: FlagUser | (() => FlagUser | undefined) | undefined;
  /**
   * The name under which the server transfers the config to the browser, or `false` not to. Where two configs are
   * provided, they need two names. Default: `'configcat-rx'`.
   */
  readonly transferState?: string | false;
}

/** What flags are read from. */
export interface Source {
  /** As the page uses it: works outside the zone, emits inside. */
  readonly client: ConfigCatClient;
  /** Emits wherever it is. */
  readonly rawClient: ConfigCatClient;
  readonly user: Signal<ResolvedUser | undefined>;
  readonly user$: Observable<User | undefined>;
}

const SOURCE = new InjectionToken<Source>('ConfigCat client');

/**
 * Provides flags for an application, or for the routes that list it among their providers. The client works outside the
 * zone; when a server renders, its config goes to the browser, which begins with it.
 *
 * @param origin - an SDK key, or a function that makes a client: it is disposed with the injector. Or a client of yours,
 * which stays yours, as servers should share one among requests.
 * @param options - those of the client for an SDK key, the user of all flags, and how the config is transferred.
 * @throws Error, TypeError or RangeError (when the application starts) naming the option that is wrong.
 *
 * @example
 * bootstrapApplication(App, {
 *   providers: [provideConfigCat(sdkKey, { user: () => inject(Session).user() })],
 * });
 */
export function provideConfigCat(origin: string, options?: ClientOptions & ConfigCatOptions): EnvironmentProviders;
export function provideConfigCat<F extends FlagTypes<F> = AnyFlags>(
  origin: ConfigCatClient<F> | ((hydrate: Hydrate) => ConfigCatClient<F>),
  options?: ConfigCatOptions,
): EnvironmentProviders;
export function provideConfigCat(
  origin: string | ConfigCatClient | ((hydrate: Hydrate) => ConfigCatClient),
  options: ClientOptions & ConfigCatOptions = {},
): EnvironmentProviders {
  return makeEnvironmentProviders([
    { provide: SOURCE, useFactory: () => createSource(origin, options) },
    // The first fetch need not wait for the first flag.
    provideEnvironmentInitializer(() => inject(SOURCE)),
  ]);
}

/**
 * The client that is provided, from an injection context.
 *
 * @throws Error when none is.
 *
 * @example
 * readonly client = injectConfigCat();
 * refresh = () => this.client.forceRefresh();
 */
export function injectConfigCat<F extends FlagTypes<F> = AnyFlags>(): ConfigCatClient<F> {
  // At run time the flags of a client may be any.
  return injectSource().client as unknown as ConfigCatClient<F>;
}

export function injectSource(): Source {
  const source = inject(SOURCE, { optional: true });
  if (!source) throw new Error('There is no ConfigCat client. Add provideConfigCat() to the providers.');
  return source;
}

/** What follows a user, the present one first. */
export function streamOf(user: Signal<ResolvedUser | undefined>): Observable<User | undefined> {
  const later$ = toObservable(user);
  return defer(() => merge(of(untracked(user)), later$)).pipe(
    filter((known) => known !== undefined),
    map((known) => known.user),
  );
}

function createSource(
  origin: string | ConfigCatClient | ((hydrate: Hydrate) => ConfigCatClient),
  { user: given, transferState = 'configcat-rx', ...options }: ClientOptions & ConfigCatOptions,
): Source {
  const zone = inject(NgZone);
  const { isReceived, hydrate, send } = injectTransfer(transferState);
  const rawClient = zone.runOutsideAngular(() => {
    if (typeof origin === 'function') return origin(hydrate);
    if (typeof origin !== 'string') return origin;
    return createClient(origin, isReceived ? { ...options, cache: hydrate(options.cache) } : options);
  });
  if (typeof (rawClient as Partial<ConfigCatClient> | undefined)?.flag$ !== 'function') {
    throw new TypeError('Invalid argument of provideConfigCat(). Expected an SDK key, a client, or what makes one.');
  }
  if (rawClient !== origin) inject(DestroyRef).onDestroy(() => rawClient.dispose());
  send(rawClient);
  const user = followUser(resolveUser(given));
  return { client: zoneClient(zone, rawClient), rawClient, user, user$: streamOf(user) };
}
