import type { Subscriber } from 'rxjs';
import type { Group, Member } from '../core/dispatcher.js';
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
export interface SubscriberGroup extends Group, Question<unknown> {
  /** The user that is named, at hand for each change; nothing where it is the default user. */
  readonly named: User | undefined;
  first: GroupMember | undefined;
  /** The next group of the same flag and user, with another default value, view or level. */
  next: SubscriberGroup | undefined;
}

/** A subscriber, who leaves by being unsubscribed. One object, as a set and a closure would take four times the memory. */
interface GroupMember extends Member {
  readonly group: SubscriberGroup;
  next: GroupMember | undefined;
  /** Who has come before; of the first, who has come last. */
  previous: GroupMember | undefined;
  readonly unsubscribe: () => void;
}

/** The groups of one flag by the canonical form of their user. */
export interface FlagEntry {
  setting: CompiledSetting | undefined;
  readonly groups: Map<string | undefined, SubscriberGroup>;
}

/** Who asks what: all groups of a client, by flag and user. */
export interface SubscriberGroups {
  readonly entries: ReadonlyMap<string, FlagEntry>;
  readonly find: (question: Question<unknown>, level: number) => SubscriberGroup | undefined;
  /** Adds a group that is not there yet, of a flag whose present setting is `setting`. */
  readonly create: (
    question: Question<unknown>,
    level: number,
    answer: unknown,
    setting: CompiledSetting | undefined,
  ) => SubscriberGroup;
  readonly join: (group: SubscriberGroup, subscriber: Subscriber<unknown>) => void;
}

/** Creates a place for groups, which forgets those that nobody belongs to any more. */
export function createSubscriberGroups(): SubscriberGroups {
  const entries = new Map<string, FlagEntry>();

  const find: SubscriberGroups['find'] = (question, level) => {
    let group = entries.get(question.key)?.groups.get(question.user?.form);
    while (group && !(group.level === level && isSameQuestion(group, question))) group = group.next;
    return group;
  };

  const create: SubscriberGroups['create'] = (question, level, answer, setting) => {
    const { view, key, fallback, user } = question;
    let entry = entries.get(key);
    if (!entry) entries.set(key, (entry = { setting, groups: new Map() }));
    const form = user?.form;
    const created: SubscriberGroup = {
      level,
      answer,
      first: undefined,
      view,
      key,
      fallback,
      user,
      named: user?.user,
      next: undefined,
    };
    // Whoever has asked first is told first.
    let last = entry.groups.get(form);
    if (!last) entry.groups.set(form, created);
    else {
      while (last.next) last = last.next;
      last.next = created;
    }
    return created;
  };

  /** Takes a member out of its group, and the group out of its flag when it was the last one. */
  function leave(this: GroupMember) {
    const { group, next, previous } = this;
    (next ?? group.first!).previous = previous;
    if (group.first === this) group.first = next;
    else previous!.next = next;
    if (group.first) return;
    const { key, user } = group;
    // Both are there as long as somebody belongs to the group.
    const entry = entries.get(key)!;
    const form = user?.form;
    const rest = without(group, entry.groups.get(form)!);
    if (rest) entry.groups.set(form, rest);
    else entry.groups.delete(form);
    if (entry.groups.size === 0) entries.delete(key);
  }

  const join = (group: SubscriberGroup, subscriber: Subscriber<unknown>) => {
    const last = group.first?.previous;
    const member: GroupMember = { group, subscriber, next: undefined, previous: last, unsubscribe: leave };
    if (last) last.next = member;
    group.first ??= member;
    group.first.previous = member;
    subscriber.add(member);
  };

  return { entries, find, create, join };
}

function isSameQuestion(a: Question<unknown>, b: Question<unknown>): boolean {
  return a.view === b.view && Object.is(a.fallback, b.fallback);
}

/** Takes one group out of a chain, and answers where the chain begins now. */
function without(gone: SubscriberGroup, first: SubscriberGroup): SubscriberGroup | undefined {
  if (first === gone) return gone.next;
  let link = first;
  while (link.next !== gone) link = link.next!;
  link.next = gone.next;
  return first;
}
