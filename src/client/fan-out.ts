import type { Subscriber } from 'rxjs';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { CompiledSetting } from '../evaluation/ruleset.js';
import type { User } from '../model/user.js';
import type { AnySnapshot } from './snapshot.js';
import type { Users } from './users.js';
import { without } from './users.js';

/** What subscribers of a flag are shown of it. */
export interface View<T> {
  readonly evaluate: (snapshot: AnySnapshot, key: string, fallback: DefaultValue, user: User | undefined) => T;
  readonly isSame: (a: T, b: T) => boolean;
  /** The answer tells its age, so that whoever comes later needs a new one. */
  readonly ages: boolean;
}

/** One flag in the eyes of one user. */
export interface Question<T> {
  readonly view: View<T>;
  readonly key: string;
  readonly fallback: DefaultValue;
  /** `undefined` follows the default user. */
  readonly user: User | undefined;
}

/** Brings each change to those whom it concerns, and to nobody else. */
export interface FanOut {
  /** Emits the present answer at once, and each other one later; completes with the client. */
  readonly attach: <T>(question: Question<T>, subscriber: Subscriber<T>) => void;
  readonly adopt: (snapshot: AnySnapshot) => void;
  readonly setDefaultUser: (user: User | undefined) => void;
  readonly complete: () => void;
}

/** All who ask the same question, and the answer that they have been given. */
interface Audience {
  readonly question: Question<unknown>;
  answer: unknown;
  isAnswered: boolean;
  readonly subscribers: Set<Subscriber<unknown>>;
  /** A copy of them to go through, because whoever is told may bring others along, who know the answer already. */
  listeners: readonly Subscriber<unknown>[] | undefined;
  /** The next audience of the same flag and user, with another default value or view. */
  next: Audience | undefined;
}

/** The audiences of one flag by their user. */
interface Channel {
  setting: CompiledSetting | undefined;
  readonly audiences: Map<User | undefined, Audience>;
}

/**
 * Creates the fan-out of a client. A config touches only the audiences of settings that it changes: the others cost
 * one comparison of identities. Whoever asks the same question for an equal user shares one evaluation.
 *
 * @param users - gives equal users the same identity while somebody asks for them.
 */
export function createFanOut(first: AnySnapshot, defaultUser: User | undefined, users: Users): FanOut {
  const channels = new Map<string, Channel>();
  let snapshot = first;
  let currentUser = defaultUser;

  const answerTo = ({ view, key, fallback, user }: Question<unknown>) =>
    view.evaluate(snapshot, key, fallback, user ?? currentUser);

  /** Brings the answers of an audience and those behind it up to date, and adds those that differ to `changed`. */
  const renew = (first: Audience | undefined, changed: Audience[]) => {
    for (let audience = first; audience; audience = audience.next) {
      const { question } = audience;
      const answer = answerTo(question);
      if (question.view.isSame(audience.answer, answer)) continue;
      audience.answer = answer;
      changed.push(audience);
    }
  };

  const channelOf = (key: string): Channel => {
    const known = channels.get(key);
    if (known) return known;
    const channel: Channel = { setting: snapshot.compiled(key), audiences: new Map() };
    channels.set(key, channel);
    return channel;
  };

  const join = (question: Question<unknown>, subscriber: Subscriber<unknown>): Audience => {
    const { audiences } = channelOf(question.key);
    const first = audiences.get(question.user);
    for (let audience = first; audience; audience = audience.next) {
      if (!isSameQuestion(audience.question, question)) continue;
      audience.subscribers.add(subscriber);
      audience.listeners = undefined;
      return audience;
    }
    const created: Audience = {
      question,
      answer: undefined,
      isAnswered: false,
      subscribers: new Set([subscriber]),
      listeners: undefined,
      next: first,
    };
    audiences.set(question.user, created);
    return created;
  };

  const leave = (audience: Audience, subscriber: Subscriber<unknown>) => {
    if (!audience.subscribers.delete(subscriber)) return;
    audience.listeners = undefined;
    if (audience.subscribers.size > 0) return;
    const { key, user } = audience.question;
    const channel = channels.get(key);
    if (!channel) return;
    const rest = without(audience, channel.audiences.get(user));
    if (rest) channel.audiences.set(user, rest);
    else channel.audiences.delete(user);
    if (channel.audiences.size === 0) channels.delete(key);
  };

  return {
    attach: (given, typedSubscriber) => {
      const guest = given.user && users.enter(given.user);
      // Audiences do not care for types: whoever asks a question knows that of the answer.
      const question = { ...given, user: guest?.user } as Question<unknown>;
      const subscriber = typedSubscriber as Subscriber<unknown>;
      const audience = join(question, subscriber);
      subscriber.add(() => {
        leave(audience, subscriber);
        if (guest) users.leave(guest);
      });
      if (!audience.isAnswered || question.view.ages) {
        audience.answer = answerTo(question);
        audience.isAnswered = true;
      }
      subscriber.next(audience.answer);
    },
    adopt: (next) => {
      const isFirst = !snapshot.hasConfig;
      snapshot = next;
      const changed: Audience[] = [];
      channels.forEach((channel, key) => {
        const setting = next.compiled(key);
        if (setting === channel.setting && !isFirst) return;
        channel.setting = setting;
        for (const first of channel.audiences.values()) renew(first, changed);
      });
      tell(changed);
    },
    setDefaultUser: (user) => {
      currentUser = user;
      const changed: Audience[] = [];
      for (const { audiences } of channels.values()) renew(audiences.get(undefined), changed);
      tell(changed);
    },
    complete: () => {
      for (const { audiences } of [...channels.values()]) {
        for (const first of [...audiences.values()]) {
          for (let audience: Audience | undefined = first; audience; audience = audience.next) {
            for (const subscriber of listenersOf(audience)) subscriber.complete();
          }
        }
      }
    },
  };
}

function isSameQuestion(a: Question<unknown>, b: Question<unknown>): boolean {
  return a.view === b.view && Object.is(a.fallback, b.fallback);
}

/** To be called when all answers are up to date: nobody can come across an old one. */
function tell(changed: readonly Audience[]): void {
  for (const audience of changed) {
    const { answer } = audience;
    for (const subscriber of listenersOf(audience)) subscriber.next(answer);
  }
}

function listenersOf(audience: Audience): readonly Subscriber<unknown>[] {
  return (audience.listeners ??= [...audience.subscribers]);
}
