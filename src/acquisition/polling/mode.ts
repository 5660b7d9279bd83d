import type { Observable } from 'rxjs';
import { EMPTY, concat, ignoreElements } from 'rxjs';
import { requireMade } from '../../arguments.js';
import type { Time } from '../../time.js';
import type { Wait } from '../wait.js';

/** What a polling mode works with. */
export interface PollingContext {
  /** Reads the external cache; completes when that has ended in any way. */
  readonly readCache$: Observable<unknown>;
  /** Brings the config up to date if it is older than this; completes when that has ended in any way. */
  readonly synchronise: (maxAgeMs: number) => Observable<unknown>;
  /** Emits whenever the client is switched online. */
  readonly wentOnline$: Observable<unknown>;
  /** Emits whenever something is read or happens. */
  readonly activity$: Observable<unknown>;
  /** When the server last vouched for the config, Unix milliseconds; `undefined` where nobody can tell. */
  readonly fetchedAtMs: () => number | undefined;
  /** What keeps automatic fetches waiting after a failure. */
  readonly backoff: () => Wait | undefined;
  /** Told of streams that break. */
  readonly report: (stream: string, error: unknown) => void;
}

/** Under this symbol polling modes keep what they are made of, also for other copies of this version of the library. */
export const planSymbol: unique symbol = Symbol.for('configcat-rx/1.polling');

/** When a client fetches. Made by `autoPoll()`, `lazyLoad()` and `manualPoll()`, and by nothing else. */
export interface PollingMode {
  readonly name: 'auto' | 'lazy' | 'manual';
  /** What the mode is made of, for nobody else. */
  readonly [planSymbol]: object;
}

/** What a polling mode is made of. */
export interface PollingPlan {
  readonly name: PollingMode['name'];
  /** What the mode was given. */
  readonly options: object;
  /** How long a config counts as up to date. */
  readonly freshForMs: number;
  /** A read that finds the config older than this fetches first. */
  readonly readMaxAgeMs: number;
  /** How long reads wait for the first round of `rounds` at most. */
  readonly maxInitWaitMs: number;
  /** How long automatic fetches wait after so many failures in a row, counted from the start of the last. */
  readonly backoffMs: (failures: number, random: () => number) => number;
  /** The work that a client does by itself: emits nothing, and the end of its first round makes the client ready. */
  readonly rounds: (work: PollingContext, time: Time) => Observable<never>;
}

/**
 * The plan of a polling mode.
 *
 * @throws TypeError when it is none.
 */
export function planOf(culprit: string, mode: PollingMode): PollingPlan {
  return requireMade(culprit, mode, planSymbol, 'what autoPoll(), lazyLoad() or manualPoll() gives');
}

/** A poll may come a little early and must still find the config due, or a little late while the config counts as fresh. */
export const pollToleranceMs = 500;

/** The rounds of a mode that does nothing by itself, but for reading the external cache when the client starts. */
export function readCacheOnce({ synchronise }: PollingContext): Observable<never> {
  return concat(synchronise(Infinity), EMPTY).pipe(ignoreElements());
}
