import type { Observable } from 'rxjs';
import { BehaviorSubject, Subject, distinctUntilChanged, firstValueFrom, map, switchMap } from 'rxjs';
import type {
  ClientOptions,
  ConfigCatClient,
  ConfigCache,
  Session,
  SessionOptions,
  SessionStorage,
  User,
} from '../../src';
import type * as library from '../../src';
import { createClient, exposures, flagOverrides, manualPoll, session } from '../../src';
import { explain } from '../../src/explain';
import * as core from '../../src/functions';
import { configByUser, configOf, sdkKey, stage } from '../support/client';
import { record } from '../support/record';
import { settlePromises } from '../support/virtual-time';

const minute = 60_000;
const inMemory = (options: SessionOptions = {}) => session({ storage: 'memory', ...options });
const kate: User = { identifier: 'kate' };
const leo: User = { identifier: 'leo' };

/** What `sessionStorage` does, over items that outlive a page. */
function storageOf(items: Map<string, string>): SessionStorage {
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, text) => void items.set(name, text),
    removeItem: (name) => void items.delete(name),
  };
}

/** A client that has its first config, and whose server goes on. */
async function staged(first: object | number, options: ClientOptions = {}) {
  const { polling, ...common } = options;
  const staging = stage(first, common, polling);
  await staging.clock.advance(0);
  const next = async (config: object | number) => {
    staging.serve(config);
    await staging.clock.advance(minute);
  };
  return { ...staging, next };
}

const text = (value: string) => configOf({ text: value, other: value });

