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

  const deliver = <T>(listeners: readonly Subscriber<T>[], value: T, own: number) => {
    const outer = level;
    level = own + 1;
    for (const subscriber of listeners) subscriber.next(value);
    level = outer;
  };

  /**
   * Whoever is told can come across no old answer, as all are brought up to date before. Whoever subscribes while others
   * are told is given the new answer at once, and is not told again.
   */
  const tell = (followers: ReadonlySet<Group>, collect: (changed: Group[]) => void, news?: unknown) => {
    const groups = [...followers];
    for (const follower of groups) follower.answer = news;
    collect(groups);
    // Most have not subscribed inside of anybody.
    if (groups.some((group) => group.level)) groups.sort((a, b) => a.level - b.level);
    const told = groups.map(listenersOf);
    for (let i = 0; i < groups.length; i++) deliver(told[i]!, groups[i]!.answer, groups[i]!.level);
  };

  const following = <T>(followers: Set<Group>, first?: () => T) =>
    new Observable<T>((subscriber) => {
      const group: Group = { level, answer: undefined, subscribers: new Set([subscriber]), listeners: undefined };
      followers.add(group);
      subscriber.add(() => followers.delete(group));
      if (first) deliver([subscriber], first(), level);
    });

  return {
    level: () => level,
    deliver: (subscriber, value) => {
      deliver([subscriber], value, level);
    },
    state$: following(stateFollowers, stateNow),
    userChange$: following(userFollowers),
    collectors,
    tellState: (state) => {
      tell(
        stateFollowers,
        (changed) => {
          for (const collector of collectors) collector.ofState(state, changed);
        },
        state,
      );
    },
    tellUser: () => {
      tell(userFollowers, (changed) => {
        for (const collector of collectors) collector.ofUser(changed);
      });
    },
  };
}

/** All who belong to a group now, as a list that stays as it is. */
export function listenersOf(group: Group): readonly Subscriber<unknown>[] {
  return (group.listeners ??= [...group.subscribers]);
}
