import type { ConfigCatClient } from 'configcat-rx';
import { createClientWithAutoPoll } from 'configcat-rx';
import { options, sdkKey } from './settings';

const holder = globalThis as { shopClient?: ConfigCatClient };

/**
 * The one client of the server. Next puts pages, route handlers and the proxy into bundles of their own, and loads them anew
 * while developing: they share what is on the global object, and nothing else.
 */
export function serverClient(): ConfigCatClient {
  return (holder.shopClient ??= createClientWithAutoPoll(sdkKey, { ...options, pollIntervalSeconds: 1 }));
}
