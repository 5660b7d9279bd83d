import { VirtualTimeScheduler, switchMap } from 'rxjs';
import type { User } from '../../src';
import { createClientWithManualPoll, exposures, snapshotOfText } from '../../src';
import { explain } from '../../src/explain';
import { subscriberCount } from '../../src/functions';
import type { TargetedFlag, TestClient } from '../../src/testing';
import { createTestClient, runMarbles } from '../../src/testing';
import { sdkKey } from '../support/client';
import { record } from '../support/record';

const kate: User = { identifier: 'kate' };
const jack: User = { identifier: 'jack' };
const plan: TargetedFlag<string> = {
  value: 'free',
  variationId: 'v-free',
  rules: [
    {
      when: [{ attribute: 'Identifier', comparator: 'equals', value: 'kate' }],
      serve: { value: 'pro', variationId: 'v-pro' },
    },
  ],
};

describe('exposures', () => {
  it('tells each user, flag and variation once, whoever evaluates', async () => {
    const client = createTestClient({ plan, dark: true }, { logLevel: 'error' });
    const { values } = record(exposures(client));
    record(client.flag$('plan', '', kate));
    record(client.flagDetails$('plan', '', { ...kate, email: 'kate@example.com' }));
    await client.getValue('plan', '', jack);
    client.snapshot().value('plan', '', kate);
    client.snapshot().value('plan', '');
    client.snapshot().value('dark', false, kate);
    client.set({ plan: 'free' });
    client.set({ plan });
    expect(values.map(({ key, value, variationId, user }) => [key, value, variationId, user?.identifier])).toEqual([
      ['plan', 'pro', 'v-pro', 'kate'],
      ['plan', 'free', 'v-free', 'jack'],
      ['plan', 'free', 'v-free', undefined],
      ['dark', true, undefined, 'kate'],
      ['plan', 'free', undefined, 'kate'],
    ]);
    client.dispose();
  });

  it('tells variations without an ID apart by their values, and from those with one', () => {
    const client = createTestClient({ a: 1 });
    const { values } = record(exposures(client));
    for (const a of [1, '1', { value: '1', variationId: '1' }, 1, { value: 2, variationId: '1' }]) {
      client.set({ a });
      client.snapshot().value('a', null, kate);
    }
    expect(values.map(({ value, variationId }) => [value, variationId])).toEqual([
      [1, undefined],
      ['1', undefined],
      ['1', '1'],
    ]);
    client.dispose();
  });

  it('leaves out default values and everything else that happens', async () => {
    const client = createTestClient({ dark: true }, { logLevel: 'off' });
    const { values } = record(exposures(client));
    client.snapshot().value('missing', false, kate);
    client.snapshot().value('dark', 'text', kate);
    await client.forceRefresh();
    expect(values).toEqual([]);
    client.dispose();
  });

  it('tells the time by the clock that it is given', () => {
    const scheduler = new VirtualTimeScheduler();
    scheduler.frame = 12_000;
    const client = createTestClient({ dark: true });
    const { values } = record(exposures(client, { scheduler }));
    client.snapshot().value('dark', false, kate);
    expect(values).toEqual([{ key: 'dark', value: true, variationId: undefined, user: kate, time: new Date(12_000) }]);
    client.dispose();
  });

  it('forgets what it has not seen for the longest time when its memory is full', () => {
    const client = createTestClient({ dark: true });
    const { values } = record(exposures(client, { maxRemembered: 2 }));
    for (const identifier of ['a', 'b', 'a', 'c', 'a', 'b', 'a'])
      client.snapshot().value('dark', false, { identifier });
    expect(values.map(({ user }) => user?.identifier)).toEqual(['a', 'b', 'c', 'b']);
    client.dispose();
  });

  it('remembers ten thousand exposures unless it is told otherwise', () => {
    const client = createTestClient({ dark: true });
    let count = 0;
    exposures(client).subscribe(() => count++);
    const ask = (number: number) => client.snapshot().value('dark', false, { identifier: `user ${number}` });
    for (let i = 0; i < 10_000; i++) ask(i);
    ask(0);
    expect(count).toBe(10_000);
    ask(10_000);
    ask(0);
    expect(count).toBe(10_001);
    ask(1);
    expect(count).toBe(10_002);
    client.dispose();
  });

  it('knows users again whose identifiers are long, and takes whatever stands for one', () => {
    const client = createTestClient({ dark: true });
    const { values } = record(exposures(client));
    const long = 'x'.repeat(100_000);
    const throwing = {
      get identifier(): string {
        throw new Error('no identifier');
      },
    };
    const odd = [42, null, undefined, Symbol('id'), '\ud800', `${long}1`, `${long}2`].map((identifier) => ({
      identifier,
    }));
    for (const user of [...odd, throwing, ...odd, throwing]) client.snapshot().value('dark', false, user as never);
    const expected: unknown[] = [...odd, throwing];
    expect(values.map(({ user }) => expected.indexOf(user))).toEqual([...expected.keys()]);
    client.dispose();
  });

  it('gives each subscriber a memory of its own, and those who come late what comes later', () => {
    const client = createTestClient({ dark: true });
    const exposure$ = exposures(client);
    const first = record(exposure$);
    client.snapshot().value('dark', false, kate);
    const second = record(exposure$);
    expect(second.values).toEqual([]);
    client.snapshot().value('dark', false, kate);
    client.snapshot().value('dark', false, jack);
    expect(first.values.map(({ user }) => user)).toEqual([kate, jack]);
    expect(second.values.map(({ user }) => user)).toEqual([kate, jack]);
    client.dispose();
  });

  it('tells of evaluations in their order, until the client is disposed', () =>
    runMarbles(({ playFlags, expectObservable, cold }) => {
      const client = playFlags('a---b-a---|', { a: { dark: true }, b: { dark: false } });
      const exposure$ = exposures(client);
      const [on, off] = [true, false].map((value) => ({ key: 'dark', value, variationId: undefined, user: undefined }));
      const expected = { a: { ...on, time: new Date(2) }, b: { ...off, time: new Date(4) } };
      expectObservable(exposure$).toBe('--a-b-----|', expected);
      expectObservable(exposure$, '-----------^').toBe('-----------|');
      const evaluations$ = cold('--a').pipe(switchMap(() => client.flag$('dark', false)));
      expectObservable(evaluations$).toBe('--a-b-a---', { a: true, b: false });
    }));

  it('refuses a memory of nothing or without bounds', () => {
    const client = createTestClient();
    for (const maxRemembered of [0, -1, Number.NaN, Infinity, 10_000_001]) {
      expect(() => exposures(client, { maxRemembered })).toThrow('Invalid property `options.maxRemembered`.');
    }
    client.dispose();
  });
});

