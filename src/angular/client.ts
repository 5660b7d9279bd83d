import type { AnyFlags, FlagTypes } from '../functions.js';
import type { ConfigCatClient } from '../index.js';
import type { FlagInjectors as CoreFlagInjectors } from './flags.js';
import { flagInjectors as coreFlagInjectors } from './flags.js';
import type { ProvidedFlags } from './provided.js';
import { injectProvided } from './provided.js';
import { zoneClient } from './zone-client.js';

/** By what is provided, so that its client is the same each time. */
const clients = new WeakMap<ProvidedFlags, ConfigCatClient>();

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
  const provided = injectProvided();
  const rawClient = provided.rawSource as ConfigCatClient;
  if (typeof (rawClient as Partial<ConfigCatClient>).forceRefresh !== 'function') {
    throw new Error('A core is provided, which is no client. Ask it by injectAsk(), or provide a client.');
  }
  let client = clients.get(provided);
  if (!client) clients.set(provided, (client = zoneClient(provided.zone, rawClient)));
  // At run time the flags of a client may be any.
  return client as unknown as ConfigCatClient<F>;
}

/** The functions that inject flags, and the client, typed by the flags that there are. */
export interface FlagInjectors<F extends FlagTypes<F>> extends CoreFlagInjectors<F> {
  /** `injectConfigCat()` that knows the flags. */
  injectConfigCat: () => ConfigCatClient<F>;
}

/**
 * The same functions for flags whose keys and types are known: wrong keys and default values do not compile.
 *
 * @typeParam F - the flags, as of `createClient<F>()`.
 *
 * @example
 * export const { injectFlag, injectFlag$ } = flagInjectors<{ darkMode: boolean; theme: 'light' | 'dark' }>();
 */
export function flagInjectors<F extends FlagTypes<F> = AnyFlags>(): FlagInjectors<F> {
  return { ...coreFlagInjectors<F>(), injectConfigCat: injectConfigCat<F> };
}
