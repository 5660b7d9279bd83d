import { VirtualTimeScheduler, firstValueFrom, map, take } from 'rxjs';
import type { User } from '../../src';
import { autoPoll, createClient, manualPoll } from '../../src';
import type { TestFailure } from '../../src/testing';
import { createTestClient, toConfigJson } from '../../src/testing';
import { configByUser } from '../support/client';
import { record } from '../support/record';
import { createVirtualClock, settlePromises } from '../support/virtual-time';

const kate: User = { identifier: 'kate' };

describe('createTestClient', () => {
  it('has its flags at once, for streams, reads and snapshots', async () => {
    const client = createTestClient({ dark: true, greeting: 'Hello', limit: 2.5 });
    expect(record(client.flag$('dark', false)).values).toEqual([true]);
    expect(record(client.flagState$('limit', 0)).values).toMatchObject([{ value: 2.5, status: 'cached' }]);
    expect(record(client.ready$)).toMatchObject({ values: ['cached'], isComplete: true });
    expect(client.snapshot().values()).toEqual({ dark: true, greeting: 'Hello', limit: 2.5 });
    expect(await client.getValue('greeting', '')).toBe('Hello');
    expect(await client.getAllKeys()).toEqual(['dark', 'greeting', 'limit']);
    client.dispose();
  });

  it('emits in the same tick what is set, to those whom it concerns', () => {
    const client = createTestClient({ dark: false, limit: 1 }, { logLevel: 'off' });
    const dark = record(client.flag$('dark', false));
    const limit = record(client.flag$('limit', 0));
    const missing = record(client.flag$('greeting'));
    const events = record(client.events$);
    client.set({ dark: true });
    client.set({ dark: false, greeting: 'Hello' });
    client.set({ greeting: undefined });
    expect(dark.values).toEqual([false, true, false]);
    expect(limit.values).toEqual([1]);
    expect(missing.values).toEqual([undefined, 'Hello', undefined]);
    expect(events.values.filter(({ type }) => type === 'configChanged')).toHaveLength(3);
    client.dispose();
  });

  it('shows what is set as one change, to streams of several flags as well', () => {
    const client = createTestClient({ dark: false, limit: 1 });
    const both = record(client.flags$({ dark: false, limit: 0 }));
    const changes = record(client.changes$.pipe(map(({ flags }) => flags.map(({ key }) => key))));
    client.set({ dark: true, limit: 2 });
    client.set({ dark: true, limit: 2 });
    client.set({ limit: 3 });
    expect(both.values).toEqual([
      { dark: false, limit: 1 },
      { dark: true, limit: 2 },
      { dark: true, limit: 3 },
    ]);
    expect(changes.values).toEqual([['dark', 'limit'], ['limit']]);
    client.dispose();
  });

  it('keeps the order of what subscribers set', () => {
    const client = createTestClient({ limit: 0 });
    const before: number[] = [];
    const after: number[] = [];
    client.flag$('limit', 0).subscribe((limit) => before.push(limit));
    client.flag$('limit', 0).subscribe((limit) => {
      if (limit > 0 && limit < 5) {
        client.set({ limit: limit + 1 });
        client.set({ limit: limit + 1, other: true });
      }
    });
    client.flag$('limit', 0).subscribe((limit) => after.push(limit));
    client.set({ limit: 1 });
    expect(before).toEqual([0, 1, 2, 3, 4, 5]);
    expect(after).toEqual([0, 1, 2, 3, 4, 5]);
    expect(client.snapshot().value('other', false)).toBe(true);
    client.dispose();
  });

  it('takes whole configs as text or object, and changes single flags in them', () => {
    const client = createTestClient({ dark: true }, { logLevel: 'off' });
    const plan = record(client.flag$('plan', '', kate));
    client.setConfig(configByUser('kate'));
    client.set({ limit: 1 });
    client.setConfig(toConfigJson({ plan: 'all' }));
    expect(plan.values).toEqual(['', 'KATE', 'all']);
    expect(client.snapshot().keys()).toEqual(['plan']);
    client.dispose();
  });

  it('refuses what is no config and stays as it is', () => {
    const client = createTestClient({ dark: true });
    expect(() => {
      client.setConfig('{');
    }).toThrow(SyntaxError);
    expect(() => {
      client.setConfig({ f: { dark: { t: 0, v: { b: 'yes' } } } });
    }).toThrow('Type mismatch at $.f.dark.v.b');
    expect(() => {
      client.set({ dark: Number.NaN });
    }).toThrow('Invalid test flag `dark`. Expected a boolean, a text or a finite number, got NaN.');
    expect(client.snapshot().values()).toEqual({ dark: true });
    client.setConfig({ f: { dark: { v: true, t: 0, p: [], r: [] } } });
    expect(() => {
      client.set({ limit: 1 });
    }).toThrow('Invalid config JSON content.');
    expect(client.snapshot().values()).toEqual({ dark: true });
    client.dispose();
  });

  it('follows the user that is set', () => {
    const client = createTestClient({}, { logLevel: 'off' });
    client.setConfig(configByUser('kate', 'jack'));
    const plan = record(client.flag$('plan', ''));
    client.setUser(kate);
    client.setUser({ identifier: 'jack' });
    client.setUser(undefined);
    expect(plan.values).toEqual(['nobody', 'KATE', 'JACK', 'nobody']);
    client.dispose();
  });

  it.each<[TestFailure, number, number]>([
    ['no-answer', 1103, 50],
    ['timeout', 1102, 250],
    ['invalid-config', 1105, 0],
    [404, 1100, 0],
    [403, 1100, 0],
    [503, 1101, 50],
    [429, 1101, 50],
  ])('fails fetches on demand: %s is error %i after %i ms', async (how, errorCode, afterMs) => {
    const clock = createVirtualClock();
    const client = createTestClient({ dark: true }, { scheduler: clock.scheduler, logLevel: 'off' });
    const errors = record(client.status$);
    client.fail(how);
    const refreshed = client.forceRefresh();
    await clock.advance(afterMs);
    expect(await refreshed).toMatchObject({ isSuccess: false, errorCode });
    expect(errors.values.at(-1)).toMatchObject({ lastError: { errorCode }, isFetching: false });
    client.set({ dark: false });
    expect(client.snapshot().value('dark', true)).toBe(false);
    client.recover();
    expect(await client.forceRefresh()).toEqual({ isSuccess: true, errorCode: 0 });
    expect(errors.values.at(-1)).toMatchObject({ lastError: undefined });
    expect(client.snapshot().value('dark', true)).toBe(false);
    client.dispose();
  });

  it('logs failures as every client does', async () => {
    const log: string[] = [];
    const client = createTestClient({}, { logger: { log: (level, eventId) => log.push(`${level} ${eventId}`) } });
    client.fail(404);
    await client.forceRefresh();
    expect(log).toEqual(['error 1100']);
    client.dispose();
  });

  it.each([200, 304, 0, 99, 600, 404.5, 'broken', undefined])('cannot fail in the way of %p', (how) => {
    const client = createTestClient();
    expect(() => {
      client.fail(how as TestFailure);
    }).toThrow('Invalid argument `how`.');
    client.dispose();
  });

  it('does not go back to what it was before when flags are set during a fetch', async () => {
    const client = createTestClient({ dark: false });
    const { values } = record(client.flag$('dark', false));
    const refreshed = client.forceRefresh();
    client.set({ dark: true });
    await refreshed;
    await client.forceRefresh();
    client.set({ dark: false });
    expect(values).toEqual([false, true, false]);
    client.dispose();
  });

  it('polls when it is told to, in virtual time', async () => {
    const clock = createVirtualClock();
    const client = createTestClient(
      { dark: true },
      { scheduler: clock.scheduler, polling: autoPoll(), logLevel: 'off' },
    );
    const { values } = record(client.flagState$('dark', false));
    client.fail(503);
    await clock.advance(61_000);
    client.recover();
    await clock.advance(60_000);
    client.set({ dark: false });
    expect(values.map(({ value, status, lastError }) => [value, status, lastError?.errorCode])).toEqual(
      expect.arrayContaining([
        [true, 'fresh', undefined],
        [true, 'cached', 1101],
        [false, 'fresh', undefined],
      ]),
    );
    client.dispose();
  });

  it('sends nothing, and is offline when told so', async () => {
    const fetch = jest.spyOn(globalThis, 'fetch');
    const client = createTestClient({ dark: true }, { offline: true });
    expect([client.isOnline, client.snapshot().value('dark', false)]).toEqual([false, true]);
    client.setOnline();
    expect(client.isOnline).toBe(true);
    await client.forceRefresh();
    client.dispose();
    expect(client.isOnline).toBe(false);
    expect(fetch).not.toHaveBeenCalled();
    fetch.mockRestore();
  });

  it('has an SDK key of its own, so that no client is warned of another', () => {
    const log: string[] = [];
    const logger = { log: (_: string, eventId: number) => log.push(String(eventId)) };
    const clients = [1, 2, 3].map(() => createTestClient({}, { logger }));
    clients.push(createTestClient({}, { logger }));
    expect(log).toEqual([]);
    for (const client of clients) client.dispose();
  });

  it('gives for the same config what a client gives that has it from a server', async () => {
    const configJson = toConfigJson({ dark: true, limit: { value: 1, percentages: halves } });
    const client = createClient('configcat-sdk-1/1234567890123456789012/test-client-1234567890', {
      polling: manualPoll(),
      fetch: () =>
        Promise.resolve({
          status: 200,
          statusText: '',
          headers: { get: () => null },
          text: () => Promise.resolve(configJson),
        }),
    });
    await client.forceRefresh();
    const testClient = createTestClient({ dark: true, limit: { value: 1, percentages: halves } });
    const users = Array.from({ length: 50 }, (_, i) => ({ identifier: `user ${i}` }));
    const values = users.map((user) => testClient.snapshot().values(user));
    expect(values).toEqual(users.map((user) => client.snapshot().values(user)));
    expect(new Set(values.map(({ limit }) => limit))).toEqual(new Set([2, 3]));
    client.dispose();
    testClient.dispose();
  });

  it('completes its streams when it is disposed, and stays as it was', async () => {
    const client = createTestClient({ dark: true });
    const dark = record(client.flag$('dark', false));
    client.dispose();
    client.set({ dark: false });
    expect(dark).toMatchObject({ values: [true], isComplete: true });
    expect(await firstValueFrom(client.flag$('dark', false))).toBe(true);
    await settlePromises();
  });

  it('knows fractions of milliseconds and clocks that stand still', () => {
    const scheduler = new VirtualTimeScheduler();
    scheduler.frame = 0.5;
    const client = createTestClient({ limit: 0 }, { scheduler });
    const { values } = record(client.flag$('limit', 0).pipe(take(4)));
    for (const limit of [1, 2, 3]) client.set({ limit });
    expect(values).toEqual([0, 1, 2, 3]);
    client.dispose();
  });
});

const halves = [
  { percentage: 50, value: 2 },
  { percentage: 50, value: 3 },
];
