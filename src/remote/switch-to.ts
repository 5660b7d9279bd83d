import type { OperatorFunction, Subscription } from 'rxjs';
import { Observable } from 'rxjs';
import { createTrampoline } from '../acquisition/trampoline.js';

/**
 * Follows, for good, what the last value of a stream stands for. RxJS's `switchMap` takes whatever can be made an Observable, which
 * is a third of RxJS.
 */
export function switchTo<T, R>(project: (value: T) => Observable<R>): OperatorFunction<T, R> {
  return (source$) =>
    new Observable((subscriber) => {
      // Whoever is told something may bring about another value.
      const inTurn = createTrampoline();
      let inner: Subscription | undefined;
      const next = (value: R) => {
        subscriber.next(value);
      };
      const follow = (value: T) => {
        inTurn(() => {
          inner?.unsubscribe();
          subscriber.add((inner = project(value).subscribe(next)));
        });
      };
      subscriber.add(source$.subscribe(follow));
    });
}
