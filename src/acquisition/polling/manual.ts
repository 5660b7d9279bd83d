import type { PollingMode } from './mode.js';
import { readCacheOnce } from './mode.js';

/**
 * Fetches only when `forceRefresh()` is called. Source: protocol section 8.4.
 *
 * @example
 * createClient(sdkKey, { polling: manualPoll() });
 */
export function manualPoll(): PollingMode {
  return onDemand;
}

/** Its config never counts as up to date. */
const onDemand: PollingMode = {
  name: 'manual',
  options: {},
  optionNames: [],
  freshForMs: -Infinity,
  readMaxAgeMs: Infinity,
  maxInitWaitMs: Infinity,
  backoffMs: () => 0,
  rounds: readCacheOnce,
};
