'use client';

import type { ConfigCatClient } from '../index.js';
import { useProvider } from './context.js';

/**
 * The client of the provider above.
 *
 * @throws Error when there is no provider above, or one that was given a core.
 *
 * @example
 * const client = useClient();
 * return <button onClick={() => void client.forceRefresh()}>Refresh</button>;
 */
export function useClient(): ConfigCatClient {
  const client = useProvider().source as Partial<ConfigCatClient>;
  if (typeof client.forceRefresh === 'function') return client as ConfigCatClient;
  throw new Error('useClient() needs a client, and the provider above has a core.');
}