describe('what counts as an exposure', () => {
  const flags = { plan, dark: true };

  it.each<[string, (client: TestClient) => unknown]>([
    ['flag$', (client) => client.flag$('dark', false).subscribe()],
    ['flagDetails$', (client) => client.flagDetails$('dark', false).subscribe()],
    ['flagState$', (client) => client.flagState$('dark', false).subscribe()],
    ['flags$', (client) => client.flags$({ dark: false }).subscribe()],
    ['watch', (client) => client.watch('dark', false).current()],
    ['getValue', (client) => client.getValue('dark', false)],
    ['getValueDetails', (client) => client.getValueDetails('dark', false)],
    ['snapshot.value', (client) => client.snapshot().value('dark', false)],
    ['snapshot.details', (client) => client.snapshot().details('dark', false)],
  ])('is what %s shows', async (_, show) => {
    const client = createTestClient(flags);
    const { values } = record(exposures(client));
    await show(client);
    expect(values.map(({ key, value }) => [key, value])).toEqual([['dark', true]]);
    client.dispose();
  });

  it.each<[string, (client: TestClient) => unknown]>([
    ['allFlags$', (client) => client.allFlags$().subscribe()],
    ['getAllValues', (client) => client.getAllValues()],
    ['getAllValueDetails', (client) => client.getAllValueDetails()],
    ['snapshot.values', (client) => client.snapshot().values()],
    ['explain', (client) => client.explain('dark')],
    ['explain of a snapshot', (client) => explain(client.snapshot(), 'dark')],
    [
      'a snapshot that a page is hydrated with',
      (client) => snapshotOfText(client, client.snapshot().cacheText).value('dark', false),
    ],
    ['keyAndValue', (client) => client.snapshot().keyAndValue('v-free')],
  ])('is nothing that %s reads', async (_, read) => {
    const client = createTestClient(flags);
    const { values } = record(exposures(client));
    await read(client);
    expect(values).toEqual([]);
    client.dispose();
  });

  it('is no default value that stands in before there is a config', () => {
    const client = createClientWithManualPoll(sdkKey, { logLevel: 'off', initial: 'default' });
    const { values } = record(exposures(client));
    client.flag$('dark', false).subscribe();
    client.watch('dark', false).current();
    expect(values).toEqual([]);
    client.dispose();
  });

  it('comes back after another one, where that is asked', () => {
    const client = createTestClient(flags);
    const once = record(exposures(client)).values;
    const each = record(exposures(client, { afterChange: true })).values;
    for (const dark of [true, false, false, true]) {
      client.set({ dark });
      client.snapshot().value('dark', null, kate);
      client.snapshot().value('dark', null, jack);
    }
    expect(once.map(({ value }) => value)).toEqual([true, true, false, false]);
    expect(each.map(({ value }) => value)).toEqual([true, true, false, false, true, true]);
    client.dispose();
  });

  it('keeps no process alive where that is asked', () => {
    const client = createTestClient(flags);
    exposures(client, { isPassive: true }).subscribe();
    expect(subscriberCount(client)).toBe(0);
    exposures(client).subscribe();
    expect(subscriberCount(client)).toBe(1);
    client.dispose();
  });
});
