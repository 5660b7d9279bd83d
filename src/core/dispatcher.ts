import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';
import type { State } from '../acquisition/outcome.js';
import type { Layers } from '../overrides/overlay.js';

/** Subscribers that are given the same answer, at one level. */
export interface Group {
  /** In the `next` of how many others, one inside of another, they have subscribed: those are notified first. */
  readonly level: number;
  answer: unknown;
  /** The first to have subscribed, which is notified first. */
  first: Member | undefined;
}

/** A subscriber as one of a group. */
export interface Member {
  readonly group: Group;
  readonly subscriber: Subscriber<unknown>;
  /** The one that subscribed after it. */
  next: Member | undefined;
}

/** Brings the answers of groups up to date, and adds those whose answer is another one to `changed`. */
export interface Collector {
  readonly ofState: (state: State<Layers>, changed: Group[]) => void;
  readonly ofUser: (changed: Group[]) => void;
}

/**
 * Notifies subscribers of each change that concerns them. One that has subscribed inside of another, as `switchMap` does, is
 * notified after that one, which may unsubscribe it and subscribe anew: nobody is notified twice.
 */
export interface Dispatcher {
  /** In the `next` of how many subscribers the present call is. */
  readonly level: () => number;
  /** Notifies one subscriber at the present level. */
  readonly deliver: <T>(subscriber: Subscriber<T>, value: T) => void;
  /** The present state and those to come. */
  readonly state$: Observable<State<Layers>>;
  /** Emits each time that the default user is another one. */
  readonly userChange$: Observable<unknown>;
  /** Called at each change, before any subscriber is notified. */
  readonly collectors: Collector[];
  readonly dispatchState: (state: State<Layers>) => void;
  readonly dispatchUserChange: () => void;
}

/** Creates a dispatcher without subscribers. */
export function createDispatcher(stateNow: () => State<Layers>): Dispatcher {
  const stateFollowers = new Set<Group>();
  const userFollowers = new Set<Group>();
  const collectors: Collector[] = [];
  let level = 0;

  const deliver = <T>(subscriber: Subscriber<T>, value: T, own = level) => {
    const outer = level;
    level = own + 1;
    subscriber.next(value);
    level = outer;
  };

  /**
   * Brings all answers up to date, so that no subscriber finds an old one, and then notifies. Whoever subscribes meanwhile is
   * given the new answer at once, and is not notified again.
   */
  const dispatch = (
    followers: ReadonlySet<Group>,
    collect: (collector: Collector, changed: Group[]) => void,
    answer?: unknown,
  ) => {
    const groups = [...followers];
    for (const follower of groups) follower.answer = answer;
    for (const collector of collectors) collect(collector, groups);
    // Most have not subscribed inside of anybody.
    if (groups.some((group) => group.level)) groups.sort((a, b) => a.level - b.level);
    // Listed first: a subscriber may add others, who have the new answer already.
    const members: Member[] = [];
    for (const { first } of groups) for (let member = first; member; member = member.next) members.push(member);
    for (const { group, subscriber } of members) deliver(subscriber, group.answer, group.level);
  };

  const following = <T>(followers: Set<Group>, first?: () => T) =>
    new Observable<T>((subscriber) => {
      const group: Group = { level, answer: undefined, first: undefined };
      group.first = { group, subscriber, next: undefined };
      followers.add(group);
      subscriber.add(() => followers.delete(group));
      if (first) deliver(subscriber, first());
    });

  return {
    level: () => level,
    deliver,
    state$: following(stateFollowers, stateNow),
    userChange$: following(userFollowers),
    collectors,
    dispatchState: (state) => {
      dispatch(stateFollowers, (collector, changed) => collector.ofState(state, changed), state);
    },
    dispatchUserChange: () => {
      dispatch(userFollowers, (collector, changed) => collector.ofUser(changed));
    },
  };
}
