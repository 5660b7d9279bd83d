import { BehaviorSubject } from 'rxjs';
import type { ExposureOptions, OverrideFlags, Session, SessionStorage, User } from '../../src';
import { createClient, exposures, flagOverrides, session } from '../../src';
import { subjectOf, variationOf } from '../../src/flags/session-mark';
import { sessionMark } from '../../src/functions';
import { createTestClient } from '../../src/testing';
import { configByUser, sdkKey, stage } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate@example.com' };
const jack: User = { identifier: 'jack@example.com' };
const disposables: { dispose(): void }[] = [];
afterEach(() => {
  for (const client of disposables.splice(0)) client.dispose();
});

/** A storage of pages, over items that outlive them: `localStorage` of one tab. */
function storageOf(items: Map<string, string>): SessionStorage {
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, text) => void items.set(name, text),
    removeItem: (name) => void items.delete(name),
  };
}

/** A page with a client of its own, and whom and what it has exposed. */
function openPage(visit: Session | undefined, options: ExposureOptions = {}) {
  const flags$ = new BehaviorSubject<OverrideFlags>({ plan: 'free', dark: true });
  const overrides = { source: flagOverrides(flags$), behaviour: 'local-only' as const };
  const client = createClient(sdkKey, { overrides, logLevel: 'off' });
  disposables.push(client);
  const { values } = record(exposures(client, { ...(visit && { session: visit }), ...options }));
  const show = (key: string, user = kate) => client.snapshot().value(key, null, user);
  return {
    set: (flags: OverrideFlags) => flags$.next(flags),
    show,
    exposed: () => values.map(({ key, value, user }) => [user?.identifier, key, value]),
  };
}

const exposedPlan = [kate.identifier, 'plan', 'free'];

