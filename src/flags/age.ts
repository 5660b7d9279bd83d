import type { Subscription } from 'rxjs';
import { Observable } from 'rxjs';
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
  return new Observable((subscriber) => {
    let expiry: Subscription | undefined;
    const follow = (state: State<unknown>) => {
      expiry?.unsubscribe();
      const { fetchedAtMs = -Infinity } = state.entry;
      const leftMs = fetchedAtMs + options.polling.freshForMs + pollToleranceMs + 1 - scheduler.now();
      if (leftMs > 0 && !state.isFetching) {
        const expire = () => {
          subscriber.next(state);
        };
        expiry = idle.schedule(expire, Math.min(leftMs, maxTimerMs));
      }
      subscriber.next(state);
    };
    subscriber.add(dispatcher.state$.subscribe(follow));
    subscriber.add(() => expiry?.unsubscribe());
  });
}