describe('a held flag', () => {
  it('keeps its first real value whatever configs arrive, while others change', async () => {
    const { client, next } = await staged(text('a'));
    const hold = inMemory();
    const held = record(client.flag$('text', 'default', undefined, { hold }));
    const details = record(client.flagDetails$('text', 'default', undefined, { hold }));
    const live = record(client.flag$('text', 'default'));
    await next(text('b'));
    await next(configOf({ other: 'c' }));
    await next(text('d'));
    expect(held.values).toEqual(['a']);
    expect(live.values).toEqual(['a', 'b', 'default', 'd']);
    const told = details.values.map(({ value, isDefaultValue, held: by }) => [value, isDefaultValue, by?.currentValue]);
    expect(told).toEqual([
      ['a', false, 'a'],
      ['a', false, 'b'],
      ['a', false, 'default'],
      ['a', false, 'd'],
    ]);
    client.dispose();
    expect([held.isComplete, details.isComplete]).toEqual([true, true]);
    const late = record(client.flag$('text', 'default', undefined, { hold }));
    expect(late).toMatchObject({ values: ['a'], isComplete: true });
  });

  it('says since when it is held, and explains what it would be', async () => {
    const { client, clock, next } = await staged(configByUser('kate'), { hold: inMemory() });
    const since = new Date(clock.scheduler.now());
    const before = await client.getValueDetails('plan', '', kate);
    expect(before).toMatchObject({ value: 'KATE', variationId: 'id-kate', held: { since, currentValue: 'KATE' } });
    const again = await client.getValueDetails('plan', '', kate);
    expect([before, again].map(({ matchedTargetingRule }) => matchedTargetingRule)).toEqual(
      Array(2).fill(expect.objectContaining({ servedValue: { value: 'KATE', variationId: 'id-kate' } })),
    );
    await next(configByUser('leo'));
    const details = await client.getValueDetails('plan', '', kate);
    const held = {
      value: 'KATE',
      variationId: 'id-kate',
      since,
      currentValue: 'nobody',
      currentVariationId: 'id-nobody',
    };
    expect(details).toMatchObject({ value: 'KATE', variationId: 'id-kate', errorCode: 0, held });
    expect(details.matchedTargetingRule).toBeUndefined();
    expect(await client.explain('plan', kate)).toMatchObject({ value: 'nobody', held });
    expect(explain(client.snapshot(), 'plan', kate)).toMatchObject({ value: 'nobody', held });
    // Looking holds nothing.
    expect((await client.explain('plan', leo)).held).toBeUndefined();
    await next(configByUser('kate'));
    expect(await client.getValue('plan', '', leo)).toBe('nobody');
    client.dispose();
  });

  it('is held for all ways of reading a client that holds by default, but for those who say otherwise', async () => {
    const { client, clock, next } = await staged(text('a'), { hold: inMemory() });
    const streams = {
      flag: record(client.flag$('text', '')),
      flags: record(client.flags$({ text: '', other: '' })),
      all: record(client.allFlags$()),
      details: record(client.flagDetails$('text', '')),
      state: record(client.flagState$('text', '')),
    };
    const watched = client.watch('text', '');
    const unsubscribe = watched.subscribe(() => fail('it has not changed'));
    const live = record(client.flag$('text', '', undefined, { hold: false }));
    const keys = record(client.keys$);
    const changes = record(client.changes$);
    await next(configOf({ text: 'b', other: 'b', added: true }));
    expect(streams.flag.values).toEqual(['a']);
    expect(streams.flags.values).toEqual([{ text: 'a', other: 'a' }]);
    expect(streams.all.values.at(-1)).toEqual({ text: 'a', other: 'a', added: true });
    expect(new Set(streams.details.values.map(({ value }) => value))).toEqual(new Set(['a']));
    expect(new Set(streams.state.values.map(({ value }) => value))).toEqual(new Set(['a']));
    expect(watched.current()).toBe('a');
    expect(client.watch('text', '').current()).toBe('a');
    expect(client.snapshot().value('text', '')).toBe('a');
    expect(client.snapshot().values()).toMatchObject({ text: 'a' });
    expect(await client.getValue('text', '')).toBe('a');
    expect((await client.getAllValueDetails()).map(({ value }) => value)).toEqual(['a', 'a', true]);
    expect(live.values).toEqual(['a', 'b']);
    expect(keys.values.at(-1)).toEqual(['text', 'other', 'added']);
    expect(changes.values).toHaveLength(1);
    unsubscribe();
    client.dispose();
    await clock.advance(0);
  });

  it('never holds a placeholder or a default value', async () => {
    const { client, clock, next } = await staged('silence' as never, { initial: 'default', hold: inMemory() });
    const { values } = record(client.flag$('text', 'default'));
    await clock.advance(5000);
    client.setOffline();
    client.setOnline();
    await next(configOf({ other: 'x' }));
    await next(text('a'));
    await next(text('b'));
    expect(values).toEqual(['default', 'a']);
    client.dispose();
  });

  describe('of a cache', () => {
    const old: ConfigCache = {
      get: () => `${-99999999}\n"e"\n${JSON.stringify(text('old'))}`,
      set: () => undefined,
    };

    it('is not held, unless streams begin with what is cached', async () => {
      for (const [initial, expected] of [
        ['wait', ['old', 'new']],
        ['default', ['', 'old', 'new']],
        ['cached', ['old']],
      ] as const) {
        const { client, clock, next } = await staged(500, { cache: old, initial, hold: inMemory(), logLevel: 'off' });
        const { values } = record(client.flag$('text', ''));
        await clock.advance(5000);
        await next(text('new'));
        await next(text('newer'));
        expect(values).toEqual(expected);
        client.dispose();
      }
    });

    it('is held at once where it counts as up to date', async () => {
      const fresh: ConfigCache = { ...old, get: () => `0\n"e"\n${JSON.stringify(text('fresh'))}` };
      const { client, clock, next } = await staged('silence' as never, { cache: fresh, hold: inMemory() });
      const { values } = record(client.flag$('text', ''));
      await clock.advance(0);
      await next(text('new'));
      expect(values).toEqual(['fresh']);
      client.dispose();
    });

    it('is held from the moment on that the server says it is the present one', async () => {
      const { client, clock, next } = await staged(304, { cache: old, hold: inMemory() });
      const { values } = record(client.flag$('text', ''));
      await clock.advance(0);
      await next(text('new'));
      expect(values).toEqual(['old']);
      client.dispose();
    });

    it('counts as real in manual polling once the client has fetched', async () => {
      const { client, serve } = await staged(text('new'), { cache: old, polling: manualPoll(), hold: inMemory() });
      const { values } = record(client.flag$('text', ''));
      await client.forceRefresh();
      serve(text('newer'));
      await client.forceRefresh();
      expect(values).toEqual(['old', 'new']);
      client.dispose();
    });
  });

  it('is shown before there is a config by streams that begin with something', async () => {
    const items = new Map<string, string>();
    const first = await staged(text('a'), { hold: session({ storage: storageOf(items) }) });
    await first.client.getValue('text', '');
    await first.client.getValue('other', '', kate);
    first.client.dispose();
    const heard: unknown[] = [];
    const { client, next } = await staged('silence' as never, {
      initial: 'default',
      hold: session({ storage: storageOf(items) }),
      logger: { log: (...entry) => heard.push(entry) },
    });
    const told = record(client.events$);
    const { values } = record(client.flag$('text', ''));
    const details = record(client.flagDetails$('text', ''));
    const several = record(client.flags$({ text: '', other: '' }));
    const ofUsers = [kate, leo].map((user) => record(client.flag$('other', 'none', user)).values);
    expect(ofUsers).toEqual([['a'], ['none']]);
    const ofStream = record(client.flagDetails$('other', 'none', new BehaviorSubject(kate)));
    expect(ofStream.values.map(({ value, user }) => [value, user])).toEqual([['none', undefined]]);
    expect(told.values.filter(({ type }) => type === 'flagEvaluated')).toEqual([]);
    expect(values).toEqual(['a']);
    expect(details.values).toMatchObject([{ value: 'a', errorCode: 0, held: { currentValue: '' } }]);
    expect(several.values).toEqual([{ text: 'a', other: '' }]);
    expect(heard).toEqual([]);
    await next(500);
    expect(values).toEqual(['a']);
    client.dispose();
  });

  it('is another flag when its type is another one', async () => {
    const { client, next } = await staged(text('a'), { hold: inMemory(), logLevel: 'off' });
    const { values } = record(client.flag$('text'));
    await next(configOf({ text: true }));
    await next(configOf({ text: false }));
    expect(values).toEqual(['a', true]);
    client.dispose();
  });

  it.each([[null], [undefined]])(
    'keeps its value where it is gone, for whoever takes any type: %p',
    async (fallback) => {
      const { client, next } = await staged(text('a'), { hold: inMemory(), logLevel: 'off' });
      const streams = [fallback, '', 5].map((value) => record(client.flag$('text', value as string)));
      await next(configOf({ other: 'b' }));
      expect(streams.map(({ values }) => values)).toEqual([['a'], ['a'], [5]]);
      expect((await client.explain('text')).held).toMatchObject({ value: 'a' });
      client.dispose();
    },
  );

  it('has no rule where that serves another variation of the same value', async () => {
    const withId = (i: string) => ({
      f: {
        plan: {
          t: 1,
          v: { s: 'x' },
          r: [{ c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { s: 'y' }, i } }],
        },
      },
    });
    const { client, next } = await staged(withId('one'), { hold: inMemory() });
    expect(await client.getValueDetails('plan', '', kate)).toMatchObject({ variationId: 'one' });
    await next(withId('two'));
    const details = await client.getValueDetails('plan', '', kate);
    expect([details.variationId, details.matchedTargetingRule, details.held?.currentVariationId]).toEqual([
      'one',
      undefined,
      'two',
    ]);
    client.dispose();
  });

  it('is in the storage only when it has a value', async () => {
    const items = new Map<string, string>();
    const { client } = await staged(text('a'), { hold: session({ storage: storageOf(items) }), logLevel: 'off' });
    await client.getValue('missing', '');
    await client.getValue('text', 5 as never);
    const stored = () => (JSON.parse([...items.values()][0]!) as unknown[][])[2];
    expect(stored()).toEqual([]);
    await client.getValue('text', '');
    expect(stored()).toEqual([[expect.any(String), expect.stringMatching(/;text$/), 'a', null, 0]]);
    client.dispose();
  });

  it('is held apart by two sessions of one client', async () => {
    const { client, next } = await staged(text('a'));
    const sessions = [inMemory(), inMemory()];
    const streams = sessions.map((hold) => record(client.flag$('text', '', undefined, { hold })));
    await next(text('b'));
    sessions[1]!.end();
    expect(streams.map(({ values }) => values)).toEqual([['a'], ['a', 'b']]);
    await next(text('c'));
    sessions[0]!.end();
    expect(streams.map(({ values }) => values)).toEqual([
      ['a', 'c'],
      ['a', 'b'],
    ]);
    client.dispose();
  });

  it('is told of as it is shown, and counts as exposed so', async () => {
    const { client, next } = await staged(configByUser('kate'), { hold: inMemory() });
    const exposed = record(exposures(client));
    record(client.flag$('plan', '', kate));
    await next(configByUser());
    await client.getValue('plan', '', kate);
    expect(exposed.values.map(({ value, variationId }) => [value, variationId])).toEqual([['KATE', 'id-kate']]);
    client.dispose();
  });

  it('holds flags, and none of the flags that they depend on', async () => {
    const config = (isOn: boolean, note: string) => ({
      f: {
        base: { t: 0, v: { b: isOn } },
        note: { t: 1, v: { s: note } },
        dependent: {
          t: 1,
          v: { s: 'off' },
          r: [{ c: [{ p: { f: 'base', c: 0, v: { b: true } } }], s: { v: { s: 'on' } } }],
        },
      },
    });
    const hold = inMemory();
    const { client, next } = await staged(config(false, 'a'));
    const base = record(client.flag$('base', false, undefined, { hold }));
    await next(config(true, 'b'));
    const dependent = record(client.flag$('dependent', '', undefined, { hold }));
    expect([base.values, dependent.values]).toEqual([[false], ['on']]);
    client.dispose();
  });
});

