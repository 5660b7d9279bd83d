import type { PollingMode } from './mode.js';
import { readCacheOnce } from './mode.js';

/** Fetches when a read finds the config older than its time to live. */
export function fetchWhenOlderThan(timeToLiveMs: number): PollingMode {
  return {
    name: 'lazy',
    freshForMs: timeToLiveMs,
    readMaxAgeMs: timeToLiveMs,
    maxInitWaitMs: Infinity,
    // The first failures may be a blip, and are tried again at the next read.
    backoffMs: (failures) => (failures < 5 ? 0 : Math.min(timeToLiveMs, 1000 * 2 ** (failures - 5))),
    rounds: readCacheOnce,
  };
}
