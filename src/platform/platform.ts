import type { Observable } from 'rxjs';
import type { Transport } from '../acquisition/fetch.js';

/** What differs between the runtimes a client can live in. */
export interface Platform {
  /** Names the product and the runtime to the server. */
  readonly sdkType: string;
  /** Browsers identify themselves through the query: headers of ours would cost a preflight request per poll. */
  readonly identifyBy: 'headers' | 'query';
  /** SHA-1 of a text as hex: the name of a config in shared caches. Source: protocol section 9. */
  readonly sha1: (text: string) => string;
  /**
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
  /** The body as text; rejects when it does not come as a whole. */
  text(): Promise<string>;
}
