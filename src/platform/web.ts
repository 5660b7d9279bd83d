import { requestLimits } from '../acquisition/request-bound.js';
import type { EdgeGlobals } from './browser.js';
import { pageShows, platform as browser, webTransport } from './browser.js';
import { anyReader } from './http.js';
import { identifyByHeaders } from './identify.js';
import type { Platform } from './platform.js';
import { holdProcess, idleScheduler } from './process.js';

/** Workers at the edge, and whatever else is no page: found out when it runs. */
export const platform: Platform = createWebPlatform(globalThis);

/** What tells the runtimes apart. */
export interface Globals extends EdgeGlobals {
  readonly navigator?: { readonly userAgent?: string };
  readonly addEventListener?: unknown;
  readonly removeEventListener?: unknown;
}

/**
 * Finds out which runtime this is. Only browsers, their workers and extensions call themselves Mozilla, and only
 * they need requests without headers of ours.
 */
export function createWebPlatform(globals: Globals): Platform {
  const userAgent = globals.navigator?.userAgent ?? '';
  if (globals.document !== undefined || userAgent.startsWith('Mozilla/')) {
    return { ...browser, resumed$: pageShows(globals as Partial<EventTarget>) };
  }
  // Cloudflare's workers do not always say what they are: it depends on their compatibility date.
  const isRequestBound = (globals.WebSocketPair ?? globals.EdgeRuntime) !== undefined;
  return {
    sdkType: `ConfigCat-Rx-${/^(Deno|Bun)\b/.exec(userAgent)?.[1] ?? 'Worker'}`,
    identify: identifyByHeaders,
    sha1: browser.sha1,
    createTransport: (options) => webTransport(options, { readerOf: anyReader }),
    idle: idleScheduler,
    ...(isRequestBound ? { limits: requestLimits(isInRequest) } : { holdProcess }),
  };
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