describe('users of a session', () => {
  const both = configByUser('kate', 'leo');

  it('each have a value of their own, side by side', async () => {
    const { client, next } = await staged(both, { hold: inMemory() });
    const streams = [kate, leo, undefined].map((user) => record(client.flag$('plan', '', user)));
    await next(configByUser());
    expect(streams.map(({ values }) => values)).toEqual([['KATE'], ['LEO'], ['nobody']]);
    client.dispose();
  });

  it('lose what is held when the default user is another one', async () => {
    const { client, next } = await staged(both, { hold: inMemory(), defaultUser: kate });
    const { values } = record(client.flag$('plan', ''));
    await next(configByUser());
    expect(values).toEqual(['KATE']);
    client.setDefaultUser({ identifier: 'kate' });
    expect(values).toEqual(['KATE']);
    client.setDefaultUser(leo);
    client.setDefaultUser(kate);
    client.clearDefaultUser();
    expect(values).toEqual(['KATE', 'nobody']);
    client.dispose();
  });

  it('lose what is held at once when the default user is another one, though nobody looks before a reload', async () => {
    const items = new Map<string, string>();
    const first = await staged(both, { hold: session({ storage: storageOf(items) }), defaultUser: kate });
    expect(await first.client.getValue('plan', '')).toBe('KATE');
    first.client.setDefaultUser(leo);
    first.client.dispose();
    const second = await staged(configByUser(), { hold: session({ storage: storageOf(items) }), defaultUser: kate });
    expect(await second.client.getValue('plan', '')).toBe('nobody');
    second.client.dispose();
  });

  it('lose nothing because they have been the default user once before', async () => {
    const { client, next } = await staged(both, { hold: inMemory(), defaultUser: kate });
    client.setDefaultUser(leo);
    const { values } = record(client.flag$('plan', '', kate));
    await next(configByUser());
    client.clearDefaultUser();
    await settlePromises();
    expect(values).toEqual(['KATE']);
    client.dispose();
  });

  it('lose what is held when a stream of users has another one, wherever they are shown', async () => {
    const { client, next } = await staged(both, { hold: inMemory() });
    const user$ = new BehaviorSubject<User | undefined>(kate);
    const following = [1, 2, 3].map(() => record(client.flag$('plan', '', user$)));
    const table = record(client.flags$({ plan: '' }, user$));
    const staying = record(client.flag$('plan', '', kate));
    await next(configByUser());
    user$.next(leo);
    user$.next({ ...kate });
    await settlePromises();
    for (const { values } of following) expect(values).toEqual(['KATE', 'nobody']);
    expect(table.values).toEqual([{ plan: 'KATE' }, { plan: 'nobody' }]);
    expect(staying.values).toEqual(['KATE', 'nobody']);
    client.dispose();
  });

  it('lose what is held when somebody says that they have left, however often, and nobody else does', async () => {
    const { client, next } = await staged(both, { hold: inMemory() });
    const streams = [kate, leo].map((user) => record(client.flag$('plan', '', user)));
    await next(configByUser());
    core.leaveUser(client, { ...kate });
    core.leaveUser(client, kate);
    await settlePromises();
    expect(streams.map(({ values }) => values)).toEqual([['KATE', 'nobody'], ['LEO']]);
    expect(() => core.leaveUser(client, undefined as never)).toThrow('Invalid argument `user`.');
    expect(() => core.leaveUser({}, kate)).toThrow('Invalid argument `source`.');
    client.dispose();
    const plain = await staged(both);
    core.leaveUser(plain.client, kate);
    plain.client.dispose();
  });

  it('lose nothing when a stream of users has nobody at first, who is the default user', async () => {
    const { client, next } = await staged(text('a'), { hold: inMemory() });
    const byDefault = record(client.flag$('text', ''));
    const user$ = new BehaviorSubject<User | undefined>(undefined);
    record(client.flag$('text', '', user$));
    await next(text('b'));
    user$.next(kate);
    await settlePromises();
    expect(byDefault.values).toEqual(['a']);
    client.dispose();
  });

  it('are told apart where they have objects that only the page before could tell apart', async () => {
    const items = new Map<string, string>();
    const shown: unknown[] = [];
    for (const value of ['a', 'b']) {
      // Each page numbers such objects anew.
      let page: typeof library | undefined;
      jest.isolateModules(() => (page = jest.requireActual<typeof library>('../../src')));
      class Thing {
        readonly kind = 'thing';
      }
      const client = page!.createClient(sdkKey, {
        hold: page!.session({ storage: storageOf(items) }),
        overrides: { source: page!.flagOverrides({ text: value }), behaviour: 'local-only' },
      });
      for (let i = 0; i < 12; i++) {
        shown.push(await client.getValue('text', '', { identifier: 'kate', custom: { thing: new Thing() as never } }));
      }
      shown.push(await client.getValue('text', '', kate));
      client.dispose();
    }
    expect(shown).toEqual([...Array<string>(13).fill('a'), ...Array<string>(12).fill('b'), 'a']);
  });

  it('are told apart by all their attributes, also by objects of unknown classes and after a reload', async () => {
    class Thing {
      readonly kind = 'thing';
    }
    const items = new Map<string, string>();
    const shown: unknown[] = [];
    for (const config of [text('a'), text('b')]) {
      const { client } = await staged(config, { hold: session({ storage: storageOf(items) }), logLevel: 'off' });
      for (const custom of [{ plan: 'pro' }, { plan: 'free' }, { thing: new Thing() as never }]) {
        shown.push(await client.getValue('text', '', { identifier: 'kate', custom }));
      }
      client.dispose();
    }
    expect(shown).toEqual(['a', 'a', 'a', 'a', 'a', 'b']);
    const [stored] = [...items.values()];
    expect(stored).not.toMatch(/kate|pro|free/);
  });
});

