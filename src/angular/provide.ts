import type { EnvironmentProviders } from '@angular/core';
import type { AnyFlags, FlagTypes } from '../functions.js';
import type { ClientOptions, ConfigCatClient } from '../index.js';
import { createClient } from '../index.js';
import type { ConfigCatOptions } from './provided.js';
import { provideFlags } from './provided.js';
import type { Hydrate } from './transfer.js';

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
  { user, transferState, transfer, ...options }: ClientOptions & ConfigCatOptions = {},
): EnvironmentProviders {
  return provideFlags(
    {
      getSource: ({ text, hydrate }) => {
        if (typeof origin === 'function') return origin(hydrate);
        if (typeof origin !== 'string') return origin;
        return createClient(origin, text !== null ? { ...options, cache: hydrate(options.cache) } : options);
      },
      isOwned: typeof origin === 'function' || typeof origin === 'string',
      expected: 'an SDK key, a client, or what makes one',
    },
    { user, transfer, ...(transferState !== undefined && { transferState }) },
  );
}
