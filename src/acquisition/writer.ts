import type { Observable } from 'rxjs';
import {
  BehaviorSubject,
  EMPTY,
  Subject,
  concat,
  defer,
  exhaustMap,
  filter,
  finalize,
  ignoreElements,
  take,
} from 'rxjs';
import type { Entry } from './entry.js';

/** Stores entries without anybody waiting for it. */
export interface Writer<T> {
  readonly store: (entry: Entry) => void;
  /** The work: what writes report. */
  readonly tasks$: Observable<T>;
  /** Completes when nothing is being written. */
  readonly idle$: Observable<never>;
}

/** Writes one entry at a time. While one is being written only the last of those that follow is kept. */
export function createWriter<T>(write: (entry: Entry) => Observable<T>): Writer<T> {
  const entry$ = new Subject<void>();
  const isIdle$ = new BehaviorSubject(true);
  let next: Entry | undefined;
  const writeNext$: Observable<T> = defer(() => {
    const entry = next;
    next = undefined;
    return entry ? concat(write(entry), writeNext$) : EMPTY;
  });
  return {
    store: (entry) => {
      next = entry;
      entry$.next();
    },
    tasks$: entry$.pipe(
      exhaustMap(() => {
        isIdle$.next(false);
        return writeNext$.pipe(
          finalize(() => {
            isIdle$.next(true);
          }),
        );
      }),
    ),
    idle$: isIdle$.pipe(filter(Boolean), take(1), ignoreElements()),
  };
}
