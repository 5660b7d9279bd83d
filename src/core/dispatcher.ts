import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';
import type { State } from '../acquisition/outcome.js';
import type { Layers } from '../overrides/overlay.js';

/** Those who are told the same, at one level. */
export interface Group {
  /** Inside of how many others, who are told first, they have subscribed. */
  readonly level: number;
  answer: unknown;
  /** Who has come first of them, and is told first. */
  first: Member | undefined;
}

/** A subscriber as one of a group. */
export interface Member {
  readonly group: Group;
  readonly subscriber: Subscriber<unknown>;
  /** Who has come after. */
  next: Member | undefined;
}

/** Brings answers up to date, and adds the groups that are to be told of another one. */
export interface Collector {
  readonly ofState: (state: State<Layers>, changed: Group[]) => void;
  readonly ofUser: (changed: Group[]) => void;
}

/**
 * Tells each change to those whom it concerns. Whoever subscribes inside of another subscriber, as with `switchMap`, is
 * told after that one, who may then let go of it and subscribe anew: nobody is told twice.
 */
export interface Dispatcher {
  /** Inside of how many subscribers something happens now. */
  readonly level: () => number;
  /** Tells one subscriber something at the present level. */
  readonly deliver: <T>(subscriber: Subscriber<T>, value: T) => void;
  /** The present state and those to come. */
  readonly state$: Observable<State<Layers>>;
  /** Emits each time that the default user is another one. */
  readonly userChange$: Observable<unknown>;
  /** Asked at each change, before anybody is told. */
  readonly collectors: Collector[];
  readonly tellState: (state: State<Layers>) => void;
  readonly tellUser: () => void;
}

/** Creates a dispatcher that knows nobody. */
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
   * Whoever is told can come across no old answer, as all are brought up to date before. Whoever subscribes while others
   * are told is given the new answer at once, and is not told again.
   */
  const tell = (
    followers: ReadonlySet<Group>,
    collect: (collector: Collector, changed: Group[]) => void,
    news?: unknown,
  ) => {
    const groups = [...followers];
    for (const follower of groups) follower.answer = news;
    for (const collector of collectors) collect(collector, groups);
    // Most have not subscribed inside of anybody.
    if (groups.some((group) => group.level)) groups.sort((a, b) => a.level - b.level);
    // In a list of their own, because whoever is told may bring others along, who know already.
    const told: Member[] = [];
    for (const { first } of groups) for (let member = first; member; member = member.next) told.push(member);
    for (const { group, subscriber } of told) deliver(subscriber, group.answer, group.level);
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
    tellState: (state) => {
      tell(stateFollowers, (collector, changed) => collector.ofState(state, changed), state);
    },
    tellUser: () => {
      tell(userFollowers, (collector, changed) => collector.ofUser(changed));
    },
  };
}
