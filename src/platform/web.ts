import { sha1Hex } from '../hash.js';
import { fetchTransport } from './http.js';
import type { Platform } from './platform.js';

/** Browsers, workers, Deno and Bun: requests go through the runtime's own `fetch`. */
export const platform: Platform = createWebPlatform(globalThis);

/** What tells the runtimes apart. */
export interface Globals {
  readonly document?: unknown;
  readonly navigator?: { readonly userAgent?: string };
}

/**
 * Finds out which runtime this is. Only browsers, their workers and extensions call themselves Mozilla, and only
 * they need requests without headers of ours.
 */
export function createWebPlatform({ document, navigator }: Globals): Platform {
  const userAgent = navigator?.userAgent ?? '';
  const isBrowser = document !== undefined || userAgent.startsWith('Mozilla/');
  const runtime = isBrowser ? 'Browser' : (/^(Deno|Bun)\b/.exec(userAgent)?.[1] ?? 'Worker');
  return {
    sdkType: `ConfigCat-Rx-${runtime}`,
    identifyBy: isBrowser ? 'query' : 'headers',
    // Evaluation brings a SHA-1 of its own: the package would only add bytes here.
    sha1: sha1Hex,
    // Looked up at each request, so that whoever replaces it later is heard.
    createTransport: ({ fetch }) => fetchTransport(() => fetch ?? globalThis.fetch.bind(globalThis)),
  };
}
