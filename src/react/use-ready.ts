'use client';

import { useMemo, useSyncExternalStore } from 'react';
import { useProvider } from './context.js';
import { needNotWait, needNotWaitOnServer, waitEnded$ } from './readiness.js';

/**
 * Tells whether the hooks show more than default values: a config is known, be it that of a cache or of the provider's
 * `state`, or the client has waited for one as long as it does (`maxInitWaitTimeSeconds`). Once true it stays so, and
 * renders the component no more. On a server it is `false` without a `state`.
 *
 * @throws Error (when it renders) when there is no provider above.
 *
 * @example
 * const isReady = useReady();
 * return isReady ? <Shop /> : <Spinner />;
 */
export function useReady(): boolean {
  const context = useProvider();
  const { subscribe, current, server } = useMemo(
    () => ({
      subscribe: (listener: () => void) => {
        const waiting = waitEnded$(context.source).subscribe({ complete: listener });
        return () => {
          waiting.unsubscribe();
        };
      },
      current: () => {
        const isReady = needNotWait(context);
        if (context.own && !isReady) context.own.lackedConfig = true;
        return isReady;
      },
      server: () => needNotWaitOnServer(context),
    }),
    [context.hydratedSnapshot],
  );
  return useSyncExternalStore(subscribe, current, server);
}
