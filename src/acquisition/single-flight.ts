import type { Observable, Subject } from 'rxjs';
import {
  EMPTY,
  concat,
  defer,
  endWith,
  filter,
  finalize,
  ignoreElements,
  merge,
  mergeMap,
  of,
  switchMap,
  take,
  tap,
  timer,
} from 'rxjs';
import type { Time } from '../time.js';
import type { Outcome, RefreshResult } from './outcome.js';
import { hasVanished, ticks, untilBound } from './request-bound.js';
import type { Start, Task } from './task.js';
import { attemptsOf, createTask } from './task.js';
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

/** A task that there is nothing to do for. */
export const noTask: SharedTask = {
  join: () => EMPTY,
  mark: () => 0,
  joinAfter: () => EMPTY,
  isOverdue: () => false,
};

/** How long a demand waits for work that is too old to answer it. */
const maxWaitMs = 2000;

/** Who asks for work. */
interface Asker {
  readonly isInitiatedByUser: boolean;
  /** Only what begins from now on is an answer. */
  readonly isDemanding: boolean;
}

/** What lets a piece of work be under way at a time. */
export interface SingleFlightOptions<C> {
  /** Takes the work; it belongs to whoever is subscribed there. */
  readonly tasks$: Subject<Observable<Outcome<C>>>;
  readonly trampoline: Trampoline;
  readonly time: Time;
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
  { tasks$, trampoline, time: { scheduler, isInRequest }, refusal }: SingleFlightOptions<C>,
  start: Start<C>,
): SharedTask {
  let task: Task | undefined;
  let starts = 0;

  const begin = ({ isInitiatedByUser, isDemanding }: Asker): Task => {
    const begun = createTask(isInitiatedByUser, isDemanding);
    task = begun;
    const attempt$ = attemptsOf(begun, start, () => {
      begun.start = ++starts;
      begun.startedAtMs = begun.aliveAtMs = scheduler.now();
    });
    let last: RefreshResult | undefined;
    tasks$.next(
      attempt$.pipe(
        tap(({ result = last }) => {
          last = result;
        }),
        finalize(() => {
          // When the state has the outcome: whoever comes earlier would ask for it again.
          trampoline(() => {
            task = undefined;
            begun.isOver = true;
            if (last) begun.result$.next(last);
            begun.result$.complete();
          });
        }),
      ),
    );
    return begun;
  };

  const isOverdue = () => isInRequest !== undefined && task !== undefined && hasVanished(task, scheduler.now());
  const takeOver = () => {
    if (isOverdue()) task?.startAnew$.next();
  };
  /** Waits for a task in a request of its own. */
  const watch = (joined: Task, before: number | undefined): Observable<RefreshResult> => {
    // Who has started it is told by it; whoever else would be told in the name of another request.
    let own = joined.start === before ? undefined : joined.start;
    const ended$ = joined.result$.pipe(
      ignoreElements(),
      endWith(undefined),
      filter(() => joined.start === own),
    );
    const readCache$ = ticks(scheduler).pipe(
      tap(() => {
        if (joined.start === own) joined.aliveAtMs = scheduler.now();
        else if (!joined.isOver && isOverdue()) {
          takeOver();
          own = joined.start;
        }
      }),
      filter(() => joined.isOver),
    );
    return merge(ended$, readCache$).pipe(
      take(1),
      switchMap(() => joined.result$),
    );
  };

  /** Joins what is under way, or begins; starts a task anew that is too old. */
  const enter = (asker: Asker, tooOld?: Task): Observable<RefreshResult> =>
    defer(() => {
      if (isInRequest?.() === false || (!task && !tasks$.observed)) return EMPTY;
      const before = task?.start;
      if (task && asker.isDemanding) task.isDemanded = true;
      if (task && task === tooOld) giveUp(task, asker);
      takeOver();
      const joined = task ?? begin(asker);
      return isInRequest ? watch(joined, before) : joined.result$;
    });
  /** Completes when a task is over, or has been waited for long enough. */
  const superseded = (old: Task): Observable<unknown> => {
    const untilMs = old.isSecond ? Infinity : scheduler.now() + maxWaitMs;
    const isOver = () => old.isOver || task !== old || isOverdue() || scheduler.now() >= untilMs;
    if (isInRequest) return untilBound(isOver, scheduler);
    const over$ = old.result$.pipe(ignoreElements(), endWith(undefined));
    return (untilMs === Infinity ? over$ : merge(over$, timer(maxWaitMs, scheduler))).pipe(take(1));
  };

  return {
    join: (isInitiatedByUser) => enter({ isInitiatedByUser, isDemanding: false }),
    mark: () => starts,
    joinAfter: (mark, isInitiatedByUser) =>
      defer(() => {
        const old = task;
        const asker = { isInitiatedByUser, isDemanding: true };
        if (!old || old.start > mark) return enter(asker);
        return concat(
          superseded(old).pipe(ignoreElements()),
          defer(() => {
            // It may have been started anew meanwhile, for another demand.
            if (old.start > mark) return task === old ? enter(asker) : old.result$;
            const refused = refusal?.();
            return refused ? of(refused) : enter(asker, old);
          }),
        );
      }),
    isOverdue,
  };
}

/** Starts a task anew for a demand that it is too old for. */
function giveUp(task: Task, { isInitiatedByUser }: Asker): void {
  task.isInitiatedByUser ||= isInitiatedByUser;
  task.isSecond = true;
  task.startAnew$.next();
}

/**
 * Answers each emission by work that begins after it. Those that come before that work begins share it, however many
 * they are.
 */
export function answerEach(
  trigger$: Observable<unknown>,
  { mark }: Pick<SharedTask, 'mark'>,
  answer$: Observable<unknown>,
): Observable<never> {
  return defer(() => {
    let waitingSince: number | undefined;
    return trigger$.pipe(
      filter(() => waitingSince !== mark()),
      mergeMap(() => {
        const since = (waitingSince = mark());
        return answer$.pipe(
          finalize(() => {
            if (waitingSince === since) waitingSince = undefined;
          }),
        );
      }),
      ignoreElements(),
    );
  });
}
