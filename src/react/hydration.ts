import type { SchedulerLike } from 'rxjs';
import { Subscription } from 'rxjs';
import type { AnyFlags, ConfigCache, ConfigCatClient, FlagTypes, LogLevel, Snapshot } from '../index.js';
import { cacheStartingWith, createClientWithManualPoll } from '../index.js';

/**
 * Writes down the config of a client, for a page that a server renders: give it to the provider on the server, embed it,
 * and give it to the provider in the browser. It is JSON that is safe inside of a script element. The rules of all flags
 * are in it, as they are in what browsers fetch; overrides and users are not. It is `null` while there is no config.
 *
 * @example
 * const state = dehydrate(client);
 * const html = renderToString(<ConfigCatProvider client={client} state={state}><App /></ConfigCatProvider>);
 * response.send(`<div id="root">${html}</div><script id="flags" type="application/json">${state}</script>`);
 */
export function dehydrate<F extends FlagTypes<F> = AnyFlags>(client: ConfigCatClient<F>): string {
  const json = JSON.stringify(client.snapshot().cacheText ?? null);
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
  return cacheStartingWith(() => parseState(state), cache);
}

/** A clock that stands still, at the last moment there is: whatever the time of a state, it lies in the past. */
const afterAll: SchedulerLike = { now: () => 8.64e15, schedule: () => Subscription.EMPTY };

/**
 * What was known when a state was written down, as a snapshot that logs nothing of evaluations: of a state that is
 * empty, it gives default values. Reads no clock, as it is called while React renders.
 */
export function snapshotOf(state: string | null | undefined, client: ConfigCatClient, logLevel: LogLevel): Snapshot {
  const { defaultUser } = client.snapshot();
  const then = createClientWithManualPoll(`configcat-sdk-1/${'-'.repeat(22)}/${'-'.repeat(22)}`, {
    ...(defaultUser && { defaultUser }),
    cache: hydrate(state),
    offline: true,
    scheduler: afterAll,
    logLevel,
    logFilter: (_, eventId) => eventId === 2200,
  });
  const snapshot = then.snapshot();
  then.dispose();
  return snapshot;
}

function parseState(state: string | null | undefined): string | undefined {
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