describe('what ends a hold', () => {
  it('is a stream: once for whatever it emits, until it emits something else for true, and not at all for false', async () => {
    const release$ = new Subject<unknown>();
    const { client, next } = await staged(text('a'), { hold: inMemory({ release$ }) });
    const { values } = record(client.flag$('text', ''));
    const table = record(client.flags$({ text: '' }));
    const state = record(client.flagState$('text', ''));
    await next(text('b'));
    release$.next(false);
    expect(values).toEqual(['a']);
    release$.next('now');
    expect(values).toEqual(['a', 'b']);
    expect(table.values).toEqual([{ text: 'a' }, { text: 'b' }]);
    expect(state.values.at(-1)?.value).toBe('b');
    await next(text('c'));
    expect(values).toEqual(['a', 'b']);
    release$.next(true);
    await next(text('d'));
    expect(values).toEqual(['a', 'b', 'c', 'd']);
    release$.next(false);
    await next(text('e'));
    expect(values).toEqual(['a', 'b', 'c', 'd']);
    client.dispose();
    expect(release$.observed).toBe(false);
  });

  it('may be a stream that breaks, which is logged', async () => {
    const release$ = new Subject<unknown>();
    const { client, log, next } = await staged(text('a'), { hold: inMemory({ release$ }) });
    const { values } = record(client.flag$('text', ''));
    release$.error(new Error('broken'));
    await next(text('b'));
    expect(values).toEqual(['a']);
    expect(log.filter((line) => line.includes('release$'))).toHaveLength(1);
    client.dispose();
  });

  it('is a flag of its own, from the config on in which it is on, for the users for whom it is', async () => {
    const config = (value: string, isReleased: boolean) => configOf({ text: value, release: isReleased });
    const { client, next } = await staged(config('a', false), { hold: inMemory({ release$: 'release' }) });
    const { values } = record(client.flag$('text', ''));
    const table = record(client.flags$({ text: '', release: false }));
    await next(config('b', false));
    await next(config('c', true));
    expect(values).toEqual(['a', 'c']);
    expect(await client.getValue('text', '')).toBe('c');
    // The flag alone is enough, and is never held itself.
    await next(config('d', true));
    await next(config('d', false));
    expect(await client.getValueDetails('release', true)).not.toHaveProperty('held');
    await next(config('e', false));
    await next(config('e', true));
    expect(values).toEqual(['a', 'c', 'd', 'e']);
    expect(table.values.map(({ release }) => release)).toEqual([false, true, true, false, true]);
    client.dispose();
  });

  it('is a flag of its own also for a stream alone', async () => {
    const config = (value: string, isReleased: boolean) => configOf({ text: value, release: isReleased });
    const { client, next } = await staged(config('a', false));
    const { values } = record(client.flag$('text', '', undefined, { hold: inMemory({ release$: 'release' }) }));
    await next(config('b', false));
    await next(config('c', true));
    expect(values).toEqual(['a', 'c']);
    client.dispose();
  });

  it('is a stream also for the next client, when the one that followed it has ended', async () => {
    const release$ = new Subject<unknown>();
    const hold = inMemory({ release$ });
    const first = await staged(text('a'), { hold });
    record(first.client.flag$('text', ''));
    first.client.dispose();
    expect(release$.observed).toBe(false);
    const { client } = await staged(text('b'), { hold });
    const { values } = record(client.flag$('text', ''));
    release$.next('now');
    expect(values).toEqual(['a', 'b']);
    client.dispose();
  });

  it('is the end of the session, with which another one begins', async () => {
    const hold = inMemory();
    const { client, next } = await staged(text('a'), { hold });
    const { values } = record(client.flag$('text', ''));
    const { id } = hold;
    await next(text('b'));
    hold.end();
    expect(values).toEqual(['a', 'b']);
    expect(hold.id).not.toBe(id);
    await next(text('c'));
    expect(values).toEqual(['a', 'b']);
    client.dispose();
  });

  it('shows the new value to whoever asks inside of a subscriber, and nobody an old one after it', async () => {
    const hold = inMemory();
    const { client, next } = await staged(text('a'), { hold });
    const seen: string[] = [];
    client.flag$('text', '').subscribe((value) => seen.push(`first ${value}`));
    client.flag$('other', '', undefined, { hold: false }).subscribe((value) => {
      if (value === 'b') hold.end();
    });
    client.flag$('text', '').subscribe((value) => seen.push(`last ${value}`));
    await next(text('b'));
    expect(seen).toEqual(['first a', 'last a', 'first b', 'last b']);
    client.dispose();
  });
});

