import type { Observable } from 'rxjs';
import { concat, map, of, switchMap, timer } from 'rxjs';
import { isExpired } from '../acquisition/entry.js';
import type { State } from '../acquisition/outcome.js';
import { pollToleranceMs } from '../acquisition/polling/mode.js';
import type { CacheState } from './types.js';
import type { ResolvedOptions } from './source.js';

/** Source: protocol section 8.5. */
export function cacheStateOf({ entry }: State<unknown>, options: ResolvedOptions, toleranceMs = 0): CacheState {
  const { polling, time } = options;
  if (isLocalOnly(options)) return 'local-only';
  if (entry.configText === undefined) return 'no-flag-data';
  return isExpired(entry, polling.freshForMs + toleranceMs, time.scheduler.now()) ? 'cached' : 'up-to-date';
}

/** There is nothing but overrides. */
export function isLocalOnly({ overrides }: ResolvedOptions): boolean {
  return overrides?.behaviour === 'local-only';
}

/** Each state, and once more the last of them when it stops being up to date. */
export function withExpiry<C>(state$: Observable<State<C>>, { polling, time }: ResolvedOptions): Observable<State<C>> {
  const { scheduler, idle } = time;
  return state$.pipe(
    switchMap((state) => {
      const { fetchedAtMs = -Infinity } = state.entry;
      const leftMs = fetchedAtMs + polling.freshForMs + pollToleranceMs + 1 - scheduler.now();
      return leftMs > 0 && !state.isFetching
        ? concat(of(state), timer(leftMs, idle).pipe(map(() => state)))
        : of(state);
    }),
  );
}
