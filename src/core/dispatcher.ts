import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';
import type { State } from '../acquisition/outcome.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { User } from '../model/user.js';
import type { Layers } from '../overrides/overlay.js';
import type { InternalSnapshot } from './snapshot.js';

/** What subscribers of a flag are shown of it. */
export interface View<T> {
  /** What tells it from the others. */
  readonly name: string;
  readonly evaluate: (snapshot: InternalSnapshot, key: string, fallback: DefaultValue, user: User | undefined) => T;
  readonly isSame: (a: T, b: T) => boolean;
  /** The answer tells its age, so that whoever comes later needs a new one. */
  readonly ages: boolean;
}

/** Brings each change to those whom it concerns, and to nobody else. */
export interface FanOut {
  /** Emits the present answer at once, and each other one later; completes with the client. */
  readonly attach: <T>(
    view: View<T>,
    key: string,
    fallback: DefaultValue,
    user: User | undefined,
    subscriber: Subscriber<T>,
  ) => void;
}

/** Subscribers that are given the same answer, at one level. */
export interface Group {
  /** In the `next` of how many others, one inside of another, they have subscribed: those are notified first. */
  readonly level: number;
  answer: unknown;
  /**
   * One alone, or several in the order in which they have subscribed. Collectors of garbage lay out next to each other what is
   * in a set, so that many are notified in half the time that links from each to the next would take.
   */
  members: Subscriber<unknown> | Set<Subscriber<unknown>> | undefined;
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

/** The present members of a group, in a list that does not change with it. */
export function membersOf({ members }: Group): readonly Subscriber<unknown>[] {
  if (members instanceof Set) return [...members];
  return members ? [members] : [];
}

/** Creates a dispatcher without subscribers. */
export function createDispatcher(stateNow: () => State<Layers>): Dispatcher {
  const stateFollowers = new Set<Group>();
  const userFollowers = new Set<Group>();
  const collectors: Collector[] = [];
  let level = 0;

  const deliver = <T>(subscriber: Subscriber<T>, value: T) => {
    const outer = level;
    level = outer + 1;
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
    const members = groups.map(membersOf);
    const outer = level;
    groups.forEach((group, i) => {
      level = group.level + 1;
      for (const subscriber of members[i]!) subscriber.next(group.answer);
    });
    level = outer;
  };

  const following = <T>(followers: Set<Group>, first?: () => T) =>
    new Observable<T>((subscriber) => {
      const group: Group = { level, answer: undefined, members: subscriber };
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
