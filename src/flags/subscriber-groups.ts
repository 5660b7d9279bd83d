import type { Subscriber } from 'rxjs';
import type { Group } from '../core/dispatcher.js';
import type { View } from '../core/snapshot.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { CompiledSetting } from '../evaluation/ruleset.js';
import type { User } from '../model/user.js';
import { formOf, ofMember } from '../model/user-copy.js';

/** All who ask the same of a flag for a user, and the answer that they have been given. */
export interface SubscriberGroup extends Group {
  readonly view: View<unknown>;
  readonly key: string;
  readonly fallback: DefaultValue;
  /** A copy; `undefined` follows the default user. */
  readonly user: User | undefined;
  /** All that is asked as text, once there is somebody to compare with. */
  all: string | undefined;
  /** Under what the group is found. */
  place: string | undefined;
}

/** What a subscriber does when it is unsubscribed. One object, as a closure would take twice the memory. */
interface Membership {
  readonly group: SubscriberGroup;
  readonly subscriber: Subscriber<unknown>;
  readonly unsubscribe: () => void;
}

/** The groups of one flag. */
export interface FlagEntry {
  setting: CompiledSetting | undefined;
  /**
   * The first of a user by the identifier, or by nothing where it is the default user; all others by all that they ask,
   * which is long, and mostly nobody needs it.
   */
  readonly groups: Map<string | undefined, SubscriberGroup>;
  /** Whether to look for others, because there have been some. */
  hasOthers: boolean;
}

/** Who asks what: all groups of a client, by flag and user. */
export interface SubscriberGroups {
  readonly entries: ReadonlyMap<string, FlagEntry>;
  /** The group that asks the same as one that need not be among them. */
  readonly find: (asked: SubscriberGroup) => SubscriberGroup | undefined;
  /** Adds a group that has just been looked for in vain, of a flag whose present setting is `setting`. */
  readonly add: (asked: SubscriberGroup, setting: CompiledSetting | undefined) => SubscriberGroup;
  readonly join: (group: SubscriberGroup, subscriber: Subscriber<unknown>) => void;
}

/** Creates a place for groups, which forgets those that nobody belongs to any more. */
export function createSubscriberGroups(): SubscriberGroups {
  const entries = new Map<string, FlagEntry>();

  const find: SubscriberGroups['find'] = (asked) => {
    const entry = entries.get(asked.key);
    asked.place = placeOf(asked, entry);
    return entry?.groups.get(asked.place);
  };

  const add: SubscriberGroups['add'] = (asked, setting) => {
    const { key, place } = asked;
    let entry = entries.get(key);
    if (!entry) entries.set(key, (entry = { setting, groups: new Map(), hasOthers: false }));
    entry.groups.set(place, asked);
    return asked;
  };

  /** Takes a member out of its group, and the group out of its flag when it was the last one. */
  function leave(this: Membership) {
    const { group, subscriber } = this;
    const { members } = group;
    if (members instanceof Set) {
      members.delete(subscriber);
      if (members.size > 0) return;
    }
    group.members = undefined;
    // It is there as long as somebody belongs to the group.
    const { groups } = entries.get(group.key)!;
    groups.delete(group.place);
    if (groups.size === 0) entries.delete(group.key);
  }

  const join = (group: SubscriberGroup, subscriber: Subscriber<unknown>) => {
    const { members } = group;
    if (members instanceof Set) members.add(subscriber);
    else group.members = members ? new Set([members, subscriber]) : subscriber;
    const membership: Membership = { group, subscriber, unsubscribe: leave };
    subscriber.add(membership);
  };

  return { entries, find, add, join };
}

/** Under what a group is found, or would be. */
function placeOf(asked: SubscriberGroup, entry: FlagEntry | undefined): string | undefined {
  const { user } = asked;
  // It may be a getter that throws.
  const identifier = user && (Object.getOwnPropertyDescriptor(user, 'identifier')?.value as string | undefined);
  // It must not be mistaken for all that somebody asks.
  if (user && (typeof identifier !== 'string' || identifier.includes(';'))) return allOf(asked);
  const first = entry?.groups.get(identifier);
  if (first ? allOf(first) === allOf(asked) : !entry?.hasOthers || !entry.groups.has(allOf(asked))) return identifier;
  entry!.hasOthers = true;
  return allOf(asked);
}

function allOf(group: SubscriberGroup): string {
  const { level, view, fallback, user } = group;
  return (group.all ??= `${level};${view.name};${ofMember(fallback)};${user ? formOf(user) : ''}`);
}
