import type { PollingMode } from './mode.js';
import { readCacheOnce } from './mode.js';

/** Fetches when told to. Its config never counts as up to date. */
export const fetchOnDemand: PollingMode = {
  name: 'manual',
  freshForMs: -Infinity,
  readMaxAgeMs: Infinity,
  maxInitWaitMs: Infinity,
  backoffMs: () => 0,
  rounds: readCacheOnce,
};