describe('streams inside of others', () => {
  const ways: Record<string, (client: ConfigCatClient, key: string) => Observable<unknown>> = {
    flag$: (client, key) => client.flag$(key, ''),
    'flag$ of a user': (client, key) => client.flag$(key, '', kate),
    'flag$ of users': (client, key) => client.flag$(key, '', new BehaviorSubject(leo)),
    flagDetails$: (client, key) => client.flagDetails$(key, '').pipe(map(({ value }) => value)),
    flags$: (client, key) => client.flags$({ [key]: '' }).pipe(map((flags) => flags[key])),
    allFlags$: (client, key) => client.allFlags$().pipe(map((flags) => flags[key])),
    flagState$: (client, key) => client.flagState$(key, '').pipe(map(({ value }) => value)),
  };
  const pairs = Object.keys(ways).flatMap((outer) => Object.keys(ways).map((inner) => [outer, inner] as const));

  it.each(pairs)('are told of a release once, and after the others: %s with %s', async (outer, inner) => {
    for (const kind of ['end', 'stream', 'flag'] as const) {
      const release$ = new Subject<string>();
      const hold = inMemory({ ...(kind !== 'end' && { release$: kind === 'flag' ? 'release' : release$ }) });
      const { client, clock, next } = await staged(text('a'), { hold });
      const { values } = record(
        ways[outer]!(client, 'text').pipe(
          distinctUntilChanged(),
          switchMap((value) =>
            ways[inner]!(client, 'other').pipe(
              distinctUntilChanged(),
              map((other) => `${String(value)} ${String(other)}`),
            ),
          ),
        ),
      );
      await next(text('b'));
      if (kind === 'end') hold.end();
      else if (kind === 'stream') release$.next('now');
      else await next(configOf({ text: 'b', other: 'b', release: true }));
      await clock.advance(0);
      expect([kind, values]).toEqual([kind, ['a a', 'b b']]);
      client.dispose();
    }
  });

  it('are told of a user who has been left once, and after the others', async () => {
    const { client, clock, next } = await staged(text('a'), { hold: inMemory() });
    const inner$ = (value: string) => client.flag$('other', '', kate).pipe(map((other) => `${value} ${other}`));
    const { values } = record(client.flag$('text', '', kate).pipe(switchMap(inner$)));
    await next(text('b'));
    core.leaveUser(client, kate);
    await clock.advance(0);
    expect(values).toEqual(['a a', 'b b']);
    client.dispose();
  });
});

