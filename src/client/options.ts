import type { SchedulerLike } from 'rxjs';
import { asyncScheduler } from 'rxjs';
import type { ConfigCache } from '../acquisition/cache.js';
import type { PollingMode, Time } from '../acquisition/polling.js';
import { fetchOnDemand, fetchWhenOlderThan, pollEvery } from '../acquisition/polling.js';
import {
  requireNumber,
  requireObject,
  requireOneOf,
  requirePositive,
  requireSdkKey,
  requireString,
  requireType,
} from './arguments.js';
import type { LogFilter, LogLevel, Logger } from '../logging/logger.js';
import { consoleLogger, logLevels } from '../logging/logger.js';
import type { User } from '../model/user.js';
import type { FetchFunction } from '../platform/platform.js';
import { idleScheduler } from '../platform/time.js';
import type { Snapshot } from './snapshot.js';

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
  /** Server to fetch from instead of ConfigCat's CDN, for instance a ConfigCat Proxy; cut at the first `?` or `#`. */
  readonly baseUrl?: string;
  /** A function of the Fetch API that sends all requests. Default: `cross-fetch` in Node, the runtime's own elsewhere. */
  readonly fetch?: FetchFunction;
  /**
   * Node only: an `http.Agent` for all requests, or a function `(url, signal) => agent` that chooses one for each and may
   * answer with a promise. For a proxy see `proxyAgent()` of `configcat-rx/node`.
   */
  readonly agent?: unknown;
  /**
   * How long one request may take, body included, in milliseconds. A request that fails is repeated once, so a refresh
   * can take twice as long.
   *
   * @defaultValue `30000`
   */
  readonly requestTimeoutMs?: number;
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
  /** Called with the new state each time a config arrives whose content differs. What it throws is logged. */
  readonly onConfigChanged?: (snapshot: Snapshot) => void;
  /**
   * What flag streams emit before the client is ready; a single stream can ask for something else.
   *
   * @defaultValue `'wait'`
   */
  readonly initial?: InitialPolicy;
  /** Clock and timers of the client, for tests in virtual time. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
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

/** Options of auto polling. */
export interface AutoPollOptions {
  /**
   * Seconds between two polls, 1 to 2147483.
   *
   * @defaultValue `60`
   */
  readonly pollIntervalSeconds?: number;
  /**
   * How many seconds reads wait for the first config before they go on with what there is. 0: not at all; negative:
   * until the first fetch has ended.
   *
   * @defaultValue `5`
   */
  readonly maxInitWaitTimeSeconds?: number;
}

/** Options of lazy loading. */
export interface LazyLoadOptions {
  /**
   * Seconds until a config expires, 1 to 2147483647; the first read after that fetches.
   *
   * @defaultValue `60`
   */
  readonly cacheTimeToLiveSeconds?: number;
}

const maxTimerSeconds = 2147483;
const maxInt = 2147483647;

/**
 * Fetches in the background at a fixed interval. Source: protocol section 8.2.
 *
 * @throws RangeError when an option is out of its range, TypeError when it is no number.
 *
 * @example
 * createClient(sdkKey, { polling: autoPoll({ pollIntervalSeconds: 30 }) });
 */
export function autoPoll(options: AutoPollOptions = {}): PollingMode {
  requireObject('options', options);
  const pollIntervalSeconds = options.pollIntervalSeconds ?? 60;
  const maxInitWaitTimeSeconds = options.maxInitWaitTimeSeconds ?? 5;
  requireNumber('options.pollIntervalSeconds', pollIntervalSeconds, maxTimerSeconds, 1);
  requireNumber('options.maxInitWaitTimeSeconds', maxInitWaitTimeSeconds, maxTimerSeconds);
  return pollEvery(pollIntervalSeconds * 1000, maxInitWaitTimeSeconds < 0 ? Infinity : maxInitWaitTimeSeconds * 1000);
}

