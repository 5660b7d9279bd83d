import * as fc from 'fast-check';
import type { Observable } from 'rxjs';
import { BehaviorSubject, map } from 'rxjs';
import type { SettingValue, User } from '../../src';
import { copyUser } from '../../src';
import { createTestClient } from '../../src/testing';
import type { Attributes } from '../support/disguised-users';
import { attributes, disguised, flagsByAttribute, plainCopy } from '../support/disguised-users';
import { record } from '../support/record';

type Flags = Readonly<Record<string, SettingValue | null>>;
const keys = Object.keys(flagsByAttribute) as (keyof typeof flagsByAttribute)[];

/** All flags of a user, by a stream of each. */
function shownBy(read: (key: (typeof keys)[number]) => Observable<unknown>) {
  const recordings = keys.map((key) => [key, record(read(key))] as const);
  return () => Object.fromEntries(recordings.map(([key, { values }]) => [key, values.at(-1)]));
}

describe('users of streams', () => {
  const client = createTestClient(flagsByAttribute, { logLevel: 'off' });
  const shouldSee = (given: Attributes): Flags => {
    const snapshot = client.snapshot();
    return Object.fromEntries(keys.map((key) => [key, snapshot.value(key, 'default', plainCopy(given))]));
  };

  afterAll(() => {
    client.dispose();
  });

  it('stay who they were when they were given, however they are made and whatever becomes of them', () => {
    fc.assert(
      fc.property(attributes, fc.array(attributes, { maxLength: 3 }), disguised, (first, later, disguise) => {
        const { user, become } = disguise(first);
        const before = shouldSee(first);
        const early: (() => unknown)[] = [
          shownBy((key) => client.flag$(key, 'default', user)),
          shownBy((key) => client.flagDetails$(key, 'default', user).pipe(map(({ value }) => value))),
          shownBy((key) => client.flagState$(key, 'default', user).pipe(map(({ value }) => value))),
        ];
        const cold = keys.map(
          (key) => [key, client.flag$(key, 'default', user), client.watch(key, 'default', user)] as const,
        );
        const defaults = Object.fromEntries(keys.map((key) => [key, 'default']));
        const tables = [client.flags$(defaults, user)].map((table$) => record(table$));
        for (const next of later) become(next);
        client.set({ ...flagsByAttribute, unrelated: later.length });
        // Whoever has this user as it is now is somebody else.
        const now = later.at(-1) ?? first;
        const late = shownBy((key) => client.flag$(key, 'default', user));

        for (const shown of early) expect(shown()).toEqual(before);
        for (const [key, flag$, watch] of cold) {
          expect([record(flag$).values.at(-1), watch.current()]).toEqual([before[key], before[key]]);
        }
        for (const { values } of tables) expect(values).toEqual([before]);
        expect(late()).toEqual(shouldSee(now));
      }),
    );
  });

  it('are somebody else when the same object comes again with other attributes, and the same with equal ones', () => {
    fc.assert(
      fc.property(attributes, fc.array(attributes, { maxLength: 4 }), disguised, (first, later, disguise) => {
        const { user, become } = disguise(first);
        const user$ = new BehaviorSubject<User | undefined>(user);
        client.setDefaultUser(user);
        const recordings = [user$, undefined].flatMap((source) => [
          shownBy((key) => client.flag$(key, 'default', source)),
          shownBy((key) => client.flagDetails$(key, 'default', source).pipe(map(({ value }) => value))),
          shownBy((key) => client.flagState$(key, 'default', source).pipe(map(({ value }) => value))),
        ]);
        const defaults = Object.fromEntries(keys.map((key) => [key, 'default']));
        const tables = [user$, undefined].map((source) => record(client.flags$(defaults, source)));
        for (const next of [first, ...later]) {
          become(next);
          user$.next(user);
          client.setDefaultUser(user);
          const expected = shouldSee(next);
          for (const shown of recordings) expect(shown()).toEqual(expected);
          for (const { values } of tables) expect(values.at(-1)).toEqual(expected);
          for (const key of keys) expect(client.snapshot().value(key, 'default')).toBe(expected[key]);
        }
      }),
    );
  });

  it('do not share the values of somebody whose object changes', async () => {
    const alive = { identifier: 'kate', custom: { plan: 'free' } };
    const first = record(client.flag$('byPlan', '', alive));
    alive.custom.plan = 'pro';
    const other = { identifier: 'kate', custom: { plan: 'pro' } };
    const second = record(client.flag$('byPlan', '', other));
    expect([first.values, second.values]).toEqual([['other'], ['match']]);
    expect(await client.getValue('byPlan', '', other)).toBe('match');
    first.stop();
    second.stop();
  });

  it('are told apart below the identifier, and told of a config each by what they are', () => {
    const users = ['AT', 'DE', undefined].map((country) => ({ identifier: 'kate', ...(country && { country }) }));
    const live = createTestClient(flagsByAttribute, { logLevel: 'off' });
    const recordings = users.map((user) => record(live.flag$('byCountry', '', user)));
    live.set({
      byCountry: {
        value: 'none',
        rules: [{ when: [{ attribute: 'Country', comparator: 'equals', value: 'DE' }], serve: 'match' }],
      },
    });
    expect(recordings.map(({ values }) => values)).toEqual([
      ['match', 'none'],
      ['other', 'match'],
      ['other', 'none'],
    ]);
    live.dispose();
  });

  it('by default stay who they were when the client was made', () => {
    const custom = { plan: 'free' };
    const own = createTestClient(flagsByAttribute, { logLevel: 'off', defaultUser: { identifier: 'kate', custom } });
    custom.plan = 'pro';
    expect(record(own.flag$('byPlan', '')).values).toEqual(['other']);
    expect(own.snapshot().value('byPlan', '')).toBe('other');
    own.dispose();
  });

  it('that are no objects are reported, and whoever was there before stays', () => {
    const log: string[] = [];
    const own = createTestClient(flagsByAttribute, { logger: { log: (_, id, text) => log.push(`${id} ${text}`) } });
    const user$ = new BehaviorSubject<User>({ identifier: 'kate' });
    const { values } = record(own.flag$('byIdentifier', '', user$));
    user$.next('ben' as unknown as User);
    expect(values).toEqual(['match']);
    expect(log).toEqual(['1003 Error occurred in the `user$` method.']);
    own.dispose();
  });

  it('are copies in the details of streams, and themselves in those of one-off reads', async () => {
    class Account {
      readonly role = 'admin';
      get identifier() {
        return `kate, ${this.role}`;
      }
    }
    const account = new Account();
    const [streamed] = record(client.flagDetails$('byIdentifier', '', account)).values;
    expect(streamed!.user).toEqual({ identifier: 'kate, admin' });
    expect(Object.isFrozen(streamed!.user)).toBe(true);
    expect((await client.getValueDetails('byIdentifier', '', account)).user).toBe(account);
    expect(client.snapshot().details('byIdentifier', '', account).user).toBe(account);
  });

  it('get the default value of a flag that looks at them where they throw, and harm nobody else', () => {
    const user = new Proxy({} as User, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse });
    const quiet = createTestClient(flagsByAttribute, { logLevel: 'off' });
    const untouched = record(quiet.flag$('byIdentifier', 'default', { identifier: 'kate' }));
    expect(record(quiet.flag$('byIdentifier', 'default', user)).values).toEqual(['default']);
    expect(record(quiet.flag$('byIdentifier', 'default', new BehaviorSubject(user))).values).toEqual(['default']);
    quiet.setDefaultUser(user);
    expect(record(quiet.flag$('byIdentifier', 'default')).values).toEqual(['default']);
    expect(untouched.values).toEqual(['match']);
    quiet.dispose();
  });
});

