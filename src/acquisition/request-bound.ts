/*
 * What acquisition does in runtimes that end timers and requests together with the request that they handle, such as
 * workers at the edge: whatever is waited for may vanish, and outside of requests nothing can be begun.
 */
import type { Observable, SchedulerLike } from 'rxjs';
import {
  EMPTY,
  NEVER,
  defer,
  filter,
  ignoreElements,
  map,
  repeat,
  startWith,
  switchMap,
  take,
  takeUntil,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
import type { RefreshFailure } from './outcome.js';

/** How long a read waits when there is a config that it can go on with. */
export const maxReadMs = 2000;

/** How old a task may grow. */
const maxTaskAgeMs = 5000;
/** How long nothing may be heard of whoever started a task, before the task has probably ended with them. */
const maxSilenceMs = 1000;
const firstTickMs = 5;
const maxTickMs = 20;

/** Tells whether a task has probably ended together with the request that started it. */
export function hasVanished(
  { startedAtMs, aliveAtMs }: { readonly startedAtMs: number; readonly aliveAtMs: number },
  nowMs: number,
): boolean {
  return nowMs - startedAtMs >= maxTaskAgeMs || nowMs - aliveAtMs >= maxSilenceMs;
}

/**
 * Emits again and again, soon at first, by timers that belong to whoever subscribes. What waits by them waits in its own
 * request: what another request tells it, the runtime would not let it hear.
 */
export function ticks(scheduler: SchedulerLike): Observable<unknown> {
  return defer(() => {
    let ms = firstTickMs / 2;
    return defer(() => timer((ms = Math.min(2 * ms, maxTickMs)), scheduler)).pipe(repeat());
  });
}

/** Completes when a condition holds. */
export function untilBound(isOver: () => boolean, scheduler: SchedulerLike): Observable<never> {
  return defer(() =>
    isOver()
      ? EMPTY
      : ticks(scheduler).pipe(
          map(isOver),
          takeWhile((over) => !over),
        ),
  ).pipe(ignoreElements());
}

/** The result of a refresh that nobody can make. */
export const outsideOfRequests: RefreshFailure = {
  isSuccess: false,
  errorCode: -1,
  errorMessage: 'This runtime sends requests only while it handles one.',
};

/**
 * A read that waits for a limited time, by a timer of its own, and not at all outside of requests.
 *
 * @param waitMs - asked when the read begins; `Infinity` where the read has a limit by itself.
 * @param giveUp - called when the time is over.
 */
export function boundRead(
  read$: Observable<never>,
  isInRequest: () => boolean,
  scheduler: SchedulerLike,
  waitMs: () => number,
  giveUp: () => void,
): Observable<never> {
  const timeOver$ = defer(() => {
    const ms = waitMs();
    return ms === Infinity ? NEVER : timer(ms, scheduler).pipe(tap(giveUp));
  });
  return defer(() => (isInRequest() ? read$.pipe(takeUntil(timeOver$)) : EMPTY));
}

/** Work that begins with the first request that reads, since before there is nothing that could be done; elsewhere at once. */
export function fromFirstRequest(
  tasks$: Observable<never>,
  isInRequest: (() => boolean) | undefined,
  reading$: Observable<unknown>,
): Observable<never> {
  if (!isInRequest) return tasks$;
  return reading$.pipe(
    startWith(undefined),
    filter(isInRequest),
    take(1),
    switchMap(() => tasks$),
  );
}
