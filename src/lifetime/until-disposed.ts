import type { MonoTypeOperatorFunction } from 'rxjs';
import { EMPTY, Observable, filter, take } from 'rxjs';
import type { Lifetime } from './lifetime.js';

/**
 * Ends a stream with its client, and keeps the process alive while somebody is subscribed. Of a client that is
 * disposed already, the stream is what `last` emits at once.
 */
export function untilDisposed<T>(lifetime: Lifetime, stream$: Observable<T>, last: () => Observable<T>): Observable<T> {
  const { isDisposed, keepAlive } = lifetime;
  const ending$ = stream$.pipe(endWithClient(lifetime, last));
  return new Observable((subscriber) => {
    if (!isDisposed()) {
      keepAlive.take();
      subscriber.add(keepAlive.release);
    }
    ending$.subscribe(subscriber);
  });
}

/**
 * Completes a stream of state when the client is disposed: whoever has been told nothing by then is told what `last`
 * emits at once.
 */
export function endWithClient<T>(
  { disposed$, isDisposed }: Lifetime,
  last: () => Observable<T>,
): MonoTypeOperatorFunction<T> {
  return (stream$) =>
    new Observable((subscriber) => {
      let isTold = false;
      const end = () => {
        (isTold ? EMPTY : atOnce(last())).subscribe(subscriber);
      };
      if (isDisposed()) {
        end();
        return;
      }
      subscriber.add(disposed$.subscribe(end));
      // It lets everything pass. `tap` would be more to load.
      stream$.pipe(filter(() => (isTold = true))).subscribe(subscriber);
    });
}

/** Emits a value at once. `of` takes whatever can be made an Observable, and is half as large as all the rest of RxJS. */
export function present<T>(value: T): Observable<T> {
  return new Observable((subscriber) => {
    subscriber.next(value);
    subscriber.complete();
  });
}

/** What a stream emits first, if it does so at once. */
export function atOnce<T>(stream$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    stream$.pipe(take(1)).subscribe(subscriber);
    subscriber.complete();
  });
}
