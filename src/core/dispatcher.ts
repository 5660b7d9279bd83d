import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';
import type { State } from '../acquisition/outcome.js';
import type { Layers } from '../overrides/overlay.js';

/** Those who are told the same, at one level. */
export interface Group {
  /** Inside of how many others, who are told first, they have subscribed. */
  readonly level: number;
  answer: unknown;
  readonly subscribers: ReadonlySet<Subscriber<unknown>>;
  /** A copy of them to go through, because whoever is told may bring others along, who know already. */
  listeners: readonly Subscriber<unknown>[] | undefined;
}

/** Brings answers up to date, and gives the groups that are to be told of another one. */
export interface Collector {
  readonly ofState: (state: State<Layers>) => readonly Group[];
  readonly ofUser: () => readonly Group[];
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
   * To be called when all answers are up to date: nobody can come across an old one. Whoever subscribes while others are
   * told is given the new answer at once, and is not told again.
   */
  const tell = (changed: readonly Group[], followers: ReadonlySet<Group>, news?: unknown) => {
    for (const follower of followers) follower.answer = news;
    const groups = [...followers, ...changed];
    // Most have not subscribed inside of anybody.
    if (groups.some((group) => group.level)) groups.sort((a, b) => a.level - b.level);
    const told = groups.map(listenersOf);
    groups.forEach(({ answer, level: own }, i) => {
      for (const subscriber of told[i]!) deliver(subscriber, answer, own);
    });
  };

  const following = <T>(followers: Set<Group>, first?: () => T) =>
    new Observable<T>((subscriber) => {
      const group: Group = { level, answer: undefined, subscribers: new Set([subscriber]), listeners: undefined };
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
      const changed = collectors.flatMap((collector) => collector.ofState(state));
      tell(changed, stateFollowers, state);
    },
    tellUser: () => {
      const changed = collectors.flatMap((collector) => collector.ofUser());
      tell(changed, userFollowers);
    },
  };
}

/** All who belong to a group now, as a list that stays as it is. */
export function listenersOf(group: Group): readonly Subscriber<unknown>[] {
  return (group.listeners ??= [...group.subscribers]);
}
