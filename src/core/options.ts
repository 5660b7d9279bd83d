import type { Observable, SchedulerLike } from 'rxjs';
import type { ConfigCache } from '../acquisition/cache.js';
import { requireOneOf } from '../arguments.js';
import type { LogFilter, LogLevel, Logger } from '../logging/logger.js';
import type { User } from '../model/user.js';
import type { Slices } from './dispatcher.js';
import type { Overrides } from '../overrides/overlay.js';
import type { FetchFunction } from '../platform/platform.js';
import type { HoldOption, Session } from '../session.js';
import type { Snapshot } from './types.js';

/** How subscribers are told of changes, made by `inSlices()`. */
export interface Delivery {
  /** @internal */
  readonly createSlices: (scheduler: SchedulerLike) => Slices;
}

/** What every client can be told, whatever its polling mode. */
export interface CommonOptions {
  /** The user of all evaluations that name none. Default: none. */
  readonly defaultUser?: User;
  /** A cache outside the process, shared with other ConfigCat SDKs. Default: memory only. */
  readonly cache?: ConfigCache;
  /**
   * Where the config may be hosted, as set in the ConfigCat dashboard: everywhere, or in the European Union only.
   *
   * @defaultValue `'global'`
   */
  readonly dataGovernance?: 'global' | 'eu';
  /**
   * Server to fetch from instead of ConfigCat's CDN, for instance a ConfigCat Proxy: a URL with `http:` or `https:`, cut at
   * the first `?` or `#`. In pages also a path, on the server of the page.
   */
  readonly baseUrl?: string;
  /** A function of the Fetch API that sends all requests. Default: `node:http` in Node, the runtime's own elsewhere. */
  readonly fetch?: FetchFunction;
  /**
   * Node only: an `http.Agent` for all requests, or a function `(url, signal) => agent` that chooses one for each and may
   * answer with a promise. For a proxy see `proxyAgent()` of `configcat-rx/node`, which also works in Bun and Deno; any
   * other agent is refused outside of Node.
   */
  readonly agent?: unknown;
  /**
   * How long one request may take, body included, in milliseconds, up to 2147483647. A request that fails is repeated once,
   * so a refresh can take twice as long.
   *
   * @defaultValue `30000`
   */
  readonly requestTimeoutMs?: number;
  /**
   * How long a config may be, in bytes, decompressed. No more of an answer is read: the refresh fails with event 1105, and
   * the last good config stays.
   *
   * @defaultValue `33554432` (32 MiB)
   */
  readonly maxConfigBytes?: number;
  /**
   * Flags from elsewhere than the config, for development and tests. Default: none.
   *
   * @example
   * createClient(sdkKey, { overrides: { source: flagOverrides({ darkMode: true }), behaviour: 'local-over-remote' } });
   */
  readonly overrides?: Overrides;
  /** Where log entries go. Default: the console. */
  readonly logger?: Logger;
  /**
   * How much is logged.
   *
   * @defaultValue `'warn'`
   */
  readonly logLevel?: LogLevel;
  /** Decides entry by entry what is logged. Default: everything that the level admits. */
  readonly logFilter?: LogFilter;
  /**
   * Called with the new state each time a config arrives whose content differs. What it throws, or its promise is
   * rejected with, is logged (event 1003).
   */
  readonly onConfigChanged?: (snapshot: Snapshot) => void;
  /**
   * What flag streams emit before the client is ready; a single stream can ask for something else.
   *
   * @defaultValue `'wait'`
   */
  readonly initial?: InitialPolicy;
  /**
   * Holds the first real value of each flag for the session of a user, whatever configs arrive; a single stream can ask for
   * something else. Default: nothing is held.
   *
   * @example
   * createClient(sdkKey, { hold: session() });
   */
  readonly hold?: HoldOption;
  /** The session that `hold: 'session'` means, of the client and of streams. Default: that of `hold`. */
  readonly session?: Session;
  /**
   * Starts the client offline: it sends no requests until `setOnline()` is called.
   *
   * @defaultValue `false`
   */
  readonly offline?: boolean;
  /**
   * Whatever it emits makes the client fetch, in every polling mode: a webhook, a message, a button. Emissions during a
   * fetch share one more fetch after it. Should the stream error, that is logged and changes nothing else.
   *
   * @example
   * createClient(sdkKey, { refreshOn$: fromEvent(button, 'click') });
   */
  readonly refreshOn$?: Observable<unknown>;
  /**
   * A config that was fetched less than this many seconds ago is not fetched again for an emission of `refreshOn$`, 0 to
   * 2147483: for hints that come often and say little, as that a window has the focus again.
   *
   * @defaultValue `0`
   *
   * @example
   * createClient(sdkKey, { refreshOn$: fromEvent(window, 'focus'), minRefreshAgeSeconds: 10 });
   */
  readonly minRefreshAgeSeconds?: number;
  /**
   * How subscribers are told of a change: `inSlices()` for many thousands, so that no change holds the event loop for long.
   * Default: all at once, and together.
   */
  readonly delivery?: Delivery;
  /** Clock and timers of the client, for tests in virtual time. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
  /** Numbers from 0 up to 1 that spread clients which would fetch at the same time. Default: `Math.random`. */
  readonly random?: () => number;
  /**
   * The client works only while this last emitted `true`: before, it reads no clock, sends nothing and is not counted among
   * the live ones; afterwards it keeps what it knows, and needs no `dispose()` to be forgotten. Default: always.
   *
   * @internal
   */
  readonly workWhile$?: Observable<boolean>;
}

/**
 * What a flag stream emits before its client is ready: `'wait'` nothing; `'cached'` at once, from the config at hand
 * or the default value; `'default'` at once, the default value. Once the client is ready all three are the same.
 */
export type InitialPolicy = 'wait' | 'cached' | 'default';

const initialPolicies: readonly InitialPolicy[] = ['wait', 'cached', 'default'];

/** Accepts an initial policy. */
export function requireInitialPolicy(culprit: string, value: unknown): void {
  requireOneOf(culprit, value, initialPolicies);
}
