import type { Observable, SchedulerLike, Subject } from 'rxjs';
import {
  EMPTY,
  ReplaySubject,
  Subject as NewSubject,
  concat,
  defer,
  finalize,
  ignoreElements,
  of,
  startWith,
  switchMap,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { Outcome, RefreshResult } from './outcome.js';
import type { RuntimeLimits } from './runtime-limits.js';
import type { Start, Task } from './task.js';
import type { Trampoline } from './trampoline.js';

/** One piece of work that is under way at most once. */
export interface SharedTask {
  /** Starts it, or joins it while it is under way. Emits what it came to, if anything, when it has ended. */
  readonly join: (isInitiatedByUser: boolean) => Observable<RefreshResult>;
  /** A mark of this moment, for `joinAfter`. */
  readonly mark: () => number;
  /**
   * Joins only work that began after a mark. What began before is waited for, two seconds at most, and then given up;
   * all who wait meanwhile share what comes next.
   */
  readonly joinAfter: (mark: number, isInitiatedByUser: boolean) => Observable<RefreshResult>;
  /** It is under way for so long that it has probably vanished: whoever joins it next starts it anew. */
  readonly isOverdue: () => boolean;
}

/** How long a demand waits for work that is too old to answer it. */
const maxWaitMs = 2000;

/** What lets a piece of work be under way at a time. */
export interface SingleFlightOptions<C> {
  /** Takes the work; it belongs to whoever is subscribed there. */
  readonly tasks$: Subject<Observable<Outcome<C>>>;
  readonly trampoline: Trampoline;
  readonly scheduler: SchedulerLike;
  readonly limits: RuntimeLimits;
  /** Why nothing may be started now, if anything is to be said against it. */
  readonly refusal?: () => RefreshResult | undefined;
}

/**
 * Lets one piece of work be under way at a time. The work is handed to the pipeline that `tasks$` feeds and belongs to
 * it, not to whoever asked first: a reader that loses interest ends nobody's request. Whoever asks learns how the work
 * ended once the state has it, and nothing at all when the pipeline is gone.
 *
 * Where a runtime ends timers and requests with the request that it handles, whoever asks holds a timer of its own, and
 * takes the work over when it has vanished.
 */
export function singleFlight<C>(
  { tasks$, trampoline, scheduler, limits, refusal }: SingleFlightOptions<C>,
  start: Start<C>,
): SharedTask {
  let task: Task | undefined;
  let starts = 0;

  const begin = (isInitiatedByUser: boolean, isDemanded: boolean): Task => {
    const begun = createTask(isInitiatedByUser, isDemanded);
    const { result$, startAnew$ } = begun;
    task = begun;
    let last: RefreshResult | undefined;
    tasks$.next(
      startAnew$.pipe(
        startWith(undefined),
        switchMap(() => {
          begun.start = ++starts;
          begun.startedAtMs = begun.aliveAtMs = scheduler.now();
          return start(begun).pipe(
            tap({
              next: ({ result = last }) => {
                last = result;
              },
              complete: () => {
                startAnew$.complete();
              },
            }),
          );
        }),
        finalize(() => {
          // When the state has the outcome: whoever comes earlier would ask for it again.
          trampoline(() => {
            task = undefined;
            begun.isOver = true;
            if (last) result$.next(last);
            result$.complete();
          });
        }),
      ),
    );
    return begun;
  };

  const isOverdue = () => task !== undefined && limits.hasVanished(task, scheduler);

  /** Joins what is under way, or begins; starts a task anew that is too old. */
  const enter = (isInitiatedByUser: boolean, isDemanded: boolean, tooOld?: Task): Observable<RefreshResult> =>
    defer(() => {
      if (limits.refusal() || (!task && !tasks$.observed)) return EMPTY;
      const before = task?.start;
      const isAnew = task && (task === tooOld || isOverdue());
      const joined = task ?? begin(isInitiatedByUser, isDemanded);
      joined.isDemanded ||= isDemanded;
      if (joined === tooOld) {
        joined.isInitiatedByUser ||= isInitiatedByUser;
        joined.isSecond = true;
      }
      if (isAnew) joined.startAnew$.next();
      return limits.follow(joined, before, scheduler);
    });

  /** Completes when a task is over, or has been waited for long enough. */
  const superseded = (old: Task): Observable<unknown> => {
    const untilMs = old.isSecond ? Infinity : scheduler.now() + maxWaitMs;
    const end$ = old.isSecond ? old.result$ : old.result$.pipe(takeUntil(timer(maxWaitMs, scheduler)));
    return limits.until(end$, () => old.isOver || isOverdue() || scheduler.now() >= untilMs, scheduler);
  };

  return {
    join: (isInitiatedByUser) => enter(isInitiatedByUser, false),
    mark: () => starts,
    joinAfter: (mark, isInitiatedByUser) =>
      defer(() => {
        const old = task;
        if (!old || old.start > mark) return enter(isInitiatedByUser, true);
        return concat(
          superseded(old).pipe(ignoreElements()),
          defer(() => {
            // It may have been started anew meanwhile, for another demand.
            if (old.start > mark) return task === old ? enter(isInitiatedByUser, true) : old.result$;
            const refused = refusal?.();
            return refused ? of(refused) : enter(isInitiatedByUser, true, old);
          }),
        );
      }),
    isOverdue,
  };
}

function createTask(isInitiatedByUser: boolean, isDemanded: boolean): Task {
  return {
    result$: new ReplaySubject(1),
    startAnew$: new NewSubject(),
    isInitiatedByUser,
    isDemanded,
    start: 0,
    isSecond: false,
    startedAtMs: 0,
    aliveAtMs: 0,
    isOver: false,
  };
}
