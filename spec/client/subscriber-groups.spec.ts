import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs';
import type { View } from '../../src/core/snapshot';
import type { SubscriberGroup } from '../../src/flags/subscriber-groups';
import { createSubscriberGroups } from '../../src/flags/subscriber-groups';
import type { User } from '../../src';
import { userKey } from '../../src/functions';

const view = (name = 'value'): View<unknown> => ({ name, evaluate: () => 0, isSame: Object.is, ages: false });

const ask = (more: Partial<SubscriberGroup> = {}): SubscriberGroup => ({
  level: 0,
  answer: undefined,
  members: undefined,
  view: view(),
  key: 'a',
  fallback: 0,
  user: undefined,
  place: undefined,
  all: undefined,
  ...more,
});

const kate: User = { identifier: 'kate', country: 'DE' };
const unreadable = {
  get identifier() {
    return 'kate';
  },
};

/** Groups, into which whoever asks is taken; gives the group and the way out of it. */
function groups() {
  const { entries, find, add, join } = createSubscriberGroups();
  const enter = (more: Partial<SubscriberGroup> = {}) => {
    const asked = ask(more);
    const group = find(asked) ?? add(asked, undefined);
    let subscriber: Subscriber<unknown> | undefined;
    const subscription = new Observable((own) => {
      subscriber = own;
      join(group, own);
    }).subscribe();
    return { group, subscriber: subscriber!, leave: () => subscription.unsubscribe() };
  };
  return { entries, enter };
}

describe('the groups of subscribers', () => {
  it.each<[string, Partial<SubscriberGroup>, Partial<SubscriberGroup>, boolean]>([
    ['the same for nobody', {}, {}, true],
    ['the same for equal users', { user: kate }, { user: { ...kate } }, true],
    ['the same for users whose names cannot be read at once', { user: unreadable }, { user: unreadable }, true],
    ['another flag', {}, { key: 'b' }, false],
    ['with another default value', {}, { fallback: 1 }, false],
    ['with a default value of another type', {}, { fallback: '0' }, false],
    ['for details', {}, { view: view('details') }, false],
    ['from another level', {}, { level: 1 }, false],
    ['for somebody', {}, { user: kate }, false],
    ['for somebody else', { user: kate }, { user: { ...kate, identifier: 'leo' } }, false],
    ['for one of the same name', { user: kate }, { user: { identifier: 'kate' } }, false],
    ['for one whose name is none', { user: { identifier: 5 as never } }, {}, false],
  ])('take who asks %s', (_, first, second, isSame) => {
    for (const [a, b] of [
      [first, second],
      [second, first],
    ]) {
      const { enter } = groups();
      expect(enter(a).group === enter(b).group).toBe(isSame);
    }
  });

  it('find the first of a user by the name, or of nobody by nothing, and all others by all that they ask', () => {
    const { enter } = groups();
    const placeOf = (more: Partial<SubscriberGroup>) => enter(more).group.place;
    const nobody = placeOf({});
    const named = placeOf({ user: kate });
    const others = [
      placeOf({ fallback: 1 }),
      placeOf({ user: kate, fallback: 1 }),
      placeOf({ user: { identifier: 'kate' } }),
      placeOf({ user: { identifier: 'a;b' } }),
      placeOf({ user: { identifier: 5 as never } }),
      placeOf({ user: unreadable, fallback: 2 }),
    ];
    expect([nobody, named]).toEqual([undefined, 'kate']);
    for (const place of others) expect(place).toMatch(/^0;value;/);
    expect(new Set(others).size).toBe(others.length);
  });

  it('find the others when the first has left, and whoever comes then is the first', () => {
    const { enter } = groups();
    const first = enter({ user: kate });
    const other = enter({ user: kate, fallback: 1 });
    first.leave();
    expect(enter({ user: kate, fallback: 1 }).group).toBe(other.group);
    const next = enter({ user: kate, fallback: 2 });
    expect(next.group.place).toBe('kate');
    expect(enter({ user: kate, fallback: 2 }).group).toBe(next.group);
    expect(enter({ user: kate, fallback: 1 }).group).toBe(other.group);
  });

  it('have each member once, and are gone when the last one has left, and their flag with them', () => {
    const { entries, enter } = groups();
    const members = [1, 2, 3].map(() => enter());
    const [{ group }] = members as [ReturnType<typeof enter>];
    expect(group.members).toEqual(new Set(members.map(({ subscriber }) => subscriber)));
    const other = enter({ user: kate });
    members[1]!.leave();
    expect(group.members).toEqual(new Set([members[0]!.subscriber, members[2]!.subscriber]));
    members[0]!.leave();
    members[2]!.leave();
    expect([group.members, entries.get('a')?.groups.size]).toEqual([undefined, 1]);
    other.leave();
    expect(entries.size).toBe(0);
  });

  it('have a single member as it is', () => {
    const { enter } = groups();
    const { group, subscriber } = enter();
    expect(group.members).toBe(subscriber);
  });
});

describe('userKey()', () => {
  it('is the same for equal users, and for no others', () => {
    const keys = [kate, { ...kate }, { identifier: 'kate' }, { ...kate, custom: { a: 1 } }].map(userKey);
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(3);
    expect(() => userKey(undefined as never)).toThrow(/^Invalid argument `user`\./);
  });
});
