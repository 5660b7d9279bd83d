import { VirtualTimeScheduler, switchMap } from 'rxjs';
import type { User } from '../../src';
import { exposures } from '../../src';
import type { TargetedFlag } from '../../src/testing';
import { createTestClient, runMarbles } from '../../src/testing';
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
