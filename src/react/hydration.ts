import type { AnyFlags, ConfigCache, DehydrateOptions, FlagTypes } from '../functions.js';
import { cacheStartingWith, dehydrateValues } from '../functions.js';
import type { ProvidedSource } from './context.js';

/**
 * Writes down the config of a core or client, for a page that a server renders: give it to the provider on the server, embed
 * it, and give it to the provider in the browser. It is JSON that is safe inside of a script element. The rules of all flags
 * are in it, as they are in what browsers fetch; overrides and users are not. It is `null` while there is no config.
 *
 * With `values` it writes the values of one user and nothing else: see `dehydrateValues()` of `configcat-rx/core`. That is no
 * `state` for a provider, but for `createCoreFromValues()`, whose core is a `source`.
 *
 * @param values - whose values are written, and of which flags. Default: the config is written.
 * @throws TypeError when the user is no object, or a key no string.
 *
 * @example
 * const state = dehydrate(client);
 * const html = renderToString(<ConfigCatProvider client={client} state={state}><App /></ConfigCatProvider>);
 * response.send(`<div id="root">${html}</div><script id="flags" type="application/json">${state}</script>`);
 */
export function dehydrate<F extends FlagTypes<F> = AnyFlags>(
  source: ProvidedSource<F>,
  values?: DehydrateOptions<F>,
): string {
  if (values) return dehydrateValues(source, values);
  const json = JSON.stringify(source.snapshot().cacheText ?? null);
  // Nothing in it ends a script or begins a comment, and every version of JavaScript can read it.
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * A cache that begins with what `dehydrate()` has written: its client knows the config at once, and asks the server only
 * for a newer one.
 *
 * @param state - what `dehydrate()` gave, or nothing. Anything else is logged by the client, and nothing comes of it.
 * @param cache - where configs are read and kept from then on. Default: nowhere.
 *
 * @example
 * const state = document.getElementById('flags')?.textContent;
 * const client = createClient(sdkKey, { cache: hydrate(state, localStorageCache()) });
 */
export function hydrate(state: string | null | undefined, cache?: ConfigCache): ConfigCache {
  return cacheStartingWith(() => cacheTextOf(state), cache);
}

/**
 * What `dehydrate()` has written down.
 *
 * @throws TypeError when the state is none.
 */
export function cacheTextOf(state: string | null | undefined): string | undefined {
  if (!state) return undefined;
  // A state that was embedded as a JavaScript expression comes without its quotes.
  if (/^\d/.test(state)) return state;
  try {
    const text: unknown = JSON.parse(state);
    if (text === null) return undefined;
    if (typeof text === 'string') return text;
  } catch {
    // Said below.
  }
  throw new TypeError('Invalid argument `state`. Expected what dehydrate() gave.');
}
