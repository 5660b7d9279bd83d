import type { FanOut } from '../core/snapshot.js';
import type { Core } from '../core/source.js';
import { readLatest } from '../flags/read-latest.js';

/**
 * The fan-out of values that have been decided: every follower looks at each new state itself, as that takes no more than
 * finding a value by its key.
 */
export function createRemoteFanOut({ data, dispatcher, lifetime }: Core): FanOut {
  return {
    attach: (view, key, fallback, user, subscriber) => {
      const read = () => {
        const snapshot = data.snapshot();
        return view.evaluate(snapshot, key, fallback, user ?? snapshot.defaultUser);
      };
      let last: { readonly content: unknown; readonly answer: ReturnType<typeof read> } | undefined;
      let stateCount = 0;
      subscriber.add(
        dispatcher.state$.subscribe(({ content }) => {
          stateCount++;
          if (last && last.content === content) return;
          const answer = readLatest(read, () => stateCount, subscriber);
          const isTold = last && view.isSame(last.answer, answer);
          last = { content, answer };
          if (!isTold) subscriber.next(answer);
        }),
      );
      subscriber.add(lifetime.disposed$.subscribe({ complete: () => subscriber.complete() }));
      if (lifetime.isDisposed()) subscriber.complete();
    },
  };
}
