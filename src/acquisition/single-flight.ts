import type { Observable, Subject } from 'rxjs';
import { AsyncSubject, EMPTY, concat, defer, exhaustMap, finalize, ignoreElements, map, tap } from 'rxjs';
import type { Outcome, RefreshResult } from './outcome.js';
import type { Trampoline } from './trampoline.js';

/** One piece of work that is under way at most once. */
export interface Flight {
  /** Starts it, or joins it while it is under way. Emits what it came to, if anything, when it has ended. */
  readonly join: (isInitiatedByUser: boolean) => Observable<RefreshResult>;
  /** Completes when it is not under way any more. */
  readonly ended$: Observable<never>;
}

/** Work that there is nothing to do for. */
export const grounded: Flight = { join: () => EMPTY, ended$: EMPTY };

/**
 * Lets one piece of work be under way at a time. The work is handed to the pipeline that `work$` feeds and belongs to
 * it, not to whoever asked first: a reader that loses interest ends nobody's request. Whoever asks learns how the work
 * ended once the state has it, and nothing at all when the pipeline is gone.
 */
export function singleFlight<C>(
  work$: Subject<Observable<Outcome<C>>>,
  trampoline: Trampoline,
  start: (isInitiatedByUser: boolean) => Observable<Outcome<C>>,
): Flight {
  let flight$: Observable<RefreshResult> | undefined;
  return {
    join: (isInitiatedByUser) =>
      defer(() => {
        if (flight$) return flight$;
        if (!work$.observed) return EMPTY;
        const result$ = new AsyncSubject<RefreshResult>();
        flight$ = result$;
        work$.next(
          start(isInitiatedByUser).pipe(
            tap(({ result }) => {
              if (result) result$.next(result);
            }),
            finalize(() => {
              // When the state has the outcome: whoever comes earlier would ask for it again.
              trampoline(() => {
                flight$ = undefined;
                result$.complete();
              });
            }),
          ),
        );
        return result$;
      }),
    ended$: defer(() => flight$ ?? EMPTY).pipe(ignoreElements()),
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
