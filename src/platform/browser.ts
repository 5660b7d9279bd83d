import { Observable } from 'rxjs';
import type { Transport } from '../acquisition/fetch.js';
import { sha1Hex } from '../hash.js';
import type { FetchTransportOptions } from './http.js';
import { fetchTransport, ownFetch } from './http.js';
import { identifyByQuery } from './identify.js';
import type { Platform, TransportOptions } from './platform.js';
import { agentRefusal } from './platform.js';

/** Pages, their workers and extensions: nothing holds a process there, and nothing ends with a request. */
export const platform: Platform = {
  sdkType: 'ConfigCat-Rx-Browser',
  identify: identifyByQuery,
  // Evaluation brings a SHA-1 of its own: the package would only add bytes here.
  sha1: sha1Hex,
  resumed$: pageShows(globalThis),
  createTransport: (options) => {
    refuseEdgeWorkers(globalThis);
    return webTransport(options);
  },
};

/** What workers at the edge have, and pages have not. */
export interface EdgeGlobals {
  readonly document?: unknown;
  readonly WebSocketPair?: unknown;
  readonly EdgeRuntime?: unknown;
}

/**
 * Timers and requests end there with the request that is handled, and who has waited for them waits for good.
 *
 * @throws Error that says how workers are bundled.
 */
export function refuseEdgeWorkers({ document, WebSocketPair, EdgeRuntime }: EdgeGlobals): void {
  if (document === undefined && (WebSocketPair ?? EdgeRuntime) !== undefined) {
    throw new Error('This bundle is for browsers. Bundle workers with the condition `workerd` or `edge-light`.');
  }
}

/** Sends requests with the function that is given, or the runtime's own. */
export function webTransport({ fetch, agent }: TransportOptions, how?: FetchTransportOptions): Transport {
  if (agent !== undefined) throw agentRefusal('Agents are for Node: give the option `fetch` instead.');
  return fetchTransport(() => fetch ?? ownFetch(), how);
}

/** `fromEvent` takes every kind of source, which is more to load than all else of RxJS that is for browsers alone. */
export function pageShows(page: Partial<EventTarget>): Observable<unknown> {
  return new Observable((subscriber) => {
    const show = subscriber.next.bind(subscriber);
    // Not every page tells of events.
    page.addEventListener?.('pageshow', show);
    return () => {
      page.removeEventListener?.('pageshow', show);
    };
  });
}