describe('a session', () => {
  it('outlives a reload by its storage, and no more than that', async () => {
    const items = new Map<string, string>();
    const before = session({ storage: storageOf(items) });
    const first = await staged(text('a'), { hold: before });
    const { held } = await first.client.getValueDetails('text', '');
    first.client.dispose();
    const after = session({ storage: storageOf(items) });
    expect(after.id).toBe(before.id);
    const again = await staged(text('b'), { hold: after });
    expect(await again.client.getValueDetails('text', '')).toMatchObject({ value: 'a', held: { since: held?.since } });
    again.client.dispose();
    const other = session({ storage: storageOf(new Map()) });
    expect(other.id).not.toBe(before.id);
    const third = await staged(text('b'), { hold: other });
    expect(await third.client.getValue('text', '')).toBe('b');
    third.client.dispose();
  });

  it('is one for all who have it in the same place, and another one under another name', () => {
    const storage = storageOf(new Map());
    expect(session({ storage }).id).toBe(session({ storage }).id);
    expect(session({ storage, name: 'other' }).id).not.toBe(session({ storage }).id);
    expect(inMemory().id).not.toBe(inMemory().id);
    const { id } = session({ storage });
    session({ storage }).storage.setItem('exposures', 'some');
    expect([session({ storage }).id, storage.getItem('exposures')]).toEqual([id, 'some']);
  });

  it('is named by chance that nobody can foresee, and by any where there is no such', () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const ids = new Set(Array.from({ length: 100 }, () => inMemory().id));
    random.mockRestore();
    const { crypto } = globalThis;
    for (const missing of [undefined, {}]) {
      Object.defineProperty(globalThis, 'crypto', { value: missing, configurable: true, writable: true });
      ids.add(inMemory().id);
    }
    Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true, writable: true });
    expect(ids.size).toBe(102);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{40}$/);
  });

  it('is one object for all who have it in the same place: what one ends has ended for all', () => {
    const storage = storageOf(new Map());
    const [one, other, named] = [session({ storage }), session({ storage }), session({ storage, name: 'other' })];
    const before = [other.id, named.id];
    one.end();
    expect(other.id).toBe(one.id);
    expect([other.id === before[0], named.id === before[1]]).toEqual([false, true]);
  });

  it('shows one value on all pages that keep it in one place, and the next one once a page has ended it', async () => {
    const items = new Map<string, string>();
    const pages = await Promise.all(
      ['a', 'b'].map(async (value) => {
        const visit = session({ storage: storageOf(items) });
        return { ...(await staged(text(value), { hold: visit })), visit };
      }),
    );
    const [first, second] = pages as [(typeof pages)[0], (typeof pages)[0]];
    const shown = ({ client }: (typeof pages)[0], key: string, user = kate) =>
      client.snapshot().value(key, 'none', user);
    const other = record(second.client.flag$('other', 'none', kate));
    expect([shown(first, 'text'), shown(second, 'text')]).toEqual(['a', 'a']);
    expect([shown(first, 'other'), shown(second, 'other')]).toEqual(['b', 'b']);
    first.visit.end();
    expect([shown(first, 'other'), shown(second, 'other')]).toEqual(['a', 'b']);
    // It meets the other session as soon as it has something to hold.
    expect([shown(second, 'text', leo), second.visit.id]).toEqual(['b', first.visit.id]);
    expect([shown(first, 'text', leo), shown(second, 'other')]).toEqual(['b', 'a']);
    await settlePromises();
    expect(other.values).toEqual(['b', 'a']);
    for (const { client } of pages) client.dispose();
  });

  it('in memory takes what others keep there, and fails nobody', async () => {
    const hold = inMemory();
    const { client, log } = await staged(text('a'), { hold });
    expect(await client.getValue('text', '')).toBe('a');
    hold.storage.setItem('other', 'x');
    const kept = hold.storage.getItem('other');
    hold.storage.removeItem('other');
    expect([kept, hold.storage.getItem('other'), log]).toEqual(['x', null, []]);
    client.dispose();
  });

  describe('that is not told where it is kept', () => {
    const page = globalThis as { document?: unknown; sessionStorage?: unknown };

    it('is that of the page', () => {
      const items = new Map<string, string>();
      Object.assign(page, { document: {}, sessionStorage: storageOf(items) });
      try {
        const own = session();
        expect([[...items.keys()], session().id]).toEqual([['configcat-rx.session'], own.id]);
        expect(items.get('configcat-rx.session')).toContain(own.id);
        expect(session({ name: 'other' }).id).not.toBe(own.id);
      } finally {
        delete page.document;
        delete page.sessionStorage;
      }
    });

    it('is none outside of pages', () => {
      expect(() => session()).toThrow(
        new TypeError(
          "Invalid property `options.storage`. There is none by itself outside of pages: give one, or 'memory'.",
        ),
      );
    });
  });

  it('tells clients of different SDK keys apart', async () => {
    const hold = inMemory();
    const overrides = (value: string) => ({ source: flagOverrides({ text: value }), behaviour: 'local-only' as const });
    const one = createClient(sdkKey, { hold, overrides: overrides('a') });
    const other = createClient(`${sdkKey.slice(0, -1)}w`, { hold, overrides: overrides('b') });
    expect([await one.getValue('text', ''), await other.getValue('text', '')]).toEqual(['a', 'b']);
    one.dispose();
    other.dispose();
  });

  it('holds a number of values, and forgets the oldest beyond that', async () => {
    const { client, next } = await staged(configOf({ a: 1, b: 1, c: 1 }), { hold: inMemory({ maxHeld: 2 }) });
    for (const key of ['a', 'b', 'c']) await client.getValue(key, 0);
    await next(configOf({ a: 2, b: 2, c: 2 }));
    expect(await client.getValue('c', 0)).toBe(1);
    expect(await client.getValue('b', 0)).toBe(1);
    expect(await client.getValue('a', 0)).toBe(2);
    client.dispose();
  });

  it('begins anew where its text is not as it would have been written', () => {
    const items = new Map<string, string>();
    const own = session({ storage: storageOf(items) });
    const [name] = [...items.keys()];
    const id = own.id;
    const entry = ['user', 'flag', true, null, 0];
    const hostile: unknown[] = [
      ...[
        '',
        '{',
        'null',
        '5',
        '[]',
        '[1]',
        '{"__proto__":{"polluted":true}}',
        '['.repeat(100_000),
        'x'.repeat(2_000_001),
      ],
      ...[
        [2, id, []],
        [1, 'short', []],
        [1, 5, []],
        [1, id, {}],
        [1, id, null],
        [1, id, [5]],
        [1, id, [null]],
      ],
      ...[
        ['', 'flag', true, null, 0],
        [5, 'flag', true, null, 0],
        ['user', null, true, null, 0],
      ].map((e) => [1, id, [e]]),
      ...[{}, null, [], undefined].map((value) => [1, id, [['user', 'flag', value, null, 0]]]),
      ...['x', null, 1e300].map((time) => [1, id, [['user', 'flag', true, null, time]]]),
    ];
    for (const given of hostile) {
      items.set(name!, typeof given === 'string' ? given : JSON.stringify(given));
      expect(session({ storage: storageOf(items) }).id).not.toBe(id);
    }
    items.set(name!, JSON.stringify([1, id, [entry, ['__proto__', '__proto__', 'x', 5, 1]]]));
    expect(session({ storage: storageOf(items) }).id).toBe(id);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('is held in memory where a storage fails, which is told once', async () => {
    const fails = () => {
      throw new Error('quota');
    };
    const working = () => storageOf(new Map());
    const failing: SessionStorage[] = [
      { getItem: fails, setItem: fails, removeItem: fails },
      { ...working(), setItem: fails },
      { ...working(), getItem: () => 5 as never },
      { ...working(), getItem: () => Promise.reject(new Error('late')) as never },
      { ...working(), setItem: () => Promise.reject(new Error('late')) as never },
    ];
    for (const storage of failing) {
      const hold = session({ storage });
      const { client, log, next } = await staged(configOf({ text: 'a', more: 1 }), { hold });
      const { values } = record(client.flag$('text', ''));
      await next(configOf({ text: 'b', more: 2 }));
      expect(await client.getValue('more', 0)).toBe(2);
      expect(values).toEqual(['a']);
      hold.end();
      expect(values).toEqual(['a', 'b']);
      expect(log.filter((line) => line.includes('session.storage'))).toHaveLength(1);
      expect(() => hold.storage.setItem('x', 'y')).not.toThrow();
      expect(hold.storage.getItem('nothing') ?? null).toBeNull();
      expect(() => hold.storage.removeItem('x')).not.toThrow();
      client.dispose();
    }
  });

  it('needs to be told where it is kept outside of pages', () => {
    expect(() => session()).toThrow(/options\.storage/);
  });

  it('is that of the client for `session`, if it has one', async () => {
    for (const given of [{ hold: inMemory() }, { session: inMemory() }]) {
      const { client, next } = await staged(text('a'), given);
      const { values } = record(client.flag$('text', '', undefined, { hold: 'session' }));
      const others = record(client.flag$('text', ''));
      await next(text('b'));
      expect(values).toEqual(['a']);
      expect(others.values).toEqual('hold' in given ? ['a'] : ['a', 'b']);
      client.dispose();
    }
    const { client, next } = await staged(text('a'), { session: inMemory(), hold: 'session' });
    const { values } = record(client.flag$('text', ''));
    await next(text('b'));
    expect(values).toEqual(['a']);
    client.dispose();
  });

  it('names what is wrong with its options, and with what is given in its place', () => {
    const wrong = (options: unknown) => () => session(options as SessionOptions);
    expect(wrong(null)).toThrow(/options/);
    expect(wrong({ storage: {} })).toThrow(/options\.storage/);
    expect(wrong({ storage: 'memory', name: '' })).toThrow(/options\.name/);
    expect(wrong({ storage: 'memory', maxHeld: 0 })).toThrow(/options\.maxHeld/);
    expect(wrong({ storage: 'memory', release$: '' })).toThrow(/options\.release\$/);
    expect(wrong({ storage: 'memory', release$: {} })).toThrow(/options\.release\$/);
    expect(() => createClient(sdkKey, { hold: {} as Session })).toThrow(/options\.hold/);
    expect(() => createClient(sdkKey, { session: {} as Session })).toThrow(/options\.session/);
    expect(() => createClient(sdkKey, { hold: 'session' })).toThrow(/options\.session/);
    const client = createClient(sdkKey, { offline: true, logLevel: 'off' });
    const asking = (hold: unknown) => () => client.flag$('text', '', undefined, { hold: hold as Session });
    expect(asking({})).toThrow(/options\.hold/);
    expect(asking('sessions')).toThrow(/options\.hold/);
    expect(asking('session')).toThrow(/options\.hold/);
    client.dispose();
  });
});

