import { Observable } from 'rxjs';
import { sha1Hex } from '../hash.js';
import { fetchTransport, ownFetch } from './http.js';
import type { Platform } from './platform.js';
import { agentRefusal } from './platform.js';

/** Browsers and workers: requests go through the runtime's own `fetch`. */
export const platform: Platform = createWebPlatform(globalThis);

/** What tells the runtimes apart. */
export interface Globals {
  readonly document?: unknown;
  readonly navigator?: { readonly userAgent?: string };
  readonly WebSocketPair?: unknown;
  readonly EdgeRuntime?: unknown;
  readonly addEventListener?: unknown;
  readonly removeEventListener?: unknown;
}

/**
 * Finds out which runtime this is. Only browsers, their workers and extensions call themselves Mozilla, and only
 * they need requests without headers of ours.
 */
export function createWebPlatform(globals: Globals): Platform {
  const userAgent = globals.navigator?.userAgent ?? '';
  const isBrowser = globals.document !== undefined || userAgent.startsWith('Mozilla/');
  // Cloudflare's workers do not always say what they are: it depends on their compatibility date.
  const isRequestBound = !isBrowser && (globals.WebSocketPair ?? globals.EdgeRuntime) !== undefined;
  return {
    sdkType: `ConfigCat-Rx-${isBrowser ? 'Browser' : (/^(Deno|Bun)\b/.exec(userAgent)?.[1] ?? 'Worker')}`,
    identifyBy: isBrowser ? 'query' : 'headers',
    // Evaluation brings a SHA-1 of its own: the package would only add bytes here.
    sha1: sha1Hex,
    ...(isRequestBound && { isInRequest }),
    ...(isBrowser && isEventTarget(globals) && { resumed$: pageShows(globals) }),
    createTransport: ({ fetch, agent }) => {
      if (agent !== undefined) throw agentRefusal('Agents are for Node: give the option `fetch` instead.');
      return fetchTransport(() => fetch ?? ownFetch());
    },
  };
}

/** React Native has a window that tells of nothing. */
function isEventTarget(globals: object): globals is EventTarget {
  const { addEventListener, removeEventListener } = globals as Globals;
  return typeof addEventListener === 'function' && typeof removeEventListener === 'function';
}

/** `fromEvent` takes every kind of source, which is more to load than all else of RxJS that is for browsers alone. */
function pageShows(page: EventTarget): Observable<Event> {
  return new Observable((subscriber) => {
    const show = subscriber.next.bind(subscriber);
    page.addEventListener('pageshow', show);
    return () => {
      page.removeEventListener('pageshow', show);
    };
  });
}

/** No timer can be set outside of a request. */
function isInRequest(): boolean {
  try {
    clearTimeout(setTimeout(() => undefined));
    return true;
  } catch {
    return false;
  }
}