describe('exposures of a session', () => {
  it('are told once each, reloads and all tabs of one storage included', () => {
    const items = new Map<string, string>();
    const [first, second] = [storageOf(items), storageOf(items)].map((storage) => openPage(session({ storage })));
    first!.show('plan');
    second!.show('plan');
    second!.show('dark');
    first!.show('dark');
    first!.show('plan', jack);
    first!.set({ plan: 'pro' });
    first!.show('plan');
    const reloaded = openPage(session({ storage: storageOf(items) }));
    for (const key of ['plan', 'dark', 'plan']) reloaded.show(key);
    expect(first!.exposed()).toEqual([
      exposedPlan,
      [jack.identifier, 'plan', 'free'],
      [kate.identifier, 'plan', 'pro'],
    ]);
    expect(second!.exposed()).toEqual([[kate.identifier, 'dark', true]]);
    expect(reloaded.exposed()).toEqual([]);
  });

  it('are told in each tab where each has a storage of its own, and without a session each time', () => {
    const tabs = [1, 2].map(() => openPage(session({ storage: storageOf(new Map()) })));
    const reloads = [1, 2].map(() => openPage(undefined));
    for (const page of [...tabs, ...reloads]) {
      page.show('plan');
      page.show('plan');
      expect(page.exposed()).toEqual([exposedPlan]);
    }
  });

  it('are told once more in the next session', () => {
    const visit = session({ storage: 'memory' });
    const page = openPage(visit);
    page.show('plan');
    visit.end();
    page.show('plan');
    page.show('plan');
    expect(page.exposed()).toEqual([exposedPlan, exposedPlan]);
  });

  it('are told to each recipient', () => {
    const visit = session({ storage: 'memory' });
    const [one, other, again] = ['one', 'other', 'one'].map((recipient) => openPage(visit, { recipient }));
    for (const page of [one!, other!, again!]) page.show('plan');
    expect([one, other, again].map((page) => page!.exposed().length)).toEqual([1, 1, 0]);
  });

  it('of clients of other SDK keys are others', async () => {
    const visit = session({ storage: 'memory' });
    const keys = [sdkKey, `${sdkKey.slice(0, -1)}w`, sdkKey];
    const counts = await Promise.all(
      keys.map(async (key) => {
        const overrides = { source: flagOverrides({ plan: 'free' }), behaviour: 'local-only' as const };
        const client = createClient(key, { overrides });
        disposables.push(client);
        const { values } = record(exposures(client, { session: visit }));
        await client.getValue('plan', '', kate);
        return values.length;
      }),
    );
    expect(counts).toEqual([1, 1, 0]);
  });

  it('that come back after another variation are told once more in each page, where that is asked', () => {
    const visit = session({ storage: 'memory' });
    const page = openPage(visit, { afterChange: true });
    for (const plan of ['free', 'pro', 'free']) {
      page.set({ plan });
      page.show('plan');
    }
    visit.end();
    page.show('plan');
    expect(page.exposed().map(([, , value]) => value)).toEqual(['free', 'pro', 'free', 'free']);
    const next = openPage(visit, { afterChange: true });
    next.show('plan');
    expect(next.exposed()).toEqual([exposedPlan]);
  });

  it('are remembered as hashes, and no more than 2000 of them', () => {
    const items = new Map<string, string>();
    const page = openPage(session({ storage: storageOf(items) }));
    const ask = (from: number, to: number, { show } = page) => {
      for (let i = from; i < to; i++) show('plan', { identifier: `user ${i} @example.com` });
    };
    ask(0, 2000);
    const lengthOf = () => [...items.values()].join('').length;
    const length = lengthOf();
    ask(2000, 2500);
    expect(lengthOf()).toBe(length);
    expect(length).toBeLessThan(40_000);
    expect([...items.values()].join()).not.toMatch(/example|plan|free/);
    const reloaded = openPage(session({ storage: storageOf(items) }));
    ask(500, 2500, reloaded);
    expect(reloaded.exposed()).toEqual([]);
    ask(0, 1, reloaded);
    expect(reloaded.exposed()).toHaveLength(1);
  });

  it.each([['{'], ['x'.repeat(1_000_000)], ['null'], ['\ud800 ']])('bear whatever the storage has: %.10s', (text) => {
    const items = new Map([['configcat-rx.exposures', text]]);
    const storage = storageOf(items);
    const page = openPage(session({ storage }));
    page.show('plan');
    page.show('plan');
    expect(page.exposed()).toEqual([exposedPlan]);
    expect(items.get('configcat-rx.exposures')!.length).toBeLessThan(40_000);
    const reloaded = openPage(session({ storage: storageOf(items) }));
    reloaded.show('plan');
    expect(reloaded.exposed()).toEqual([]);
  });

  it('are told once per page by a storage that fails, which is logged once', () => {
    const refuse = () => {
      throw new Error('full');
    };
    const logged: string[] = [];
    const client = createTestClient(
      { plan: 'free' },
      { logger: { log: (_, eventId, message) => logged.push(`${eventId} ${message}`) } },
    );
    disposables.push(client);
    const visit = session({ storage: { getItem: refuse, setItem: refuse, removeItem: refuse } });
    const { values } = record(exposures(client, { session: visit }));
    for (const user of [kate, kate, jack]) client.snapshot().value('plan', '', user);
    expect(values.map(({ user }) => user)).toEqual([kate, jack]);
    expect(logged).toEqual(['1003 Error occurred in the `session.storage` method.']);
  });

  it.each([[{}], [{ id: 'x', storage: storageOf(new Map()) }], ['session'], [5]])('refuse as a session %p', (given) => {
    const client = createTestClient({});
    disposables.push(client);
    const expected = /Invalid property `options.session`. Expected a session\(\)/;
    expect(() => exposures(client, { session: given as never })).toThrow(expected);
    const shown = { key: 'plan', value: 'free' };
    expect(() => sessionMark(client, given as never, shown, '')).toThrow(
      new TypeError('Invalid argument `session`. Expected a session().'),
    );
  });
});

