import type { State } from '../acquisition/outcome.js';
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
