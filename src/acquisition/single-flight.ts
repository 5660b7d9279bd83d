import type { Observable, Subject } from 'rxjs';
import {
  AsyncSubject,
  EMPTY,
  Subject as NewSubject,
  concat,
  defer,
  endWith,
  exhaustMap,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  switchMap,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import type { Outcome, RefreshResult } from './outcome.js';
import type { Time } from './polling.js';
import { hasVanished, ticks } from './request-bound.js';
import type { Trampoline } from './trampoline.js';

/** One piece of work that is under way at most once. */
export interface Flight {
  /** Starts it, or joins it while it is under way. Emits what it came to, if anything, when it has ended. */
  readonly join: (isInitiatedByUser: boolean) => Observable<RefreshResult>;
  /** Completes when it is not under way any more. */
  readonly ended$: Observable<never>;
  /** It is under way for so long that it has probably vanished: whoever joins it next starts it anew. */
  readonly isOverdue: () => boolean;
}

/** Work that there is nothing to do for. */
export const grounded: Flight = { join: () => EMPTY, ended$: EMPTY, isOverdue: () => false };

/** Work that is under way. */
interface Task {
  readonly result$: AsyncSubject<RefreshResult>;
  /** Ends what is under way and starts it again, on behalf of whoever emits. */
  readonly startAnew$: Subject<void>;
  /** How often it was started. */
  starts: number;
  startedAtMs: number;
  /** When whoever started it last was seen. */
  aliveAtMs: number;
  isOver: boolean;
}

/** What lets a piece of work be under way at a time. */
export interface SingleFlightOptions<C> {
  /** Takes the work; it belongs to whoever is subscribed there. */
  readonly work$: Subject<Observable<Outcome<C>>>;
  readonly trampoline: Trampoline;
  readonly time: Time;
}

/**
 * Lets one piece of work be under way at a time. The work is handed to the pipeline that `work$` feeds and belongs to
 * it, not to whoever asked first: a reader that loses interest ends nobody's request. Whoever asks learns how the work
 * ended once the state has it, and nothing at all when the pipeline is gone.
 *
 * Where a runtime ends timers and requests with the request that it handles, whoever asks holds a timer of its own, and
 * takes the work over when it has vanished.
 */
export function singleFlight<C>(
  { work$, trampoline, time: { scheduler, isInRequest } }: SingleFlightOptions<C>,
  start: (isInitiatedByUser: boolean) => Observable<Outcome<C>>,
): Flight {
  let task: Task | undefined;

  const begin = (isInitiatedByUser: boolean): Task => {
    const begun: Task = {
      result$: new AsyncSubject(),
      startAnew$: new NewSubject(),
      starts: 0,
      startedAtMs: 0,
      aliveAtMs: 0,
      isOver: false,
    };
    const attempt$: Observable<Outcome<C>> = defer(() => {
      let isGivenUp = false;
      begun.starts++;
      begun.startedAtMs = begun.aliveAtMs = scheduler.now();
      const giveUp$ = begun.startAnew$.pipe(
        tap(() => {
          isGivenUp = true;
        }),
      );
      return concat(
        start(isInitiatedByUser).pipe(takeUntil(giveUp$)),
        defer(() => (isGivenUp ? attempt$ : EMPTY)),
      );
    });
    task = begun;
    work$.next(
      attempt$.pipe(
        tap(({ result }) => {
          if (result) begun.result$.next(result);
        }),
        finalize(() => {
          // When the state has the outcome: whoever comes earlier would ask for it again.
          trampoline(() => {
            task = undefined;
            begun.isOver = true;
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
  const joinBound = (isInitiatedByUser: boolean): Observable<RefreshResult> => {
    const before = task?.starts;
    takeOver();
    const joined = task ?? begin(isInitiatedByUser);
    // Who has started it is told by it; whoever else would be told in the name of another request.
    let own = joined.starts === before ? undefined : joined.starts;
    const ended$ = joined.result$.pipe(
      ignoreElements(),
      endWith(undefined),
      filter(() => joined.starts === own),
    );
    const look$ = ticks(scheduler).pipe(
      tap(() => {
        if (joined.starts === own) joined.aliveAtMs = scheduler.now();
        else if (!joined.isOver && isOverdue()) {
          takeOver();
          own = joined.starts;
        }
      }),
      filter(() => joined.isOver),
    );
    return merge(ended$, look$).pipe(
      take(1),
      switchMap(() => joined.result$),
    );
  };

  return {
    join: (isInitiatedByUser) =>
      defer(() => {
        if (isInRequest?.() === false || (!task && !work$.observed)) return EMPTY;
        return isInRequest ? joinBound(isInitiatedByUser) : (task ?? begin(isInitiatedByUser)).result$;
      }),
    ended$: defer(() => task?.result$ ?? EMPTY).pipe(ignoreElements()),
    isOverdue,
  };
}

/**
 * Starts a flight anew for each emission: what is under way at that time may have been too early to see what the
 * emission is about. Those that come before the new flight starts share it, however many they are.
 */
export function flyAfterEach(
  trigger$: Observable<unknown>,
  { ended$ }: Flight,
  fly$: Observable<unknown>,
): Observable<never> {
  return defer(() => {
    let isWanted = false;
    const run$: Observable<unknown> = concat(
      ended$,
      defer(() => {
        isWanted = false;
        return fly$;
      }),
      defer(() => (isWanted ? run$ : EMPTY)),
    );
    return trigger$.pipe(
      map(() => {
        isWanted = true;
      }),
      exhaustMap(() => run$),
      ignoreElements(),
    );
  });
}
