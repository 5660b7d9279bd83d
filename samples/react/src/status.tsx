import type { ClientStatus } from 'configcat-rx';
import { useEffect, useState } from 'react';
import { useClient } from './flags.js';

const words = {
  'up-to-date': 'Flags are up to date',
  cached: 'Flags are from the cache',
  'no-flag-data': 'No flags yet',
  'local-only': 'Flags are overridden',
} as const;

/** What the client is doing. The server knows nothing of it, so there is nothing to see before the page is alive. */
export function Status() {
  const client = useClient();
  const [status, setStatus] = useState<ClientStatus>();
  useEffect(() => {
    const subscription = client.status$.subscribe(setStatus);
    return () => subscription.unsubscribe();
  }, [client]);
  return (
    <footer className="status" data-state={status?.lastError ? 'failing' : status?.cacheState} aria-live="polite">
      <span className="dot" />
      <span>{status && (status.lastError?.errorMessage ?? words[status.cacheState])}</span>
      <span className="quiet">{status?.fetchedAt && `asked ${status.fetchedAt.toLocaleTimeString()}`}</span>
      <button onClick={() => void client.forceRefresh()}>Ask now</button>
    </footer>
  );
}
