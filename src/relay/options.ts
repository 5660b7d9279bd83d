import type { SchedulerLike } from 'rxjs';
import { asyncScheduler } from 'rxjs';
import { isWebUrl, requireByteLength, requireNumber, requireObject, requireString, requireType } from '../arguments.js';
import type { RelayError } from './answer.js';
import type { AttributesFunction, UserFunction } from './identify.js';
import type { FleetOrders, SnapshotSource } from './order.js';

/** Options of `createRelay()`. */
export interface RelayOptions {
  /**
   * Where the values come from: a client or a core. Let it poll, or be told of changes: values of a client that fetches
   * only when it is read stay as they are.
   */
  readonly client: SnapshotSource;
  /**
   * Says who asks, from what the server knows: a cookie, a token, a session. `undefined` stands for nobody (or the default
   * user of the client); `'unauthorized'` and `'forbidden'` refuse the request (401, 403). What it throws is answered 500
   * and told to `report`; so is a promise that takes longer than ten seconds.
   *
   * @example
   * user: async (request) => (await sessionOf(request.header('cookie')))?.user ?? 'unauthorized'
   */
  readonly user: UserFunction;
  /**
   * Says which of the attributes that a page sends are taken. They only add to what `user` has answered, and never replace
   * it. Default: none.
   *
   * @example
   * attributes: (request, { country }) => ({ country })
   */
  readonly attributes?: AttributesFunction;
  /**
   * The path at which the relay is, as `/flags`. Express has cut it off where the relay is mounted.
   *
   * @defaultValue `'/'`
   */
  readonly path?: string;
  /**
   * Origins of pages that may ask, as `https://app.example`, beside those of the relay's own host; `'*'` for all. Requests
   * of other pages are refused (403). Default: none.
   */
  readonly origins?: readonly string[];
  /** Whether pages of listed origins may ask with cookies. Default: `false`. */
  readonly credentials?: boolean;
  /** Headers that pages may send beside `Authorization`, `X-API-Key` and those of the protocol. Default: none. */
  readonly allowHeaders?: readonly string[];
  /** Whether OpenFeature clients are answered, by OFREP, below `ofrep/v1`. Default: `true`. */
  readonly ofrep?: boolean;
  /**
   * Serves configs, rules and all, to server-side SDKs that ask with one of these keys, each as its client has it, at the
   * path of ConfigCat's CDN. Default: none.
   *
   * @example
   * configs: { [sdkKey]: client }
   */
  readonly configs?: Readonly<Record<string, SnapshotSource>>;
  /** The fleet that the client is a member of, as `redisShared()` gives it: it puts the states of its relays in order. */
  readonly fleet?: FleetOrders;
  /**
   * The most streams that are open at a time.
   *
   * @defaultValue `20000`
   */
  readonly maxStreams?: number;
  /**
   * The most streams of users with the same identifier. Those without one are not limited by it.
   *
   * @defaultValue `50`
   */
  readonly maxStreamsPerUser?: number;
  /**
   * The largest body that is read, in bytes.
   *
   * @defaultValue `16384`
   */
  readonly maxBodyBytes?: number;
  /**
   * The largest headers that are accepted, in bytes. Servers have a limit of their own before that.
   *
   * @defaultValue `16384`
   */
  readonly maxHeaderBytes?: number;
  /**
   * How often something is sent on a stream at least, in seconds, 1 to 3600: less than what stands between waits.
   *
   * @defaultValue `20`
   */
  readonly heartbeatSeconds?: number;
  /**
   * How long a stream lives, more or less, in seconds, 10 to 86400: then its reader comes back, and `user` is asked again.
   *
   * @defaultValue `3600`
   */
  readonly maxStreamSeconds?: number;
  /** Told of each request that could not be answered for a reason of the server's own. Default: a line on the console. */
  readonly report?: (problem: RelayProblem) => void;
  /** Clock and timers, for tests in virtual time. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
  /** Numbers from 0 up to 1 that spread what would happen at the same time. Default: `Math.random`. */
  readonly random?: () => number;
}

/** A request that could not be answered. */
export interface RelayProblem {
  readonly error: RelayError;
  /** One sentence for a log. Holds nothing that came with the request. */
  readonly message: string;
  readonly exception: unknown;
}

/** Options, complete and checked. */
export type ResolvedRelayOptions = Required<Omit<RelayOptions, 'attributes' | 'fleet'>> & {
  readonly attributes: AttributesFunction | undefined;
  readonly fleet: FleetOrders | undefined;
};

const defaults = {
  path: '/',
  origins: [],
  credentials: false,
  allowHeaders: [],
  ofrep: true,
  configs: {},
  maxStreams: 20_000,
  maxStreamsPerUser: 50,
  maxBodyBytes: 16_384,
  maxHeaderBytes: 16_384,
  heartbeatSeconds: 20,
  maxStreamSeconds: 3600,
  report: ({ message, exception }: RelayProblem): void => {
    console.warn(message, exception);
  },
  scheduler: asyncScheduler,
  random: Math.random,
} as const;

/**
 * Checks and completes options.
 *
 * @throws Error, TypeError or RangeError naming the option that is wrong.
 */
export function resolveOptions(options: RelayOptions): ResolvedRelayOptions {
  requireObject('options', options);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as RelayOptions;
  const resolved = { attributes: undefined, fleet: undefined, ...defaults, ...given };
  requireNames(resolved);
  requireLimits(resolved);
  return {
    ...resolved,
    // With a slash before it and none behind it.
    path: `/${resolved.path}`.replace(/\/+/g, '/').replace(/\/$/, ''),
    origins: [...resolved.origins],
    allowHeaders: [...resolved.allowHeaders],
    configs: { ...resolved.configs },
    heartbeatSeconds: Math.ceil(resolved.heartbeatSeconds),
  };
}

function requireNames(options: ResolvedRelayOptions): void {
  requireObject('options.client', options.client, 'snapshot');
  requireType('options.user', options.user, 'function');
  if (options.attributes) requireType('options.attributes', options.attributes, 'function');
  if (options.fleet) requireObject('options.fleet', options.fleet, 'orderOf');
  requireString('options.path', options.path);
  for (const origin of options.origins) requireOrigin(origin);
  for (const name of options.allowHeaders) requireString('options.allowHeaders', name);
  for (const source of Object.values(options.configs)) requireObject('options.configs', source, 'snapshot');
}

function requireLimits(options: ResolvedRelayOptions): void {
  requireNumber('options.maxStreams', options.maxStreams, 10_000_000, 1);
  requireNumber('options.maxStreamsPerUser', options.maxStreamsPerUser, 10_000_000, 1);
  requireByteLength('options.maxBodyBytes', options.maxBodyBytes);
  requireByteLength('options.maxHeaderBytes', options.maxHeaderBytes);
  requireNumber('options.heartbeatSeconds', options.heartbeatSeconds, 3600, 1);
  requireNumber('options.maxStreamSeconds', options.maxStreamSeconds, 86_400, 10);
}

function requireOrigin(origin: unknown): void {
  if (origin === '*' || (isWebUrl(origin) && new URL(origin).origin === origin)) return;
  throw new TypeError('Invalid property `options.origins`. Expected origins of pages, as https://app.example.');
}
