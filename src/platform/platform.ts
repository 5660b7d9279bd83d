import type { Observable, SchedulerLike } from 'rxjs';
import type { Identify, Transport } from '../acquisition/fetch.js';
import type { RuntimeLimits } from '../acquisition/runtime-limits.js';

/** What differs between the runtimes a client can live in. */
export interface Platform {
  /** Names the product and the runtime to the server. */
  readonly sdkType: string;
  /** How requests say who asks. */
  readonly identify: Identify;
  /** SHA-1 of a text as hex: the name of a config in shared caches. Source: protocol section 9. */
  readonly sha1: (text: string) => string;
  /** What the runtime lets clients wait for. Default: whatever they like. */
  readonly limits?: RuntimeLimits;
  /** Timers that do not keep a process alive. Default: timers as all others. */
  readonly idle?: SchedulerLike;
  /** Keeps the process alive until the returned function is called. Default: nothing does. */
  readonly holdProcess?: () => () => void;
  /** Emits when timers may have stood still, as they do in the back/forward cache of some browsers. */
  readonly resumed$?: Observable<unknown>;
  /**
   * Chooses how requests are sent.
   *
   * @throws TypeError naming the option that means nothing here.
   * @param disposed$ - completes when the client is disposed, so that no connection outlives it.
   */
  readonly createTransport: (options: TransportOptions, disposed$: Observable<unknown>) => Transport;
}

/** The options that decide how requests are sent. */
export interface TransportOptions {
  readonly fetch?: FetchFunction;
  readonly agent?: unknown;
}

/** The part of the Fetch API that clients use. */
export type FetchFunction = (
  url: string,
  init: { method: 'GET'; headers: Record<string, string>; signal: AbortSignal },
) => Promise<FetchResponse>;

/** The part of a Fetch API response that clients use. */
export interface FetchResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: { get(name: string): string | null };
  /** The body as a stream, of the web or of Node, by which a body that is too long is noticed as it arrives. */
  readonly body?: unknown;
  /** The body as text, for functions that give no stream; rejects when it does not come as a whole. */
  text(): Promise<string>;
}

/** Says that `agent` cannot be heeded, because whoever gave it relies on it. */
export function agentRefusal(reason: string): TypeError {
  return new TypeError(`Invalid property \`options.agent\`. ${reason}`);
}
