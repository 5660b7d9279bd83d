import type { EnvironmentProviders } from '@angular/core';
import type { AnyFlags, FlagTypes } from '../functions.js';
import type { ConfigCatOptions, ProvidedSource } from './provided.js';
import { provideFlags } from './provided.js';
import type { Hydrate } from './transfer.js';

/**
 * Provides flags for an application, or for the routes that list it among their providers. The core works outside the
 * zone; when a server renders, its config goes to the browser, which begins with it.
 *
 * @typeParam F - the flags of the core or client. Default: any.
 * @param origin - a function that makes a core, or a client: it is disposed with the injector. It is given what makes a cache that
 * begins with the config of the server, and what the server has transferred itself (`null` where that is nothing). Or one of
 * yours, which stays yours, as servers should share one among requests.
 * @param options - the user of all flags, and how the config is transferred.
 * @throws TypeError (when the application starts) when it is none of these.
 *
 * @example
 * bootstrapApplication(App, {
 *   providers: [
 *     provideConfigCat((hydrate) =>
 *       createCore(sdkKey, { polling: autoPoll(), cache: externalCache(hydrate()) }), { user: () => inject(Session).user() }),
 *   ],
 * });
 */
export function provideConfigCat<F extends FlagTypes<F> = AnyFlags>(
  origin: ProvidedSource<F> | ((hydrate: Hydrate, state: string | null) => ProvidedSource<F>),
  options?: ConfigCatOptions,
): EnvironmentProviders;
export function provideConfigCat(
  origin: ProvidedSource | ((hydrate: Hydrate, state: string | null) => ProvidedSource),
  options: ConfigCatOptions = {},
): EnvironmentProviders {
  return provideFlags(
    {
      getSource: ({ hydrate, text }) => (typeof origin === 'function' ? origin(hydrate, text) : origin),
      isOwned: typeof origin === 'function',
      expected: 'a core, a client, or what makes one',
    },
    options,
  );
}
