import { timer } from 'rxjs';
import type { ClientOptions, ConfigCatClient } from '../index.js';
import { createClient } from '../index.js';
import { hydrate } from './hydration.js';

/** How a provider is told to make a client. */
export interface LeaseTerms {
  readonly sdkKey: string;
  readonly options?: ClientOptions | undefined;
}

/**
 * A client that lives as long as somebody claims it. React renders what it never shows, shows again what it has taken
 * down, and tells nobody of what it gives up: so whoever has not claimed within a few seconds will not.
 */
export interface Lease {
  readonly client: ConfigCatClient;
  /** Keeps the client until the returned function is called; gives nothing when it has ended already. */
  readonly claim: () => (() => void) | undefined;
  readonly isOver: () => boolean;
}

const unclaimedForMs = 5000;

/** By the properties of the element that asked: React renders the same ones again, in StrictMode or after a suspense. */
const leases = new WeakMap<LeaseTerms, Lease>();

/** The lease that was made for the same properties, or a new one, whose client begins with a state. */
export function leaseFor(terms: LeaseTerms, state: string | null | undefined): Lease {
  const known = leases.get(terms);
  if (known && !known.isOver()) return known;
  const lease = createLease(terms, state);
  leases.set(terms, lease);
  return lease;
}

function createLease({ sdkKey, options = {} }: LeaseTerms, state: string | null | undefined): Lease {
  const client = createClient(sdkKey, state ? { ...options, cache: hydrate(state, options.cache) } : options);
  let claims = 0;
  let isOver = false;
  const endAfter = (ms: number) =>
    timer(ms, options.scheduler).subscribe(() => {
      isOver = true;
      client.dispose();
    });
  let ending = endAfter(unclaimedForMs);
  return {
    client,
    isOver: () => isOver,
    claim: () => {
      if (isOver) return undefined;
      ending.unsubscribe();
      claims++;
      return () => {
        // StrictMode claims again before anything else happens.
        if (--claims === 0) ending = endAfter(0);
      };
    },
  };
}
