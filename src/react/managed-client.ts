import type { Subscription } from 'rxjs';
import { BehaviorSubject, timer } from 'rxjs';
import type { ClientOptions, ConfigCatClient, Snapshot } from '../index.js';
import { createClient } from '../index.js';
import { hydrate } from './hydration.js';

/** What a provider makes a client of. */
export interface ClientProps {
  readonly sdkKey: string;
  readonly options?: ClientOptions | undefined;
}

/**
 * A client that works only while it is told to: React renders what it never shows, on servers above all, and tells nobody
 * of what it gives up. Such a client has sent nothing, and nothing remembers it.
 */
export interface ManagedClient {
  readonly client: ConfigCatClient;
  /** What the client knew before it began to work: nothing but local overrides. */
  readonly firstSnapshot: Snapshot;
  /** Lets the client work until the returned function is called, after which it keeps what it knows. */
  readonly work: () => () => void;
  readonly end: () => void;
}

/** Makes a client that begins with a state. Reads no clock and starts no timer, as it is called while React renders. */
export function createManagedClient(
  { sdkKey, options = {} }: ClientProps,
  state: string | null | undefined,
): ManagedClient {
  const workWhile$ = new BehaviorSubject(false);
  const cache = state ? { cache: hydrate(state, options.cache) } : {};
  const client = createClient(sdkKey, { ...options, ...cache, workWhile$ });
  let pausing: Subscription | undefined;
  return {
    client,
    firstSnapshot: client.snapshot(),
    work: () => {
      pausing?.unsubscribe();
      if (!workWhile$.value) workWhile$.next(true);
      return () => {
        // StrictMode shows it again before anything else happens.
        pausing = timer(0, options.scheduler).subscribe(() => {
          workWhile$.next(false);
        });
      };
    },
    end: () => {
      client.dispose();
    },
  };
}