function refuse(): never {
  throw new Error('Hands off.');
}

describe('copyUser', () => {
  it.each([5, 'kate', null, undefined, ['kate']])('refuses what is no object: %j', (given) => {
    expect(() => copyUser(given as unknown as User)).toThrow(/^Invalid argument `user`/);
  });

  it('keeps what has no copy, and compares it by identity', () => {
    const map = new Map([['a', 1]]);
    const copy = copyUser({ identifier: 'kate', custom: { map } } as unknown as User);
    expect((copy.custom as unknown as { map: unknown }).map).toBe(map);
  });

  it('reads each property once, and throws later what reading has thrown', () => {
    const reads: string[] = [];
    const user = new Proxy({} as User, {
      get: (_, name) => {
        reads.push(String(name));
        if (name === 'email') throw new Error('no e-mail');
        return undefined;
      },
    });
    const copy = copyUser(user);
    expect(reads).toEqual(['identifier', 'email', 'country', 'custom']);
    expect(() => copy.email).toThrow('no e-mail');
  });

  it('takes no hostile name for anything but an attribute', () => {
    const custom = JSON.parse('{ "__proto__": "a", "constructor": "b" }') as Record<string, string>;
    const copy = copyUser({ identifier: 'kate', custom });
    expect(Object.entries(copy.custom!)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.getPrototypeOf(copy.custom)).toBe(Object.prototype);
  });
});