describe('a core', () => {
  it('holds by its functions as clients do', async () => {
    const changes$ = new Subject<void>();
    let value = 'a';
    const source = core.createCore(sdkKey, {
      polling: core.manualPoll(),
      cache: core.externalCache({
        get: () => `${value.charCodeAt(0)}\n"e"\n${JSON.stringify(text(value))}`,
        set: () => undefined,
        changes$,
      }),
      initial: 'cached',
      hold: core.session({ storage: 'memory' }),
      logLevel: 'off',
    });
    const { values } = record(core.flag$(source, 'text', ''));
    value = 'b';
    changes$.next();
    expect(values).toEqual(['a']);
    expect(await core.getValue(source, 'text', '')).toBe('a');
    expect(core.details(source.snapshot(), 'text', '').held).toMatchObject({ currentValue: 'b' });
    expect(await firstValueFrom(core.flag$(source, 'text', '', undefined, { hold: false }))).toBe('b');
    expect(() => core.flag$(source, 'text', '', undefined, { hold: 'session' })).toThrow(/options\.hold/);
    source.dispose();
  });
});

describe('a hold of its own', () => {
  it('is that of one table or state, and `false` shows what is served', async () => {
    const { client, next } = await staged(text('a'));
    const hold = inMemory();
    const table = record(client.flags$({ text: '' }, undefined, { hold }));
    const all = record(client.allFlags$(kate, { hold }));
    const state = record(client.flagState$('text', '', undefined, { hold }));
    const live = record(client.flags$({ text: '' }));
    await next(text('b'));
    expect(table.values).toEqual([{ text: 'a' }]);
    expect(all.values).toEqual([{ text: 'a', other: 'a' }]);
    expect(new Set(state.values.map(({ value }) => value))).toEqual(new Set(['a']));
    expect(live.values).toEqual([{ text: 'a' }, { text: 'b' }]);
    hold.end();
    expect(table.values).toEqual([{ text: 'a' }, { text: 'b' }]);
    expect(() => client.flags$({ text: '' }, undefined, { hold: {} as Session })).toThrow('options.hold');
    expect(() => client.flags$({ text: '' }, undefined, { hold: 'session' })).toThrow('options.hold');
    client.dispose();
    expect([table, all, state].map(({ isComplete }) => isComplete)).toEqual([true, true, true]);
  });

  it('is none with `false`, also where the client holds', async () => {
    const { client, next } = await staged(text('a'), { hold: inMemory() });
    const table = record(client.flags$({ text: '' }, undefined, { hold: false }));
    const state = record(client.flagState$('text', '', undefined, { hold: false }));
    const held = record(client.flags$({ text: '' }, undefined, { hold: 'session' }));
    await next(text('b'));
    expect(table.values).toEqual([{ text: 'a' }, { text: 'b' }]);
    expect(state.values.at(-1)?.value).toBe('b');
    expect(held.values).toEqual([{ text: 'a' }]);
    client.dispose();
  });
});

