import type { Observable } from 'rxjs';
import { concat, of, switchMap, timer } from 'rxjs';
import type { State } from '../acquisition/outcome.js';
import { pollToleranceMs } from '../acquisition/polling/mode.js';
import { maxTimerMs } from '../arguments.js';
import type { Core } from '../core/source.js';
import type { Time } from '../time.js';

/** How old a config is. */
export interface Age {
  /** When the server last vouched for the config; `undefined` while it never has. */
  readonly fetchedAt: Date | undefined;
  /** Milliseconds since then. */
  readonly ageMs: number | undefined;
}

/** When the config was fetched, and how long ago by the wall clock: never in the future, as clocks are set back. */
export function ageOf({ entry: { fetchedAtMs } }: State<unknown>, { scheduler }: Time): Age {
  if (fetchedAtMs === undefined) return { fetchedAt: undefined, ageMs: undefined };
  return { fetchedAt: new Date(fetchedAtMs), ageMs: Math.max(0, scheduler.now() - fetchedAtMs) };
}

/** Emits the present state and those to come, and something once more when the last of them stops being up to date. */
export function stateWithExpiry$({ dispatcher, options }: Core): Observable<unknown> {
  const { scheduler, idle } = options.time;
  return dispatcher.state$.pipe(
    switchMap((state) => {
      const { fetchedAtMs = -Infinity } = state.entry;
      const leftMs = fetchedAtMs + options.polling.freshForMs + pollToleranceMs + 1 - scheduler.now();
      return leftMs > 0 && !state.isFetching ? concat(of(state), timer(Math.min(leftMs, maxTimerMs), idle)) : of(state);
    }),
  );
}
