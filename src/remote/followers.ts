import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';

/** Tells a state to all who follow it. */
export interface Followers<S> {
  /** The present state and those to come. */
  readonly state$: Observable<S>;
  /** Notifies one subscriber, at the level of those who subscribe inside of the present one. */
  readonly deliver: <T>(subscriber: Subscriber<T>, value: T, at?: number) => void;
  readonly dispatch: () => void;
  readonly complete: () => void;
}

/**
 * Creates what `createDispatcher()` is to other cores, without groups and slices: one that has subscribed inside of another, as
 * `switchMap` does, is notified after that one, which may unsubscribe it.
 */
export function createFollowers<S>(stateNow: () => S): Followers<S> {
  const followers = new Set<{ readonly level: number; readonly subscriber: Subscriber<S> }>();
  let level = 0;
  let isComplete = false;
  const deliver: Followers<S>['deliver'] = (subscriber, value, at = level) => {
    const outer = level;
    level = at + 1;
    subscriber.next(value);
    level = outer;
  };
  return {
    state$: new Observable((subscriber) => {
      const follower = { level, subscriber };
      followers.add(follower);
      subscriber.add(() => followers.delete(follower));
      deliver(subscriber, stateNow());
      if (isComplete) subscriber.complete();
    }),
    deliver,
    dispatch: () => {
      // Listed first: a subscriber may add others, who have the new state already.
      const inOrder = [...followers].sort((a, b) => a.level - b.level);
      for (const { subscriber, level: at } of inOrder) deliver(subscriber, stateNow(), at);
    },
    complete: () => {
      isComplete = true;
      for (const { subscriber } of [...followers]) subscriber.complete();
    },
  };
}
