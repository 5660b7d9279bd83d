import { platform } from '#platform';
import type { Observable, SchedulerLike } from 'rxjs';
import { asyncScheduler, of } from 'rxjs';
import type { ConfigCache } from '../acquisition/cache.js';
import { autoPoll } from '../acquisition/polling/auto.js';
import type { PollingMode } from '../acquisition/polling/mode.js';
import {
  requireBaseUrl,
  requireByteLength,
  requireDurationMs,
  requireDurationSeconds,
  requireObject,
  requireOneOf,
  requireSdkKey,
  requireString,
  requireType,
} from '../arguments.js';
import { configV5 } from '../formats/v5.js';
import type { LogFilter, LogLevel, Logger } from '../logging/logger.js';
import { consoleLogger, logLevels } from '../logging/logger.js';
import type { ConfigFormat } from '../model/format.js';
import type { User } from '../model/user.js';
import type { FetchFunction } from '../platform/platform.js';
import { safeRandom, idleScheduler } from '../platform/time.js';
import type { LogTexts } from '../core/log-texts.js';
import type { Snapshot } from '../core/types.js';
import type { OverrideBehaviour, Overrides } from '../overrides/overlay.js';
import type { Time } from '../time.js';

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

/** Options of `createClient()`. */
export interface ClientOptions extends CommonOptions {
  /** When to fetch: `autoPoll()`, `lazyLoad()` or `manualPoll()`. Default: `autoPoll()`. */
  readonly polling?: PollingMode;
}

/** Options as the inside of the library knows them: complete and trusted. */
export interface ResolvedOptions
  extends
    Required<Pick<CommonOptions, keyof typeof defaults>>,
    Pick<
      CommonOptions,
      'cache' | 'fetch' | 'agent' | 'logFilter' | 'defaultUser' | 'onConfigChanged' | 'overrides' | 'refreshOn$'
    > {
  readonly sdkKey: string;
  readonly polling: PollingMode;
  /** Readers of other formats than the current one: of the previous one, or `configV5Missing` in its place. */
  readonly formats: readonly ConfigFormat[];
  readonly time: Time;
  readonly workWhile$: Observable<boolean>;
  /** Timers are the real ones, so that live subscriptions must hold the process. */
  readonly isRealTime: boolean;
  readonly baseUrl: string;
  readonly isCustomBaseUrl: boolean;
  readonly texts: LogTexts;
}

type Check = (culprit: string, value: never) => void;

const defaults = {
  dataGovernance: 'global',
  requestTimeoutMs: 30_000,
  maxConfigBytes: 32 * 1024 * 1024,
  logger: consoleLogger,
  logLevel: 'warn',
  initial: 'wait',
  offline: false,
  minRefreshAgeSeconds: 0,
} satisfies CommonOptions as Required<
  Pick<
    CommonOptions,
    | 'dataGovernance'
    | 'requestTimeoutMs'
    | 'maxConfigBytes'
    | 'logger'
    | 'logLevel'
    | 'initial'
    | 'offline'
    | 'minRefreshAgeSeconds'
  >
>;

const cdnUrls = { global: 'https://cdn-global.configcat.com', eu: 'https://cdn-eu.configcat.com' } as const;

/** Accepts an initial policy. */
export const requireInitialPolicy = oneOf(['wait', 'cached', 'default']);

/** What each option may be. */
const checks: Readonly<Record<keyof ClientOptions, Check>> = {
  polling: object('rounds'),
  defaultUser: object(),
  cache: requireCache,
  dataGovernance: oneOf(Object.keys(cdnUrls)),
  baseUrl: requireBaseUrl,
  fetch: typed('function'),
  agent: requireAgent,
  requestTimeoutMs: (culprit, value) => {
    requireDurationMs(culprit, value);
  },
  maxConfigBytes: requireByteLength,
  overrides: requireOverrides,
  logger: object('log'),
  logLevel: oneOf(logLevels),
  logFilter: typed('function'),
  onConfigChanged: typed('function'),
  initial: requireInitialPolicy,
  offline: typed('boolean'),
  minRefreshAgeSeconds: (culprit, value) => {
    requireDurationSeconds(culprit, value, 0);
  },
  refreshOn$: object('subscribe'),
  random: typed('function'),
  scheduler: object('now', 'schedule'),
  workWhile$: object('subscribe'),
};

/**
 * Checks everything that a client is given, and fills in the defaults.
 *
 * @param texts - what log entries and error messages say.
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong.
 */
export function resolveOptions(sdkKey: unknown, options: ClientOptions, texts: LogTexts): ResolvedOptions {
  requireObject('options', options);
  const given: ClientOptions = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== null),
  );
  for (const [name, check] of Object.entries(checks)) {
    if (name in given) check(`options.${name}`, given[name as keyof ClientOptions] as never);
  }
  if (given.agent && given.fetch) {
    throw new TypeError('Invalid property `options.agent`. It has no effect beside `options.fetch`: give one of them.');
  }
  // Without requests any name will do.
  if (given.overrides?.behaviour === 'local-only') requireString('sdkKey', sdkKey);
  else requireSdkKey(sdkKey, given.baseUrl !== undefined);
  const complete = { ...defaults, ...given };
  const { baseUrl = cdnUrls[complete.dataGovernance], polling = autoPoll(), scheduler, random } = complete;
  const { isInRequest, resumed$ } = platform;
  return {
    ...complete,
    sdkKey,
    polling,
    formats: [configV5],
    workWhile$: given.workWhile$ ?? of(true),
    time: {
      // Those of RxJS fail when another request ends them.
      scheduler: scheduler ?? (isInRequest ? idleScheduler : asyncScheduler),
      idle: scheduler ?? idleScheduler,
      random: safeRandom(random),
      isInRequest,
      resumed$,
    },
    isRealTime: !scheduler && !isInRequest,
    baseUrl: baseUrl.replace(/[?#].*$/s, ''),
    isCustomBaseUrl: given.baseUrl !== undefined,
    texts,
  };
}

function object(...methods: readonly string[]): Check {
  return (culprit, value) => {
    requireObject(culprit, value, ...methods);
  };
}

function oneOf(allowed: readonly string[]) {
  return (culprit: string, value: unknown): void => {
    requireOneOf(culprit, value, allowed);
  };
}

function typed(type: string): Check {
  return (culprit, value) => {
    requireType(culprit, value, type);
  };
}

function requireAgent(culprit: string, value: unknown): void {
  if (typeof value !== 'function') requireObject(culprit, value, 'addRequest');
}

function requireCache(culprit: string, value: ConfigCache): void {
  requireObject(culprit, value, 'get', 'set');
  if (value.changes$) requireObject(`${culprit}.changes$`, value.changes$, 'subscribe');
}

const behaviours: readonly OverrideBehaviour[] = ['local-only', 'local-over-remote', 'remote-over-local'];

function requireOverrides(culprit: string, value: Overrides): void {
  requireObject(culprit, value);
  requireObject(`${culprit}.source`, value.source, 'over');
  requireOneOf(`${culprit}.behaviour`, value.behaviour, behaviours);
}
