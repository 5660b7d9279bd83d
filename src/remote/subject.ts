import type { Subject as RxSubject, Subscriber } from 'rxjs';
import { Observable } from 'rxjs';

/** What this needs of a `Subject`, in a fifth of its bytes. */
export interface Subject<T> extends Observable<T>, Pick<RxSubject<T>, 'next' | 'complete'> {
  readonly isObserved: () => boolean;
  /** Notifies one subscriber, whose own subscribers come after those of others. */
  readonly deliver: <V>(subscriber: Subscriber<V>, value: V, at?: number) => void;
}

/**
 * Creates a subject. One that has subscribed inside of another, as `switchMap` does, is notified after that one, which may
 * unsubscribe it: see `Dispatcher`.
 *
 * @param first - gives what each subscriber is told at once. Default: nothing.
 */
export function createSubject<T>(first?: () => T): Subject<T> {
  const followers = new Set<{ readonly level: number; readonly subscriber: Subscriber<T> }>();
  let level = 0;
  let isComplete = false;
  const deliver: Subject<T>['deliver'] = (subscriber, value, at = level) => {
    const outer = level;
    level = at + 1;
    subscriber.next(value);
    level = outer;
  };
  const subject$ = new Observable<T>((subscriber) => {
    const follower = { level, subscriber };
    followers.add(follower);
    subscriber.add(() => followers.delete(follower));
    if (first) deliver(subscriber, first());
    if (isComplete) subscriber.complete();
  });
  return Object.assign(subject$, {
    isObserved: () => followers.size > 0,
    deliver,
    next: (value: T) => {
      // Listed first: a subscriber may add others, who know already.
      const inOrder = [...followers].sort((a, b) => a.level - b.level);
      for (const { subscriber, level: at } of inOrder) deliver(subscriber, value, at);
    },
    complete: () => {
      isComplete = true;
      for (const { subscriber } of [...followers]) subscriber.complete();
    },
  });
}