describe('heldSource', () => {
  it('shows the flags of a client as a session holds them, however they are read', async () => {
    const { client, next } = await staged(text('a'));
    const hold = inMemory();
    const source = core.heldSource(client, hold);
    expect(core.heldSource(client, hold)).toBe(source);
    const flag = record(core.flag$(source, 'text', ''));
    const table = record(core.flags$(source, { text: '' }));
    const live = record(core.flag$(source, 'text', '', undefined, { hold: false }));
    await next(text('b'));
    expect([flag.values, table.values, live.values]).toEqual([['a'], [{ text: 'a' }], ['a', 'b']]);
    expect(source.snapshot()).toBe(source.snapshot());
    expect(source.snapshot().value('text', '')).toBe('a');
    expect(await core.getValue(source, 'text', '')).toBe('a');
    expect(core.watch(source, 'text', '').current()).toBe('a');
    expect(JSON.parse(core.dehydrateValues(source, { flags: ['text'] }))).toMatchObject({
      flags: [['text', 'a', null, 1]],
    });
    expect(client.snapshot().value('text', '')).toBe('b');
    expect((await source.refresh()).isSuccess).toBe(true);
    source.dispose();
    expect([flag, table, live].map(({ isComplete }) => isComplete)).toEqual([true, true, true]);
    expect(source.snapshot().value('text', '')).toBe('a');
    expect([source, client].map((each) => core.currentStatus(each).isOnline)).toEqual([false, true]);
    expect((await client.forceRefresh()).isSuccess).toBe(true);
    client.dispose();
  });

  it('ends what is held for a default user whom another one replaces, whoever looks meanwhile', async () => {
    const { client, next } = await staged(configByUser('kate', 'leo'), { defaultUser: kate });
    const source = core.heldSource(client, inMemory());
    expect(source.snapshot().value('plan', '')).toBe('KATE');
    await next(configByUser());
    expect(source.snapshot().value('plan', '')).toBe('KATE');
    source.setDefaultUser(leo);
    source.setDefaultUser(kate);
    expect(source.snapshot().value('plan', '')).toBe('nobody');
    client.dispose();
  });

  it('ends what is held for the last hundred default users, where nobody looks meanwhile', async () => {
    const { client, next } = await staged(configByUser('kate'), { defaultUser: kate });
    const source = core.heldSource(client, inMemory());
    expect(source.snapshot().value('plan', '')).toBe('KATE');
    await next(configByUser());
    // Kate and 99 others leave.
    for (let i = 0; i < 99; i++) source.setDefaultUser({ identifier: `${i}` });
    source.setDefaultUser(kate);
    expect(source.snapshot().value('plan', '')).toBe('nobody');
    client.dispose();
  });

  it('ends streams that still wait', async () => {
    const { client } = await staged('silence' as never);
    const source = core.heldSource(client, inMemory());
    const flag = record(core.flag$(source, 'text', ''));
    source.dispose();
    expect(flag).toMatchObject({ values: [], isComplete: true });
    client.dispose();
  });

  it('holds what its client has fetched before, however long ago', async () => {
    const { client, next } = await staged(text('a'));
    core.heldSource(client, inMemory());
    await next(500);
    await next(500);
    expect(client.snapshot().cacheState).toBe('cached');
    const source = core.heldSource(client, inMemory());
    expect(source.snapshot().value('text', '')).toBe('a');
    await next(text('b'));
    expect(source.snapshot().value('text', '')).toBe('a');
    client.dispose();
  });

  it('has the session by which it holds, and what adapters need to know of its source', async () => {
    const own = inMemory();
    const { client } = await staged(text('a'), { hold: own });
    const hold = inMemory();
    const source = core.heldSource(client, hold);
    expect(core.withHold(source, 'session')).toBe(source);
    expect(core.withHold(source, hold)).toBe(source);
    expect(core.withHold(client, 'session')).toBe(client);
    expect(core.heldSource(client, 'session')).toBe(core.heldSource(client, own));
    // As it is served, by a client that still has its session.
    const served = core.withHold(client, false);
    expect(served).not.toBe(client);
    expect(core.withHold(served, false)).toBe(served);
    expect(core.withHold(core.withHold(served, 'session'), own)).toBe(core.withHold(served, 'session'));
    const fixed = core.createCoreFromValues('null');
    expect(core.withHold(fixed, false)).toBe(fixed);
    expect(core.heldSource(fixed, hold)).toHaveProperty('isFixed', true);
    client.dispose();
  });

  it('is one for each session, and refuses what is none', async () => {
    const { client } = await staged(text('a'));
    expect(core.heldSource(client, inMemory())).not.toBe(core.heldSource(client, inMemory()));
    expect(() => core.heldSource(client, {} as Session)).toThrow('Invalid argument `hold`. Expected a session().');
    expect(() => core.heldSource(client, 'session')).toThrow('Invalid argument `hold`. Expected a session().');
    expect(() => core.heldSource({}, inMemory())).toThrow('Invalid argument `source`.');
    client.dispose();
  });
});