/**
 * Fetches when a read finds the config expired. Source: protocol section 8.3.
 *
 * @throws RangeError when an option is out of its range, TypeError when it is no number.
 *
 * @example
 * createClient(sdkKey, { polling: lazyLoad({ cacheTimeToLiveSeconds: 600 }) });
 */
export function lazyLoad(options: LazyLoadOptions = {}): PollingMode {
  requireObject('options', options);
  const cacheTimeToLiveSeconds = options.cacheTimeToLiveSeconds ?? 60;
  requireNumber('options.cacheTimeToLiveSeconds', cacheTimeToLiveSeconds, maxInt, 1);
  return fetchWhenOlderThan(cacheTimeToLiveSeconds * 1000);
}

/**
 * Fetches only when `forceRefresh()` is called. Source: protocol section 8.4.
 *
 * @example
 * createClient(sdkKey, { polling: manualPoll() });
 */
export function manualPoll(): PollingMode {
  return fetchOnDemand;
}

/** Options as the inside of the library knows them: complete and trusted. */
export interface ResolvedOptions
  extends
    Required<Pick<CommonOptions, keyof typeof defaults>>,
    Pick<CommonOptions, 'cache' | 'fetch' | 'agent' | 'logFilter' | 'defaultUser' | 'onConfigChanged'> {
  readonly sdkKey: string;
  readonly polling: PollingMode;
  readonly time: Time;
  /** Timers are the real ones, so that live subscriptions must hold the process. */
  readonly isRealTime: boolean;
  readonly baseUrl: string;
  readonly isCustomBaseUrl: boolean;
}

type Check = (culprit: string, value: never) => void;

const defaults = {
  dataGovernance: 'global',
  requestTimeoutMs: 30_000,
  logger: consoleLogger,
  logLevel: 'warn',
  initial: 'wait',
} satisfies CommonOptions as Required<
  Pick<CommonOptions, 'dataGovernance' | 'requestTimeoutMs' | 'logger' | 'logLevel' | 'initial'>
>;

const cdnUrls = { global: 'https://cdn-global.configcat.com', eu: 'https://cdn-eu.configcat.com' } as const;

/** Accepts an initial policy. */
export const requireInitialPolicy = oneOf(['wait', 'cached', 'default']);

/** What each option may be. */
const checks: Readonly<Record<Exclude<keyof ClientOptions, 'agent'>, Check>> = {
  polling: object('rounds'),
  defaultUser: object(),
  cache: object('get', 'set'),
  dataGovernance: oneOf(Object.keys(cdnUrls)),
  baseUrl: requireString,
  fetch: aFunction,
  requestTimeoutMs: requirePositive,
  logger: object('log'),
  logLevel: oneOf(logLevels),
  logFilter: aFunction,
  onConfigChanged: aFunction,
  initial: requireInitialPolicy,
  scheduler: object('now', 'schedule'),
};

/**
 * Checks everything that a client is given, and fills in the defaults.
 *
 * @throws Error, TypeError or RangeError naming the argument or option that is wrong.
 */
export function resolveOptions(sdkKey: unknown, options: ClientOptions): ResolvedOptions {
  requireObject('options', options);
  const given: ClientOptions = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== null),
  );
  for (const [name, check] of Object.entries(checks)) {
    if (name in given) check(`options.${name}`, given[name as keyof ClientOptions] as never);
  }
  requireSdkKey(sdkKey, given.baseUrl !== undefined);
  const complete = { ...defaults, ...given };
  const { baseUrl = cdnUrls[complete.dataGovernance], polling = autoPoll(), scheduler } = complete;
  return {
    ...complete,
    sdkKey,
    polling,
    time: { scheduler: scheduler ?? asyncScheduler, idle: scheduler ?? idleScheduler },
    isRealTime: !scheduler,
    baseUrl: baseUrl.replace(/[?#].*$/s, ''),
    isCustomBaseUrl: given.baseUrl !== undefined,
    // Longer timers would fire at once.
    requestTimeoutMs: Math.min(complete.requestTimeoutMs, maxInt),
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

function aFunction(culprit: string, value: unknown): void {
  requireType(culprit, value, 'function');
}
