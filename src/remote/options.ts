import type { SchedulerLike } from 'rxjs';
import { requireString } from '../arguments.js';
import type { InitialPolicy } from '../core/options.js';
import type { LogLevel, Logger } from '../logging/logger.js';
import { consoleLogger } from '../logging/logger.js';
import type { User } from '../model/user.js';
import { plainTimers } from '../plain-timers.js';
import { safeRandom } from '../random.js';
import type { RenderedValues } from './rendered.js';
import type { ValueStorage } from './storage.js';

/** The part of the Fetch API by which a relay is asked. */
export type RemoteFetch = (
  url: string,
  init: {
    method: 'GET' | 'POST';
    headers: Record<string, string>;
    body?: string;
    credentials?: 'omit' | 'same-origin' | 'include';
    cache: 'no-store';
    signal: AbortSignal;
  },
) => Promise<RemoteResponse>;

/** The part of a Fetch API response that is read. */
export interface RemoteResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array> | null;
  text(): Promise<string>;
}

/** Options of `createRemote()` and `createRemoteClient()`. */
export interface RemoteOptions {
  /** Where the relay is mounted: a URL with `http:` or `https:`; in pages also a path, on the server of the page. */
  readonly url: string;
  /** What the page knows of its user. Who asks is the relay's word in the end. Default: nothing. */
  readonly user?: User | undefined;
  /**
   * What flag streams emit before the first values have come; a single stream can ask for something else.
   *
   * @defaultValue `'wait'`
   */
  readonly initial?: InitialPolicy;
  /**
   * How long reads wait for the first values, in seconds; then they answer by default values.
   *
   * @defaultValue `5`
   */
  readonly maxInitWaitTimeSeconds?: number;
  /** Where values are kept for the next time that the page is loaded: `localStorageValues()`. Default: nowhere. */
  readonly storage?: ValueStorage;
  /**
   * What the server has rendered the page by: `renderedValues(state)`. It goes before what is kept. Default: nothing.
   */
  readonly rendered?: RenderedValues | undefined;
  /**
   * Keeps a stream open, on which changes come at once. With `false` values are polled.
   *
   * @defaultValue `true`
   */
  readonly live?: boolean;
  /**
   * How long to wait between polls, in seconds, 1 to 86400: without `live`, and while no stream can be had.
   *
   * @defaultValue `60`
   */
  readonly pollIntervalSeconds?: number;
  /**
   * Starts offline: nothing is sent until `setOnline()` is called.
   *
   * @defaultValue `false`
   */
  readonly offline?: boolean;
  /** Further headers, as `Authorization`; a function is asked at each request. */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** Whether cookies are sent to a relay of another origin, as of the Fetch API. Default: the runtime's own. */
  readonly credentials?: 'omit' | 'same-origin' | 'include';
  /** A function of the Fetch API whose responses stream. Default: the runtime's own. */
  readonly fetch?: RemoteFetch;
  /** Where log entries go. Default: the console. */
  readonly logger?: Logger;
  /**
   * How much is logged.
   *
   * @defaultValue `'warn'`
   */
  readonly logLevel?: LogLevel;
  /** Clock and timers, for tests in virtual time. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
  /** Numbers from 0 up to 1 that spread clients which would come back at the same time. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Options as the inside knows them. */
export interface ResolvedRemoteOptions
  extends
    Pick<RemoteOptions, 'url' | 'user' | 'storage' | 'rendered' | 'offline' | 'headers' | 'credentials'>,
    Required<Pick<RemoteOptions, 'initial' | 'live' | 'logger' | 'logLevel' | 'fetch' | 'scheduler' | 'random'>> {
  readonly pollIntervalMs: number;
  /** How long values are up to date without another word from the relay. */
  readonly freshForMs: number;
  readonly maxInitWaitMs: number;
}

/**
 * Fills in the defaults.
 *
 * @throws Error or TypeError when there is no URL.
 */
export function resolveRemoteOptions(options: RemoteOptions): ResolvedRemoteOptions {
  requireString('options.url', options.url);
  const given = Object.entries(options).filter(([, value]) => (value as unknown) != null);
  const complete = { ...defaults, ...(Object.fromEntries(given) as unknown as RemoteOptions) };
  const pollIntervalMs = complete.pollIntervalSeconds * 1000;
  return {
    ...complete,
    url: complete.url.replace(/\/?([?#].*)?$/s, ''),
    random: safeRandom(complete.random),
    pollIntervalMs,
    freshForMs: complete.live ? 60_000 : pollIntervalMs,
    maxInitWaitMs: complete.maxInitWaitTimeSeconds * 1000,
  };
}

const defaults = {
  initial: 'wait',
  live: true,
  logger: consoleLogger,
  logLevel: 'warn',
  // Looked up at each request, so that whoever replaces it later is heard.
  fetch: (url, init) => globalThis.fetch(url, init),
  scheduler: plainTimers,
  pollIntervalSeconds: 60,
  maxInitWaitTimeSeconds: 5,
} satisfies Partial<RemoteOptions>;
