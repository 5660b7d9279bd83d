import type { Observable, SchedulerLike } from 'rxjs';
import { requireDurationMs } from '../arguments.js';
import type { ConfigCache } from '../index.js';
import { idleScheduler } from '../platform/process.js';
import { changesOf } from './changes.js';
import type { KeyValueStore } from './stores.js';
import { accessTo } from './stores.js';

/** How a key-value store is watched. */
export interface KeyValueCacheOptions {
  /**
   * How often the store is read for what others have written, in milliseconds, 1 to 2147483647. Such a read asks the store
   * once for each SDK key, and no server. Default: never; the store is then read when the client would fetch, at each poll
   * for instance. Leave it out where timers end with the request, as in workers.
   */
  readonly checkIntervalMs?: number;
  /** Clock and timers of `checkIntervalMs`, for tests in virtual time. Default: the real ones, which keep no process of Node alive. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Keeps configs in a store that you have: unstorage, Keyv, a `Map`, AsyncStorage of React Native, Cloudflare's KV, the Cache
 * API, a client of Redis. It is kept as a text under the key of all ConfigCat SDKs, which find it there. The store has to
 * give that text back as it is; anything else is refused, as is a write to which it answers `false`. What fails is logged
 * by the client as event 2200 or 2201, and takes nothing from it that it knows.
 *
 * There is no lease: each client polls by itself. What another one has stored is adopted within one interval of polling, or
 * of `checkIntervalMs` if that is shorter; of two configs the one that was asked for later wins. A store that answers at
 * once is used at once.
 *
 * @throws TypeError when `store` has none of the methods that are known; RangeError when an option is out of its range.
 * Source: protocol section 9.
 *
 * @example
 * const client = createClient(sdkKey, { cache: keyValueCache(new Keyv('sqlite://flags.sqlite'), { checkIntervalMs: 5000 }) });
 */
export function keyValueCache(store: KeyValueStore, options: KeyValueCacheOptions = {}): ConfigCache {
  const { checkIntervalMs, scheduler = idleScheduler } = options;
  const { read, write } = accessTo(store);
  if (checkIntervalMs !== undefined) requireDurationMs('options.checkIntervalMs', checkIntervalMs, 1);
  const askedKeys = new Set<string>();
  const readText = (key: string) => whenAnswered(read(key), requireText);
  const changes$: Observable<unknown> | undefined =
    checkIntervalMs === undefined ? undefined : changesOf(readText, askedKeys, checkIntervalMs, scheduler);
  return {
    get: (key) => {
      askedKeys.add(key);
      return readText(key);
    },
    set: (key, text) => whenAnswered(write(key, text), requireKept),
    ...(changes$ && { changes$ }),
  };
}

/** Uses what a store answers: at once, unless that is a promise or looks like one. */
function whenAnswered<T>(answer: unknown, use: (answer: unknown) => T): T | Promise<T> {
  return isPromiseLike(answer) ? Promise.resolve(answer).then(use) : use(answer);
}

function isPromiseLike(answer: unknown): answer is PromiseLike<unknown> {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Accepts a text, or nothing. Stores that parse what they keep, or give bytes, would lose or change a config. */
function requireText(answer: unknown): string | undefined {
  if (answer === undefined || answer === null) return undefined;
  if (typeof answer === 'string') return answer;
  throw new TypeError(
    `The store gave back ${nameOf(answer)} where a text was stored. It has to keep texts as they are, and to parse nothing.`,
  );
}

function nameOf(value: unknown): string {
  const { name } = (value as { constructor?: { name?: unknown } }).constructor ?? {};
  return `a value of type ${typeof value === 'object' && typeof name === 'string' && name ? name : typeof value}`;
}

/** Keyv, for instance, answers `false` when what is below it has failed. */
function requireKept(answer: unknown): void {
  if (answer === false) throw new Error('The store answered `false`: it has not kept the config.');
}
