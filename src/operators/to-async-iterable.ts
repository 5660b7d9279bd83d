import type { Observable, Subscription } from 'rxjs';

/**
 * Lets `for await` follow a stream. Whoever is busy with a value misses those that come meanwhile, except for the last:
 * that is the next one. Leaving the loop unsubscribes, the end of the stream ends it, and an error of the stream is
 * thrown in it, each after the last value. Nothing is subscribed to before the first value is asked for; each loop has a
 * subscription of its own.
 *
 * @example
 * for await (const limit of toAsyncIterable(client.flag$('uploadLimit', 10))) await resize(limit);
 */
export function toAsyncIterable<T>(source$: Observable<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => iterate(source$) };
}

/** A call of `next()` that waits for a value. */
interface PendingNext<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

function iterate<T>(source$: Observable<T>): AsyncIterator<T, undefined> {
  const pending: PendingNext<T>[] = [];
  let latest: { readonly value: T } | undefined;
  let failure: { readonly error: unknown } | undefined;
  let subscription: Subscription | undefined;
  let isOver = false;

  const settle = () => {
    for (let next = pending.shift(); next; next = pending.shift()) {
      if (latest) {
        next.resolve({ done: false, value: latest.value });
        latest = undefined;
      } else if (failure) {
        next.reject(failure.error);
        failure = undefined;
      } else if (isOver) next.resolve(ended);
      else {
        pending.unshift(next);
        return;
      }
    }
  };
  const start = () =>
    source$.subscribe({
      next: (value) => {
        latest = { value };
        settle();
      },
      error: (error: unknown) => {
        failure = { error };
        isOver = true;
        settle();
      },
      complete: () => {
        isOver = true;
        settle();
      },
    });

  return {
    next: () => {
      // Subscribed before the call is pending, so that of several replayed values the last one is the first result.
      if (!isOver) subscription ??= start();
      return new Promise((resolve, reject) => {
        pending.push({ resolve, reject });
        settle();
      });
    },
    return: () => {
      subscription?.unsubscribe();
      isOver = true;
      latest = failure = undefined;
      settle();
      return Promise.resolve(ended);
    },
  };
}

const ended: IteratorReturnResult<undefined> = { done: true, value: undefined };
