import type { Subscriber } from 'rxjs';
import type { Group } from '../core/dispatcher.js';
import { membersOf } from '../core/dispatcher.js';
import { settingOf } from '../core/snapshot.js';
import type { Core } from '../core/source.js';
import type { User } from '../model/user.js';
import type { SubscriberGroup, SubscriberGroups, Question } from './subscriber-groups.js';
import { createSubscriberGroups } from './subscriber-groups.js';
import { readLatest } from './read-latest.js';

/** Brings each change to those whom it concerns, and to nobody else. */
export interface FanOut {
  /** Emits the present answer at once, and each other one later; completes with the client. */
  readonly attach: <T>(question: Question<T>, subscriber: Subscriber<T>) => void;
}

/**
 * Creates the fan-out of a client. A config touches only the groups of settings that it changes: the others cost
 * one comparison of identities. Whoever asks the same question for an equal user shares one evaluation.
 */
export function createFanOut({ data, defaultUser, lifetime, dispatcher }: Core): FanOut {
  const { level, deliver } = dispatcher;
  const { entries, find, create, join } = createSubscriberGroups();
  let { content } = data.state();
  let snapshot = data.snapshot();
  let currentUser = defaultUser.current();
  let stateCount = 0;
  let isComplete = false;

  const evaluate = ({ view, key, fallback }: Question<unknown>, named: User | undefined) =>
    view.evaluate(snapshot, key, fallback, named ?? currentUser);

  /** Brings the answers of a group and those behind it up to date, and adds those that differ to `changed`. */
  const renew = (first: SubscriberGroup | undefined, changed: Group[]) => {
    for (let group = first; group; group = group.next) {
      const answer = evaluate(group, group.named);
      if (group.view.isSame(group.answer, answer)) continue;
      group.answer = answer;
      changed.push(group);
    }
  };

  dispatcher.collectors.push({
    ofState: (state, changed) => {
      if (state.content === content) return;
      stateCount++;
      const isFirst = !snapshot.hasConfig;
      content = state.content;
      snapshot = data.snapshotOf(state);
      entries.forEach((entry, key) => {
        const setting = settingOf(snapshot, key);
        if (setting === entry.setting && !isFirst) return;
        entry.setting = setting;
        for (const first of entry.groups.values()) renew(first, changed);
      });
    },
    ofUser: (changed) => {
      stateCount++;
      currentUser = defaultUser.current();
      for (const { groups } of entries.values()) renew(groups.get(undefined), changed);
    },
  });
  lifetime.disposed$.subscribe({
    complete: () => {
      isComplete = true;
      for (const { subscriber } of membersOf(allOf(entries))) subscriber.complete();
    },
  });

  return {
    attach: (typedQuestion, typedSubscriber) => {
      // Groups do not care for types: whoever asks a question knows that of the answer.
      const question = typedQuestion as Question<unknown>;
      const subscriber = typedSubscriber as Subscriber<unknown>;
      let group = find(question, level());
      if (!group || question.view.ages) {
        // The server may have vouched for the same config since.
        const state = data.state();
        if (question.view.ages && state.content === content) snapshot = data.snapshotOf(state);
        const answer = readLatest(
          () => evaluate(question, question.user?.user),
          () => stateCount,
          subscriber,
        );
        // The evaluation may have made somebody ask the same.
        group = find(question, level()) ?? create(question, level(), answer, settingOf(snapshot, question.key));
        group.answer = answer;
      }
      join(group, subscriber);
      deliver(subscriber, group.answer);
      if (isComplete) subscriber.complete();
    },
  };
}

function allOf(entries: SubscriberGroups['entries']): SubscriberGroup[] {
  const all: SubscriberGroup[] = [];
  for (const { groups } of entries.values()) {
    for (const first of groups.values()) {
      for (let group: SubscriberGroup | undefined = first; group; group = group.next) all.push(group);
    }
  }
  return all;
}
