import { Subscription, BehaviorSubject, concat, timer } from 'rxjs';
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
  /** Keeps the client until the returned function is called; the last such call disposes it. */
  readonly hold: () => () => void;
  /**
   * Lets the client work for whoever waits for it before its provider is shown, which then finds it again. No effect tells when
   * React gives that up: some time after its wait for a first config the client stops, unless somebody holds it.
   */
  readonly claim: () => void;
}

/** Clients that somebody waits for, by SDK key: above a boundary that suspends, React renders providers anew each time. */
const claimed = new Map<string, ManagedClient>();

/** How long after its wait a client can still be found by the render that it was waited for, which React may put off. */
const claimMs = 5000;

/** The client that somebody waits for already, or a new one. */
export function claimedOrNew(props: ClientProps, state: string | null | undefined): ManagedClient {
  return claimed.get(props.sdkKey) ?? createManagedClient(props, state);
}

/** Makes a client that begins with a state. Reads no clock and starts no timer, as it is called while React renders. */
function createManagedClient({ sdkKey, options = {} }: ClientProps, state: string | null | undefined): ManagedClient {
  const { scheduler } = options;
  const workWhile$ = new BehaviorSubject(false);
  const cache = state ? { cache: hydrate(state, options.cache) } : {};
  const client = createClient(sdkKey, { ...options, ...cache, workWhile$ });
  const timers = new Subscription();
  let workers = 0;
  let holders = 0;

  const after = (ms: number, act: () => void) => {
    timers.add(timer(ms, scheduler).subscribe(act));
  };
  const work = () => {
    workers++;
    if (!workWhile$.value) workWhile$.next(true);
    return () => {
      workers--;
      // StrictMode shows it again before anything else happens.
      after(0, () => {
        if (workers === 0 && workWhile$.value) workWhile$.next(false);
      });
    };
  };
  const forget = () => {
    if (claimed.get(sdkKey) === managed) claimed.delete(sdkKey);
  };
  const managed: ManagedClient = {
    client,
    firstSnapshot: client.snapshot(),
    work,
    hold: () => {
      holders++;
      return () => {
        if (--holders > 0) return;
        forget();
        timers.unsubscribe();
        client.dispose();
      };
    },
    claim: () => {
      if (claimed.get(sdkKey) === managed) return;
      claimed.set(sdkKey, managed);
      const release = work();
      timers.add(
        concat(client.ready$, timer(claimMs, scheduler)).subscribe({
          complete: () => {
            forget();
            release();
          },
        }),
      );
    },
  };
  return managed;
}
