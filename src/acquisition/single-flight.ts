import type { Observable, Subject } from 'rxjs';
import { AsyncSubject, EMPTY, defer, finalize, tap } from 'rxjs';
import type { Outcome, RefreshResult } from './outcome.js';
import type { Trampoline } from './trampoline.js';

/** Asks for work: starts it, or joins what is under way. Emits what the work came to, if anything, when it has ended. */
export type Flight = (isInitiatedByUser: boolean) => Observable<RefreshResult>;

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
  return (isInitiatedByUser) =>
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
            flight$ = undefined;
            trampoline(() => {
              result$.complete();
            });
          }),
        ),
      );
      return result$;
    });
}