describe('the mark of an exposure', () => {
  it('is true once, and takes 17 characters of the storage', () => {
    const items = new Map<string, string>();
    const client = createTestClient({});
    disposables.push(client);
    const visit = session({ storage: storageOf(items) });
    const marks = ['plan', 'plan', 'dark'].map((key) => sessionMark(client, visit, { key, value: 'free' }, 'one'));
    expect(marks.map((mark) => mark())).toEqual([true, false, true]);
    expect(items.get('configcat-rx.exposures')).toMatch(/^(?:[0-9a-f]{16} ){2}$/);
  });

  it.each<[string, Partial<User> | undefined, string]>([
    ['nobody', undefined, '["plan",[]]'],
    ['somebody without a name', { identifier: '' }, '["plan",[""]]'],
    ['somebody', { identifier: 'kate', country: 'DE' }, '["plan",["kate"]]'],
    ['somebody by a number', { identifier: 5 as never }, '["plan",["5"]]'],
    [
      'somebody whose name cannot be read',
      {
        get identifier(): string {
          throw new Error('unreadable');
        },
      },
      '["plan",[""]]',
    ],
  ])('tells flag and user apart: of %s', (_, user, expected) => {
    expect(subjectOf({ key: 'plan', value: 1, user: user as User })).toBe(expected);
  });

  it('tells variations apart, by their values where they have no ID', () => {
    const variations = [{ variationId: 'a' }, { value: 'a' }, { value: '["a"]' }, { value: 1 }, { value: '1' }, {}];
    const texts = variations.map((variation) => variationOf({ key: 'plan', ...variation }));
    expect(texts).toEqual(['"a"', '["a"]', '["[\\"a\\"]"]', '[1]', '["1"]', '[null]']);
  });

  it('is as it reads up to 80 characters, and beyond by its hash', () => {
    const ofLength = (length: number, end = '') => variationOf({ key: '', variationId: 'x'.repeat(length - 2) + end });
    expect([ofLength(79), ofLength(80)].map((text) => text.length)).toEqual([79, 80]);
    for (const length of [81, 1000]) expect(ofLength(length)).toMatch(/^[0-9a-f]{40}$/);
    expect(new Set([ofLength(81), ofLength(82), ofLength(1000, 'a'), ofLength(1000, 'b')]).size).toBe(4);
  });
});

describe('exposures of held flags', () => {
  it.each<[string, 'client' | 'stream']>([
    ['a client that holds', 'client'],
    ['a stream that holds', 'stream'],
  ])('are what is held by %s, until the session ends', async (_, who) => {
    const visit = session({ storage: 'memory' });
    const { client, clock, serve } = stage(configByUser(kate.identifier), who === 'client' ? { hold: visit } : {});
    disposables.push(client);
    await clock.advance(0);
    const { values } = record(exposures(client, { session: visit }));
    const show = () => client.flag$('plan', '', kate, who === 'stream' ? { hold: visit } : {}).subscribe();
    show();
    serve(configByUser());
    await clock.advance(60_000);
    show();
    const [value, variationId] = [kate.identifier.toUpperCase(), `id-${kate.identifier}`];
    const exposed = () => values.map((exposure) => [exposure.value, exposure.variationId]);
    expect(exposed()).toEqual([[value, variationId]]);
    visit.end();
    expect(exposed()).toEqual([
      [value, variationId],
      ['nobody', 'id-nobody'],
    ]);
  });

  it('are what is live for whoever does not hold', async () => {
    const visit = session({ storage: 'memory' });
    const { client, clock, serve } = stage(configByUser(kate.identifier), { hold: visit });
    disposables.push(client);
    await clock.advance(0);
    const { values } = record(exposures(client, { session: visit }));
    client.flag$('plan', '', kate).subscribe();
    serve(configByUser());
    await clock.advance(60_000);
    client.flag$('plan', '', kate, { hold: false }).subscribe();
    expect(values.map(({ value }) => value)).toEqual([kate.identifier.toUpperCase(), 'nobody']);
  });
});
