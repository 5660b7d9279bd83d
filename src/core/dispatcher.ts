import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';
import type { State } from '../acquisition/outcome.js';
import type { Layers } from '../overrides/overlay.js';

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
  /** Tells whether two answers are the same; without it each answer is told. */
  readonly view?: { readonly isSame: (a: never, b: never) => boolean } | undefined;
}

/** Knows which groups a change concerns, by calling `visit` with each. */
export interface Collector {
  readonly ofState: (state: State<Layers>, visit: (group: Group) => void) => void;
  readonly ofUser: (visit: (group: Group) => void) => void;
  /** Brings the answer of a group up to date, and says whether it is another one. */
  readonly renew: (group: Group) => boolean;
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
  /** Present where subscribers are notified little by little. */
  readonly slices: Slices | undefined;
  /** The present state and those to come. */
  readonly state$: Observable<State<Layers>>;
  /** Emits each time that the default user is another one. */
  readonly userChange$: Observable<unknown>;
  /** Called at each change, before any subscriber is notified. */
  readonly collectors: Collector[];
  readonly dispatchState: (state: State<Layers>) => void;
  readonly dispatchUserChange: () => void;
}

/** Names to `visit` the groups that a change concerns. */
type Collect = (collector: Collector, visit: (group: Group) => void) => void;

/** Notifies one subscriber of the answer of its group, at its level. */
export type Notify = (group: Group, subscriber: Subscriber<unknown>) => void;

/** Notifies those whom a change concerns little by little. */
export interface Slices {
  /** Notifies as many as one slice has time for now, and the others later. */
  readonly dispatch: (
    followers: readonly Group[],
    collectors: readonly Collector[],
    collect: Collect,
    notify: Notify,
  ) => void;
  /** Brings the answer of a group up to date for those who read it now. */
  readonly settle: (group: Group) => void;
  /** Notifies all who are left. */
  readonly flush: () => void;
}

/** The present members of a group, in a list that does not change with it. */
export function membersOf({ members }: Group): readonly Subscriber<unknown>[] {
  if (members instanceof Set) return [...members];
  return members ? [members] : [];
}

/**
 * Creates a dispatcher without subscribers.
 *
 * @param slices - for one that notifies little by little; without it all are notified at once.
 */
export function createDispatcher(stateNow: () => State<Layers>, slices?: Slices): Dispatcher {
  const stateFollowers = new Set<Group>();
  const userFollowers = new Set<Group>();
  const collectors: Collector[] = [];
  let level = 0;

  const deliver = <T>(subscriber: Subscriber<T>, value: T, at = level) => {
    const outer = level;
    level = at + 1;
    subscriber.next(value);
    level = outer;
  };

  /**
   * Brings all answers up to date, so that no subscriber finds an old one, and then notifies. Whoever subscribes meanwhile is
   * given the new answer at once, and is not notified again.
   */
  const dispatch = (followers: ReadonlySet<Group>, collect: Collect, answer?: unknown) => {
    const groups = [...followers];
    for (const follower of groups) follower.answer = answer;
    if (slices) {
      slices.dispatch(groups, collectors, collect, (group, subscriber) => {
        deliver(subscriber, group.answer, group.level);
      });
      return;
    }
    for (const collector of collectors) {
      collect(collector, (group) => {
        if (collector.renew(group)) groups.push(group);
      });
    }
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
    slices,
    state$: following(stateFollowers, stateNow),
    userChange$: following(userFollowers),
    collectors,
    dispatchState: (state) => {
      dispatch(stateFollowers, (collector, visit) => collector.ofState(state, visit), state);
    },
    dispatchUserChange: () => {
      dispatch(userFollowers, (collector, visit) => collector.ofUser(visit));
    },
  };
}
