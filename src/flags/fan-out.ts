import type { Subscriber } from 'rxjs';
import { listenersOf } from '../core/dispatcher.js';
import { settingOf } from '../core/snapshot.js';
import type { Core } from '../core/source.js';
import type { Audience, Audiences, Question } from './audiences.js';
import { createAudiences } from './audiences.js';
import { readLatest } from './read-latest.js';

/** Brings each change to those whom it concerns, and to nobody else. */
export interface FanOut {
  /** Emits the present answer at once, and each other one later; completes with the client. */
  readonly attach: <T>(question: Question<T>, subscriber: Subscriber<T>) => void;
}

/**
 * Creates the fan-out of a client. A config touches only the audiences of settings that it changes: the others cost
 * one comparison of identities. Whoever asks the same question for an equal user shares one evaluation.
 */
export function createFanOut({ data, defaultUser, lifetime, dispatcher }: Core): FanOut {
  const { level, deliver } = dispatcher;
  const { channels, find, create, join } = createAudiences();
  let { content } = data.state();
  let snapshot = data.snapshot();
  let currentUser = defaultUser.current();
  let stateCount = 0;
  let isComplete = false;

  const evaluate = ({ view, key, fallback, user }: Question<unknown>) =>
    view.evaluate(snapshot, key, fallback, user ? user.user : currentUser);

  /** Brings the answers of an audience and those behind it up to date, and adds those that differ to `changed`. */
  const renew = (first: Audience | undefined, changed: Audience[]) => {
    for (let audience = first; audience; audience = audience.next) {
      const { question } = audience;
      const answer = evaluate(question);
      if (question.view.isSame(audience.answer, answer)) continue;
      audience.answer = answer;
      changed.push(audience);
    }
  };

  dispatcher.collectors.push({
    ofState: (state) => {
      const changed: Audience[] = [];
      if (state.content === content) return changed;
      stateCount++;
      const isFirst = !snapshot.hasConfig;
      content = state.content;
      snapshot = data.snapshotOf(state);
      channels.forEach((channel, key) => {
        const setting = settingOf(snapshot, key);
        if (setting === channel.setting && !isFirst) return;
        channel.setting = setting;
        for (const first of channel.audiences.values()) renew(first, changed);
      });
      return changed;
    },
    ofUser: () => {
      stateCount++;
      currentUser = defaultUser.current();
      const changed: Audience[] = [];
      for (const { audiences } of channels.values()) renew(audiences.get(undefined), changed);
      return changed;
    },
  });
  lifetime.disposed$.subscribe({
    complete: () => {
      isComplete = true;
      for (const audience of allOf(channels)) for (const subscriber of listenersOf(audience)) subscriber.complete();
    },
  });

  return {
    attach: (typedQuestion, typedSubscriber) => {
      // Audiences do not care for types: whoever asks a question knows that of the answer.
      const question = typedQuestion as Question<unknown>;
      const subscriber = typedSubscriber as Subscriber<unknown>;
      let audience = find(question, level());
      if (!audience || question.view.ages) {
        // The server may have vouched for the same config since.
        const state = data.state();
        if (question.view.ages && state.content === content) snapshot = data.snapshotOf(state);
        const answer = readLatest(
          () => evaluate(question),
          () => stateCount,
          subscriber,
        );
        // The evaluation may have made somebody ask the same.
        audience = find(question, level()) ?? create(question, level(), answer, settingOf(snapshot, question.key));
        audience.answer = answer;
      }
      join(audience, subscriber);
      deliver(subscriber, audience.answer);
      if (isComplete) subscriber.complete();
    },
  };
}

function allOf(channels: Audiences['channels']): Audience[] {
  const all: Audience[] = [];
  for (const { audiences } of channels.values()) {
    for (const first of audiences.values()) {
      for (let audience: Audience | undefined = first; audience; audience = audience.next) all.push(audience);
    }
  }
  return all;
}
