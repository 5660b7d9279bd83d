import { maxInt, requireNumber, requireObject } from '../../arguments.js';
import type { PollingMode, PollingPlan } from './mode.js';
import { readCacheOnce, planSymbol } from './mode.js';

/** Options of lazy loading. */
export interface LazyLoadOptions {
  /**
   * Seconds until a config expires, 1 to 2147483647; the first read after that fetches.
   *
   * @defaultValue `60`
   */
  readonly cacheTimeToLiveSeconds?: number;
}

export const lazyLoadOptionNames: readonly (keyof LazyLoadOptions)[] = ['cacheTimeToLiveSeconds'];

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
  const timeToLiveMs = cacheTimeToLiveSeconds * 1000;
  const plan: PollingPlan = {
    name: 'lazy',
    options,
    freshForMs: timeToLiveMs,
    readMaxAgeMs: timeToLiveMs,
    maxInitWaitMs: Infinity,
    // The first failures may be a blip, and are tried again at the next read.
    backoffMs: (failures) => (failures < 5 ? 0 : Math.min(timeToLiveMs, 1000 * 2 ** (failures - 5))),
    rounds: readCacheOnce,
  };
  return { name: plan.name, [planSymbol]: plan };
}
