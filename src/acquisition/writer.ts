import type { Observable } from 'rxjs';
import { EMPTY, Subject, concat, defer, finalize } from 'rxjs';
import type { Entry } from './entry.js';

/** Stores entries without anybody waiting for it. */
export interface Writer {
  readonly store: (entry: Entry) => void;
  /** Completes when nothing is being written. */
  readonly idle$: Observable<never>;
}

/**
 * Writes one entry at a time. While one is being written only the last of those that follow is kept.
 *
 * @param run - takes the work, which emits what writes report.
 */
export function createWriter<T>(write: (entry: Entry) => Observable<T>, run: (work$: Observable<T>) => void): Writer {
  let next: Entry | undefined;
  let writing$: Subject<never> | undefined;
  const writeNext$: Observable<T> = defer(() => {
    const entry = next;
    next = undefined;
    return entry ? concat(write(entry), writeNext$) : EMPTY;
  });
  const work$ = defer(() => {
    const idle$ = (writing$ = new Subject<never>());
    return writeNext$.pipe(
      finalize(() => {
        writing$ = undefined;
        idle$.complete();
      }),
    );
  });
  return {
    store: (entry) => {
      next = entry;
      if (!writing$) run(work$);
    },
    idle$: defer(() => writing$ ?? EMPTY),
  };
}
