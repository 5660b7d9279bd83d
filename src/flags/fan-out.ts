import type { Subscriber } from 'rxjs';
import { skip } from 'rxjs';
import type { Core } from '../core/source.js';
import { settingOf } from '../core/snapshot.js';
import type { Audience, Question } from './audiences.js';
import { createAudiences, listenersOf } from './audiences.js';

/** Brings each change to those whom it concerns, and to nobody else. */
export interface FanOut {
  /** Emits the present answer at once, and each other one later; completes with the client. */
  readonly attach: <T>(question: Question<T>, subscriber: Subscriber<T>) => void;
}

/** A user or logger that brings a new state along with each evaluation is not followed for ever. */
const mostEvaluations = 10;

/**
 * Creates the fan-out of a client. A config touches only the audiences of settings that it changes: the others cost
 * one comparison of identities. Whoever asks the same question for an equal user shares one evaluation.
 */
export function createFanOut({ data, defaultUser, lifetime }: Core): FanOut {
  const { channels, find, create, join } = createAudiences();
  let snapshot = data.snapshot();
  let currentUser = defaultUser.current();
  let stateCount = 0;
  let isComplete = false;

  const evaluate = ({ view, key, fallback, user }: Question<unknown>) =>
    view.evaluate(snapshot, key, fallback, user ? user.user : currentUser);

  /** Evaluation calls getters, loggers and listeners of events, which may bring about another state meanwhile. */
  const evaluateLatest = (question: Question<unknown>) => {
    for (let evaluations = 1; ; evaluations++) {
      const before = stateCount;
      const answer = evaluate(question);
      if (stateCount === before || evaluations === mostEvaluations) return answer;
    }
  };

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

  data.snapshot$.pipe(skip(1)).subscribe((next) => {
    stateCount++;
    const isFirst = !snapshot.hasConfig;
    snapshot = next;
    const changed: Audience[] = [];
    channels.forEach((channel, key) => {
      const setting = settingOf(next, key);
      if (setting === channel.setting && !isFirst) return;
      channel.setting = setting;
      for (const first of channel.audiences.values()) renew(first, changed);
    });
    tell(changed);
  });
  defaultUser.change$.subscribe((user) => {
    stateCount++;
    currentUser = user;
    const changed: Audience[] = [];
    for (const { audiences } of channels.values()) renew(audiences.get(undefined), changed);
    tell(changed);
  });
  lifetime.disposed$.subscribe({
    complete: () => {
      isComplete = true;
      for (const { audiences } of [...channels.values()]) {
        for (const first of [...audiences.values()]) {
          for (let audience: Audience | undefined = first; audience; audience = audience.next) {
            for (const subscriber of listenersOf(audience)) subscriber.complete();
          }
        }
      }
    },
  });

  return {
    attach: (typedQuestion, typedSubscriber) => {
      // Audiences do not care for types: whoever asks a question knows that of the answer.
      const question = typedQuestion as Question<unknown>;
      const subscriber = typedSubscriber as Subscriber<unknown>;
      let audience = find(question);
      if (!audience || question.view.ages) {
        const answer = evaluateLatest(question);
        if (subscriber.closed) return;
        if (isComplete) {
          subscriber.next(answer);
          subscriber.complete();
          return;
        }
        // The evaluation may have made somebody ask the same.
        audience = find(question);
        if (!audience) audience = create(question, answer, settingOf(snapshot, question.key));
        else if (question.view.ages) audience.answer = answer;
      }
      join(audience, subscriber);
      subscriber.next(audience.answer);
    },
  };
}

/**
 * To be called when all answers are up to date: nobody can come across an old one. Whoever subscribes while others are
 * told is given the new answer at once, and is not told again.
 */
function tell(changed: readonly Audience[]): void {
  const told = changed.map(listenersOf);
  changed.forEach(({ answer }, i) => {
    for (const subscriber of told[i]!) subscriber.next(answer);
  });
}
