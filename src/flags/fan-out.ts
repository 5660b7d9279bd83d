import type { Subscriber } from 'rxjs';
import type { FanOut, View } from '../core/snapshot.js';
import type { Group } from '../core/dispatcher.js';
import { membersOf } from '../core/dispatcher.js';
import { settingOf } from '../core/snapshot.js';
import type { Core } from '../core/source.js';
import type { SubscriberGroup } from './subscriber-groups.js';
import { createSubscriberGroups } from './subscriber-groups.js';
import { readLatest } from './read-latest.js';

/**
 * Creates the fan-out of a client. A config touches only the groups of settings that it changes: the others cost
 * one comparison of identities. Whoever asks the same question for an equal user shares one evaluation.
 */
export function createFanOut({ data, defaultUser, lifetime, dispatcher }: Core): FanOut {
  const { level, slices, deliver } = dispatcher;
  const { entries, find, add, join } = createSubscriberGroups();
  let { content } = data.state();
  let snapshot = data.snapshot();
  let currentUser = defaultUser.current();
  let stateCount = 0;
  let isComplete = false;

  const evaluate = ({ view, key, fallback, user }: SubscriberGroup) =>
    view.evaluate(snapshot, key, fallback, user ?? currentUser);

  /** Brings the answer of a group up to date, and says whether it is another one. */
  const renew = (group: SubscriberGroup) => {
    const answer = evaluate(group);
    if (group.view.isSame(group.answer, answer)) return false;
    group.answer = answer;
    return true;
  };

  dispatcher.collectors.push({
    // No other groups are visited.
    renew: renew as (group: Group) => boolean,
    ofState: (state, visit) => {
      if (state.content === content) return;
      stateCount++;
      const isFirst = !snapshot.hasConfig;
      content = state.content;
      snapshot = data.snapshotOf(state);
      entries.forEach((entry, key) => {
        const setting = settingOf(snapshot, key);
        if (setting === entry.setting && !isFirst) return;
        entry.setting = setting;
        entry.groups.forEach(visit);
      });
    },
    ofUser: (visit) => {
      stateCount++;
      currentUser = defaultUser.current();
      for (const { groups } of entries.values()) {
        for (const group of groups.values()) if (!group.user) visit(group);
      }
    },
  });
  lifetime.disposed$.subscribe({
    complete: () => {
      isComplete = true;
      // Whoever is told leaves, and what comes after stays within reach.
      const groups = [...entries.values()].flatMap((entry) => [...entry.groups.values()]);
      for (const subscriber of groups.flatMap(membersOf)) subscriber.complete();
    },
  });

  return {
    attach: (typedView, key, fallback, user, typedSubscriber) => {
      // Groups do not care for types: whoever asks a question knows that of the answer.
      const view = typedView as View<unknown>;
      const subscriber = typedSubscriber as Subscriber<unknown>;
      // It becomes one of the groups where nobody asks the same.
      const asked: SubscriberGroup = {
        level: level(),
        answer: undefined,
        members: undefined,
        view,
        key,
        fallback,
        user,
        place: undefined,
        all: undefined,
      };
      let group = find(asked);
      if (!group || view.ages) {
        // The server may have vouched for the same config since.
        if (view.ages && data.state().content === content) snapshot = data.snapshotOf(data.state());
        const answer = readLatest(
          () => evaluate(asked),
          () => stateCount,
          subscriber,
        );
        // The evaluation may have made somebody ask the same.
        group = find(asked) ?? add(asked, settingOf(snapshot, key));
        group.answer = answer;
      }
      slices?.settle(group);
      join(group, subscriber);
      deliver(subscriber, group.answer);
      if (isComplete) subscriber.complete();
    },
  };
}
