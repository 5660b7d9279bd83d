import type { Subscriber } from 'rxjs';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { CompiledSetting } from '../evaluation/ruleset.js';
import type { User } from '../model/user.js';
import type { UserCopy } from '../model/user-copy.js';
import type { InternalSnapshot } from '../core/snapshot.js';

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
export interface Audience {
  readonly question: Question<unknown>;
  answer: unknown;
  readonly subscribers: Set<Subscriber<unknown>>;
  /** A copy of them to go through, because whoever is told may bring others along, who know the answer already. */
  listeners: readonly Subscriber<unknown>[] | undefined;
  /** The next audience of the same flag and user, with another default value or view. */
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
  readonly find: (question: Question<unknown>) => Audience | undefined;
  /** Adds an audience that is not there yet, of a flag whose present setting is `setting`. */
  readonly create: (question: Question<unknown>, answer: unknown, setting: CompiledSetting | undefined) => Audience;
  readonly join: (audience: Audience, subscriber: Subscriber<unknown>) => void;
}

/** Creates a place for audiences, which forgets those that nobody belongs to any more. */
export function createAudiences(): Audiences {
  const channels = new Map<string, Channel>();

  const find = (question: Question<unknown>): Audience | undefined => {
    let audience = channels.get(question.key)?.audiences.get(question.user?.form);
    while (audience && !isSameQuestion(audience.question, question)) audience = audience.next;
    return audience;
  };

  const create = (question: Question<unknown>, answer: unknown, setting: CompiledSetting | undefined): Audience => {
    const { key, user } = question;
    let channel = channels.get(key);
    if (!channel) channels.set(key, (channel = { setting, audiences: new Map() }));
    const form = user?.form;
    const created: Audience = { question, answer, subscribers: new Set(), listeners: undefined, next: undefined };
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
    const channel = channels.get(key);
    if (!channel) return;
    const form = user?.form;
    const rest = without(audience, channel.audiences.get(form));
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

/** All who belong to an audience now, as a list that stays as it is. */
export function listenersOf(audience: Audience): readonly Subscriber<unknown>[] {
  return (audience.listeners ??= [...audience.subscribers]);
}

function isSameQuestion(a: Question<unknown>, b: Question<unknown>): boolean {
  return a.view === b.view && Object.is(a.fallback, b.fallback);
}

/** Takes one audience out of a chain, and answers where the chain begins now. */
function without(gone: Audience, first: Audience | undefined): Audience | undefined {
  if (!first || first === gone) return first?.next;
  for (let link = first; link.next; link = link.next) {
    if (link.next !== gone) continue;
    link.next = gone.next;
    break;
  }
  return first;
}
