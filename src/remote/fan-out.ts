import type { FanOut } from '../core/snapshot.js';
import type { Core } from '../core/source.js';

/**
 * The fan-out of values that have been decided: every follower looks at each new state itself, as that takes no more than
 * finding a value by its key.
 */
export function createRemoteFanOut({ data }: Core): FanOut {
  return {
    attach: (view, key, fallback, user, subscriber) => {
      let last: { readonly answer: ReturnType<typeof view.evaluate> } | undefined;
      const follow = (snapshot: ReturnType<typeof data.snapshot>) => {
        const answer = view.evaluate(snapshot, key, fallback, user ?? snapshot.defaultUser);
        // A logger may have brought about another state meanwhile, which has been told already.
        if (data.state().content !== snapshot.state.content || (last && view.isSame(last.answer, answer))) return;
        last = { answer };
        subscriber.next(answer);
      };
      const complete = () => {
        subscriber.complete();
      };
      subscriber.add(data.snapshot$.subscribe({ next: follow, complete }));
    },
  };
}
