import type { Subscriber } from 'rxjs';
import type { Group } from '../core/dispatcher.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { CompiledSetting } from '../evaluation/ruleset.js';
import type { User } from '../model/user.js';
import type { UserCopy } from '../model/user-copy.js';

/** What subscribers of a flag are shown of it. */
export interface View<T> {
  readonly evaluate: (snapshot: InternalSnapshot, key: string, fallback: DefaultValue, user: User | undefined) => T;
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
  readonly user: UserCopy | undefined;
}

/** All who ask the same question, and the answer that they have been given. */
export interface Audience extends Group {
  readonly question: Question<unknown>;
  readonly subscribers: Set<Subscriber<unknown>>;
  /** The next audience of the same flag and user, with another default value, view or level. */
  next: Audience | undefined;
}

/** The audiences of one flag by the canonical form of their user. */
export interface Channel {
  setting: CompiledSetting | undefined;
  readonly audiences: Map<string | undefined, Audience>;
}

/** Who asks what: all audiences of a client, by flag and user. */
export interface Audiences {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly find: (question: Question<unknown>, level: number) => Audience | undefined;
  /** Adds an audience that is not there yet, of a flag whose present setting is `setting`. */
  readonly create: (
    question: Question<unknown>,
    level: number,
    answer: unknown,
    setting: CompiledSetting | undefined,
  ) => Audience;
  readonly join: (audience: Audience, subscriber: Subscriber<unknown>) => void;
}

/** Creates a place for audiences, which forgets those that nobody belongs to any more. */
export function createAudiences(): Audiences {
  const channels = new Map<string, Channel>();

  const find: Audiences['find'] = (question, level) => {
    let audience = channels.get(question.key)?.audiences.get(question.user?.form);
    while (audience && !(audience.level === level && isSameQuestion(audience.question, question)))
      audience = audience.next;
    return audience;
  };

  const create: Audiences['create'] = (question, level, answer, setting) => {
    const { key, user } = question;
    let channel = channels.get(key);
    if (!channel) channels.set(key, (channel = { setting, audiences: new Map() }));
    const form = user?.form;
    const subscribers = new Set<Subscriber<unknown>>();
    const created: Audience = { question, level, answer, subscribers, listeners: undefined, next: undefined };
    // Whoever has asked first is told first.
    let last = channel.audiences.get(form);
    if (!last) channel.audiences.set(form, created);
    else {
      while (last.next) last = last.next;
      last.next = created;
    }
    return created;
  };

  const leave = (audience: Audience, subscriber: Subscriber<unknown>) => {
    if (!audience.subscribers.delete(subscriber)) return;
    audience.listeners = undefined;
    if (audience.subscribers.size > 0) return;
    const { key, user } = audience.question;
    // Both are there as long as somebody belongs to the audience.
    const channel = channels.get(key)!;
    const form = user?.form;
    const rest = without(audience, channel.audiences.get(form)!);
    if (rest) channel.audiences.set(form, rest);
    else channel.audiences.delete(form);
    if (channel.audiences.size === 0) channels.delete(key);
  };

  const join = (audience: Audience, subscriber: Subscriber<unknown>) => {
    audience.subscribers.add(subscriber);
    audience.listeners = undefined;
    subscriber.add(() => {
      leave(audience, subscriber);
    });
  };

  return { channels, find, create, join };
}

function isSameQuestion(a: Question<unknown>, b: Question<unknown>): boolean {
  return a.view === b.view && Object.is(a.fallback, b.fallback);
}

/** Takes one audience out of a chain, and answers where the chain begins now. */
function without(gone: Audience, first: Audience): Audience | undefined {
  if (first === gone) return gone.next;
  let link = first;
  while (link.next !== gone) link = link.next!;
  link.next = gone.next;
  return first;
}
