import type { ConfigCatClient } from 'configcat-rx';
import { autoPoll, sharedClient } from 'configcat-rx';
import { options, sdkKey } from './settings';

/**
 * The one client of the server. Next puts pages, route handlers and the proxy into bundles of their own, and loads them anew
 * while developing: all of them are given the same client.
 */
export function serverClient(): ConfigCatClient {
  return (client ??= sharedClient(sdkKey, { ...options, polling: autoPoll({ pollIntervalSeconds: 1 }) }));
}

/** That of this bundle, so that each counts as one use, however many pages it renders. */
let client: ConfigCatClient | undefined;
