/*
 * What acquisition does in runtimes that end timers and requests together with the request that they handle, such as
 * workers at the edge: whatever is waited for may vanish, and outside of requests nothing can be begun. Only the platform
 * of such runtimes brings it along.
 */
import type { Observable, SchedulerLike } from 'rxjs';
import {
  EMPTY,
  NEVER,
  defer,
  endWith,
  filter,
  ignoreElements,
  map,
  merge,
  repeat,
  startWith,
  switchMap,
  take,
  takeUntil,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
import type { RefreshFailure, RefreshResult } from './outcome.js';
import type { RuntimeLimits } from './runtime-limits.js';
import type { Task } from './task.js';

/** How long a read waits when there is a config that it can go on with. */
const maxReadMs = 2000;
/** How old a task may grow. */
const maxTaskAgeMs = 5000;
/** How long nothing may be seen of whoever started a task, before the task has probably ended with them. */
const maxSilenceMs = 1000;
const firstTickMs = 5;
const maxTickMs = 20;

/** The result of a refresh that nobody can make. */
const outside: RefreshFailure = {
  isSuccess: false,
  errorCode: -1,
  errorMessage: 'This runtime sends requests only while it handles one.',
};

/**
 * The limits of such a runtime.
 *
 * @param isInRequest - tells whether a request is being handled now. Outside of one, no timer can be set and nothing can be
 * fetched.
 */
export function requestLimits(isInRequest: () => boolean): RuntimeLimits {
  return {
    pollsAtReads: true,
    refusal: () => (isInRequest() ? undefined : outside),
    hasVanished,
    follow,
    until: (_, isOver, scheduler) =>
      defer(() =>
        isOver()
          ? EMPTY
          : ticks(scheduler).pipe(
              map(isOver),
              takeWhile((over) => !over),
            ),
      ),
    // By a timer of its own.
    read: (read$, waitMs, giveUp, scheduler) => {
      const timeOver$ = defer(() => {
        const ms = waitMs() ?? maxReadMs;
        return ms === Infinity ? NEVER : timer(ms, scheduler).pipe(tap(giveUp));
      });
      return defer(() => (isInRequest() ? read$.pipe(takeUntil(timeOver$)) : EMPTY));
    },
    // With the first request that reads: before, there is nothing that could be done.
    whenPossible: (work$, reading$) =>
      reading$.pipe(
        startWith(undefined),
        filter(isInRequest),
        take(1),
        switchMap(() => work$),
      ),
  };
}

function hasVanished({ startedAtMs, aliveAtMs }: Task, scheduler: SchedulerLike): boolean {
  const nowMs = scheduler.now();
  return nowMs - startedAtMs >= maxTaskAgeMs || nowMs - aliveAtMs >= maxSilenceMs;
}

/**
 * Emits again and again, soon at first, by timers that belong to whoever subscribes. What waits by them waits in its own
 * request: what another request tells it, the runtime would not let it know.
 */
function ticks(scheduler: SchedulerLike): Observable<unknown> {
  return defer(() => {
    let ms = firstTickMs / 2;
    return defer(() => timer((ms = Math.min(2 * ms, maxTickMs)), scheduler)).pipe(repeat());
  });
}

/** Waits for a task in a request of its own, and takes it over when it has vanished. */
function follow(task: Task, before: number | undefined, scheduler: SchedulerLike): Observable<RefreshResult> {
  // Who has started it is told by it; whoever else would be told in the name of another request.
  let own = task.start === before ? undefined : task.start;
  const ended$ = task.result$.pipe(
    ignoreElements(),
    endWith(undefined),
    filter(() => task.start === own),
  );
  const seenToEnd$ = ticks(scheduler).pipe(
    tap(() => {
      if (task.start === own) task.aliveAtMs = scheduler.now();
      else if (!task.isOver && hasVanished(task, scheduler)) {
        task.startAnew$.next();
        own = task.start;
      }
    }),
    filter(() => task.isOver),
  );
  return merge(ended$, seenToEnd$).pipe(
    take(1),
    switchMap(() => task.result$),
  );
}
