import type { Observable } from 'rxjs';
import { EMPTY, concat, ignoreElements } from 'rxjs';
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
  /** When the server last vouched for the config, Unix milliseconds. */
  readonly fetchedAtMs: () => number | undefined;
  /** What keeps automatic fetches waiting after a failure. */
  readonly backoff: () => Wait | undefined;
  /** Told of streams that break. */
  readonly report: (stream: string, error: unknown) => void;
}

/** When a client fetches. Made by `autoPoll()`, `lazyLoad()` and `manualPoll()`. */
export interface PollingMode {
  readonly name: 'auto' | 'lazy' | 'manual';
  /**
   * What the mode was given.
   *
   * @internal
   */
  readonly options: object;
  /**
   * The names of all that it can be given.
   *
   * @internal
   */
  readonly optionNames: readonly string[];
  /**
   * How long a config counts as up to date.
   *
   * @internal
   */
  readonly freshForMs: number;
  /**
   * A read that finds the config older than this fetches first.
   *
   * @internal
   */
  readonly readMaxAgeMs: number;
  /**
   * How long reads wait for the first round of `rounds` at most.
   *
   * @internal
   */
  readonly maxInitWaitMs: number;
  /**
   * How long automatic fetches wait after so many failures in a row, counted from the start of the last.
   *
   * @internal
   */
  readonly backoffMs: (failures: number, random: () => number) => number;
  /**
   * The work that a client does by itself: emits nothing, and the end of its first round makes the client ready.
   *
   * @internal
   */
  readonly rounds: (work: PollingContext, time: Time) => Observable<never>;
}

/** A poll may come a little early and must still find the config due, or a little late while the config counts as fresh. */
export const pollToleranceMs = 500;

/** The rounds of a mode that does nothing by itself, but for reading the external cache when the client starts. */
export function readCacheOnce({ synchronise }: PollingContext): Observable<never> {
  return concat(synchronise(Infinity), EMPTY).pipe(ignoreElements());
}
