import type { Observable } from 'rxjs';
import {
  EMPTY,
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  filter,
  from,
  ignoreElements,
  map,
  merge,
  of,
  repeat,
  scan,
  startWith,
  switchMap,
  take,
  timer,
} from 'rxjs';
import { observe, requireDurationSeconds, requireObject } from '../../arguments.js';
import type { Time } from '../../time.js';
import type { Wait } from '../wait.js';
import { leftMs } from '../wait.js';
import type { PollingContext, PollingMode, PollingPlan } from './mode.js';
import { pollToleranceMs, planSymbol } from './mode.js';

/** Options of auto polling. */
export interface AutoPollOptions {
  /**
   * Seconds between two polls, 1 to 2147483.
   *
   * @defaultValue `60`
   */
  readonly pollIntervalSeconds?: number;
  /**
   * How many seconds reads wait for the first config before they go on with what there is. 0: not at all; negative:
   * until the first fetch has ended.
   *
   * @defaultValue `5`
   */
  readonly maxInitWaitTimeSeconds?: number;
  /**
   * Polls are made only while this last emitted `true`. When it does so again, the client fetches at once if a poll has
   * become due in the meantime. Should the stream error, that is logged, and polls go on. Default: always.
   *
   * @example
   * const isVisible$ = fromEvent(document, 'visibilitychange').pipe(
   *   startWith(undefined),
   *   map(() => document.visibilityState === 'visible'),
   * );
   * createClient(sdkKey, { polling: autoPoll({ pollWhile$: isVisible$ }) });
   */
  readonly pollWhile$?: Observable<boolean>;
  /**
   * The first poll waits for a random part of this many seconds, 0 to 2147483, so that the processes of a fleet which
   * start together do not fetch together. What is cached is there at once.
   *
   * @defaultValue `0`
   */
  readonly maxFirstPollDelaySeconds?: number;
}

export const autoPollOptionNames: readonly (keyof AutoPollOptions)[] = [
  'pollIntervalSeconds',
  'maxInitWaitTimeSeconds',
  'pollWhile$',
  'maxFirstPollDelaySeconds',
];

const maxBackoffFactor = 3;
const maxBackoffMs = 300_000;

/**
 * Fetches in the background at a fixed interval. From the second failure in a row on, a random time is added to the
 * interval: up to one, then three intervals, five minutes at most. The first success ends that. Source: protocol
 * section 8.2.
 *
 * @throws RangeError when an option is out of its range, TypeError when it is no number.
 *
 * @example
 * createClient(sdkKey, { polling: autoPoll({ pollIntervalSeconds: 30 }) });
 */
export function autoPoll(options: AutoPollOptions = {}): PollingMode {
  requireObject('options', options);
  const pollIntervalSeconds = options.pollIntervalSeconds ?? 60;
  const maxInitWaitTimeSeconds = options.maxInitWaitTimeSeconds ?? 5;
  const maxFirstPollDelaySeconds = options.maxFirstPollDelaySeconds ?? 0;
  const pollWhile$ = options.pollWhile$ ?? undefined;
  requireDurationSeconds('options.pollIntervalSeconds', pollIntervalSeconds, 1);
  requireDurationSeconds('options.maxInitWaitTimeSeconds', maxInitWaitTimeSeconds);
  requireDurationSeconds('options.maxFirstPollDelaySeconds', maxFirstPollDelaySeconds, 0);
  if (pollWhile$) requireObject('options.pollWhile$', pollWhile$, 'subscribe');
  const intervalMs = pollIntervalSeconds * 1000;
  const maxFirstDelayMs = maxFirstPollDelaySeconds * 1000;
  const plan: PollingPlan = {
    name: 'auto',
    options,
    freshForMs: intervalMs,
    readMaxAgeMs: Infinity,
    maxInitWaitMs: maxInitWaitTimeSeconds < 0 ? Infinity : maxInitWaitTimeSeconds * 1000,
    backoffMs: (failures, random) =>
      intervalMs + random() * Math.min(intervalMs * Math.min(2 ** (failures - 1) - 1, maxBackoffFactor), maxBackoffMs),
    rounds: (work, time) =>
      defer(() => {
        const rounds$ = gated(pollWhile$, work, pollLoop(intervalMs, maxFirstDelayMs * time.random(), work, time));
        // Whatever delays the first poll, what is cached is there at once.
        return pollWhile$ !== undefined || maxFirstDelayMs > 0 ? merge(work.readCache$, rounds$) : rounds$;
      }).pipe(ignoreElements()),
  };
  return { name: plan.name, [planSymbol]: plan };
}

/**
 * Rounds one after the other: the next starts an interval after the last one started, but never before it ended.
 * Subscribed to again, they go on where they were.
 */
interface PollLoop {
  readonly rounds$: Observable<unknown>;
  /** Makes the next round due at once, and fetch. */
  readonly force: () => undefined;
}

function pollLoop(
  intervalMs: number,
  firstDelayMs: number,
  { synchronise, activity$, fetchedAtMs, backoff }: PollingContext,
  { scheduler, idle }: Time,
): PollLoop {
  let isForced = false;
  let lastFetchedAtMs = -Infinity;
  let pause: Wait | undefined = { sinceMs: scheduler.now(), delayMs: firstDelayMs };
  const left = (wait: Wait | undefined) => leftMs(wait, scheduler.now());
  const pauseLeftMs = () => Math.max(left(pause), isForced ? 0 : left(backoff()));

  const pause$ = defer(() => {
    let seen: Wait | undefined;
    return activity$.pipe(
      startWith(undefined),
      // The timer of a process that was frozen, or of a server that has come back, is not worth waiting for.
      filter((_, i) => i === 0 || backoff() !== seen || pauseLeftMs() === 0),
      switchMap(() => {
        seen = backoff();
        return pauseLeftMs() > 0 ? timer(pauseLeftMs(), idle) : of(0);
      }),
      take(1),
      ignoreElements(),
    );
  });
  const round$ = defer(() => {
    const nowMs = scheduler.now();
    // What the last round itself fetched is due again, however late in that round the answer came.
    const maxAgeMs = isForced ? -Infinity : Math.min(intervalMs - pollToleranceMs, nowMs - lastFetchedAtMs - 1);
    isForced = false;
    pause = { sinceMs: nowMs, delayMs: intervalMs };
    return concat(
      synchronise(maxAgeMs),
      defer(() => {
        lastFetchedAtMs = fetchedAtMs() ?? -Infinity;
        return EMPTY;
      }),
    );
  });
  return {
    rounds$: concat(pause$, round$).pipe(repeat()),
    force: () => {
      isForced = true;
      pause = undefined;
    },
  };
}

/** Lets rounds happen while the gate is open, and at once when the client goes online. */
function gated(
  pollWhile$: Observable<boolean> | undefined,
  { wentOnline$, report }: PollingContext,
  { rounds$, force }: PollLoop,
): Observable<unknown> {
  const isOpen$ = pollWhile$
    ? defer(() => from(pollWhile$)).pipe(
        map((given) => observe(given)),
        catchError((error: unknown) => {
          report('pollWhile$', error);
          return of(true);
        }),
        distinctUntilChanged(),
      )
    : of(true);
  return merge(isOpen$, wentOnline$.pipe(map(force))).pipe(
    // A forced round leaves the gate as it is.
    scan((wasOpen, isOpen: boolean | undefined) => isOpen ?? wasOpen, false),
    switchMap((isOpen) => (isOpen ? rounds$ : EMPTY)),
  );
}
