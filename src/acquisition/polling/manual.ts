import type { PollingMode, PollingPlan } from './mode.js';
import { readCacheOnce, planSymbol } from './mode.js';

/**
 * Fetches only when `forceRefresh()` is called. Source: protocol section 8.4.
 *
 * @example
 * createClient(sdkKey, { polling: manualPoll() });
 */
export function manualPoll(): PollingMode {
  return { name: plan.name, [planSymbol]: plan };
}

/** Its config never counts as up to date. */
const plan: PollingPlan = {
  name: 'manual',
  options: {},
  freshForMs: -Infinity,
  readMaxAgeMs: Infinity,
  maxInitWaitMs: Infinity,
  backoffMs: () => 0,
  rounds: readCacheOnce,
};
