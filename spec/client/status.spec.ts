import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import type { ConfigCache, ConfigCatClient } from '../../src';
import { lazyLoad, manualPoll } from '../../src';
import { currentStatus, events$, isReady, subscriberCount } from '../../src/functions';
import { configOf, stage } from '../support/client';
import { record } from '../support/record';

const minute = 60_000;

/** What a cache keeps, which orders its entries, so that each of their parts can change alone. */
function orderedCache(text: () => string | undefined): ConfigCache {
  return { isOrdered: true, get: text, set: () => undefined };
}

const textOf = (timeMs: number, etag: string, count: number) =>
  `${timeMs}\n${etag}\n${JSON.stringify(configOf({ count }))}`;

describe('status$', () => {
  it('tells of each part that changes alone', () => {
    let text = textOf(0, 'a', 1);
    const { client } = stage('silence', { cache: orderedCache(() => text) }, manualPoll());
    const { values } = record(client.status$);
    const read = (next: string) => {
      text = next;
      client.flag$('count', 0).subscribe().unsubscribe();
    };
    read(textOf(0, 'b', 2));
    read(textOf(-5, 'b', 3));
    // Another config is no other status.
    read(textOf(-5, 'b', 4));
    read(textOf(-5, 'b', 5));
    client.setOffline();
    expect(values.map(({ etag, fetchedAt, isOnline }) => [etag, fetchedAt?.getTime(), isOnline])).toEqual([
      ['a', 0, true],
      ['b', 0, true],
      ['b', -5, true],
      ['b', -5, false],
    ]);
    expect(client.snapshot().value('count', 0)).toBe(5);
    client.dispose();
  });

  it('says nothing again of what changes nothing', async () => {
    const cache: ConfigCache = {
      get: () => {
        throw new Error('closed');
      },
      set: () => undefined,
    };
    const { client, clock } = stage('silence', { cache, logLevel: 'off' }, manualPoll());
    const { values } = record(client.status$);
    for (let i = 0; i < 3; i++) client.flag$('count', 0).subscribe().unsubscribe();
    await clock.advance(minute);
    expect(values).toHaveLength(1);
    client.dispose();
  });

  it('tells of a fetch and of its failure, and of the next one as well', async () => {
    const { client, clock, serve } = stage(500, { logLevel: 'off' }, manualPoll());
    const { values } = record(client.status$);
    const refresh = async () => {
      const ended = client.forceRefresh();
      await clock.advance(1000);
      await ended;
    };
    await refresh();
    serve(404);
    await refresh();
    serve(configOf({}));
    await refresh();
    expect(values.map(({ isFetching, lastError }) => [isFetching, lastError?.errorCode])).toEqual([
      [false, undefined],
      [true, undefined],
      [false, 1101],
      [true, 1101],
      [false, 1100],
      [true, 1100],
      [false, undefined],
    ]);
    client.dispose();
  });

  it('tells once when a config stops being up to date, and is what currentStatus() gives', async () => {
    const { client, clock } = stage(configOf({ a: 1 }), {}, lazyLoad());
    await client.getValue('a', 0);
    const { values } = record(client.status$);
    await clock.advance(minute + 500);
    expect(values.map(({ cacheState }) => cacheState)).toEqual(['up-to-date']);
    expect(currentStatus(client).ageMs).toBe(minute + 500);
    await clock.advance(1);
    expect(values.map(({ cacheState }) => cacheState)).toEqual(['up-to-date', 'cached']);
    await clock.advance(10 * minute);
    expect(values).toHaveLength(2);
    expect(currentStatus(client)).toEqual({ ...values[1], ageMs: 11 * minute + 501 });
    client.dispose();
    expect(currentStatus(client).isOnline).toBe(false);
  });

  describe('sets a timer', () => {
    /** How many timers it sets for a subscriber who comes some time after a fetch. */
    async function timersAfter(ms: number | undefined, isFetching = false) {
      const { client, clock, serve } = stage(configOf({ a: 1 }), {}, lazyLoad());
      if (ms !== undefined) {
        await client.getValue('a', 0);
        await clock.advance(ms);
      }
      serve('silence');
      if (isFetching) void client.forceRefresh();
      const before = clock.scheduler.actions.length;
      client.status$.subscribe();
      const timers = clock.scheduler.actions.length - before;
      client.dispose();
      return timers;
    }

    it.each([
      ['of a config that is up to date', 0, false, 1],
      ['at its last moment', minute + 500, false, 1],
      ['of one that has just stopped being that', minute + 501, false, 0],
      ['of an old one', 10 * minute, false, 0],
      ['while a fetch is under way', 0, true, 0],
      ['where nothing is known', undefined, false, 0],
    ])('%s: %#', async (_, ms, isFetching, expected) => {
      expect(await timersAfter(ms, isFetching)).toBe(expected);
    });
  });
});

describe('whoever listens to events', () => {
  it('counts as a subscriber, unless he only looks on', () => {
    const { client } = stage('silence');
    const passive = events$(client, { isPassive: true }).subscribe();
    expect(subscriberCount(client)).toBe(0);
    const subscriptions = [events$(client), events$(client, {}), events$(client, { isPassive: false })].map((stream$) =>
      stream$.subscribe(),
    );
    expect(subscriberCount(client)).toBe(3);
    for (const subscription of [...subscriptions, passive]) subscription.unsubscribe();
    expect(subscriberCount(client)).toBe(0);
    client.dispose();
  });
});

describe('isReady()', () => {
  it('is true once there is nothing to wait for, or nothing to come', async () => {
    const { client, clock } = stage(configOf({}));
    expect(isReady(client)).toBe(false);
    await clock.advance(0);
    expect(isReady(client)).toBe(true);
    client.dispose();
    expect(isReady(client)).toBe(true);
    const silent = stage('silence');
    silent.client.dispose();
    expect(isReady(silent.client)).toBe(true);
  });
});

describe('keys$', () => {
  it('tells of keys that come, go, change places, or have other names', async () => {
    const { client, clock, serve } = stage(configOf({ a: 1, b: 1 }));
    const { values } = record(client.keys$);
    await clock.advance(0);
    for (const flags of [{ a: 2, b: 2 }, { a: 2, c: 2 }, { c: 2, a: 2 }, { c: 2 }, { c: 2, d: 1 }]) {
      serve(configOf(flags));
      await client.forceRefresh();
    }
    expect(values.map((keys) => keys.join())).toEqual(['a,b', 'a,c', 'c,a', 'c', 'c,d']);
    client.dispose();
  });
});

describe('flagState$', () => {
  it('says nothing again of what changes nothing, also where nothing has ever been fetched', () => {
    const { client } = stage('silence', { logLevel: 'off' }, manualPoll());
    const state = record(client.flagState$('a', 0));
    for (let i = 0; i < 3; i++) {
      client.setOffline();
      client.setOnline();
    }
    client.dispose();
    expect(state).toMatchObject({ values: [{ value: 0, fetchedAt: undefined, ageMs: undefined }], isComplete: true });
  });
});

describe('streams of several flags', () => {
  it('begin with nothing where they do not wait', () => {
    const { client, log } = stage('silence', { initial: 'default' });
    expect(record(client.allFlags$()).values).toEqual([{}]);
    expect(record(client.flags$({ a: 1, b: null })).values).toEqual([{ a: 1, b: null }]);
    expect(log).toEqual([]);
    client.dispose();
  });

  it('say in the log what is not there when a config comes that has nothing of it', async () => {
    const { client, serve, log } = stage('silence', { logLevel: 'error' }, manualPoll());
    const { values } = record(client.flags$({ none: 5 }));
    serve(configOf({ a: 1 }));
    await client.forceRefresh();
    expect(log.map((line) => line.slice(0, 10))).toEqual(['error 1000', 'error 1001']);
    expect(values).toEqual([{ none: 5 }]);
    client.dispose();
  });

  it('say nothing in the log where all is well', async () => {
    const { client, log } = stage(configOf({ a: 1, b: 2 }), {}, manualPoll());
    await client.forceRefresh();
    expect(record(client.allFlags$()).values).toEqual([{ a: 1, b: 2 }]);
    expect([client.snapshot().values(), await client.getAllValues()]).toEqual(Array(2).fill({ a: 1, b: 2 }));
    expect((await client.getAllValueDetails()).map(({ value }) => value)).toEqual([1, 2]);
    expect(log).toEqual([]);
    client.dispose();
  });
});

describe('flagDetails$', () => {
  it('begins with the default value and why it is that, where it does not wait', () => {
    const { client, log } = stage('silence', { initial: 'default' });
    const errorMessage =
      "Config JSON is not present when evaluating setting 'a'. Returning the `defaultValue` parameter that you specified in your application: '5'.";
    expect(record(client.flagDetails$('a', 5)).values).toEqual([
      { key: 'a', value: 5, isDefaultValue: true, errorCode: 1000, errorMessage, fetchedAt: new Date(0) },
    ]);
    expect(log).toEqual([]);
    client.dispose();
  });
});

describe('of a disposed client', () => {
  it.each<[string, (client: ConfigCatClient) => Observable<unknown>]>([
    ['status$', ({ status$ }) => status$.pipe(map(({ etag, isOnline }) => [etag, isOnline]))],
    ['keys$', ({ keys$ }) => keys$],
    ['snapshot$', ({ snapshot$ }) => snapshot$.pipe(map((snapshot) => snapshot.value('a', 0)))],
    ['flagState$', (client) => client.flagState$('a', 0).pipe(map(({ value }) => value))],
    ['flagDetails$', (client) => client.flagDetails$('a', 0).pipe(map(({ value }) => value))],
    ['flags$', (client) => client.flags$({ a: 0 })],
    ['allFlags$', (client) => client.allFlags$()],
  ])('%s is the last of what it was, once', async (name, stream) => {
    const { client } = stage(configOf({ a: 1 }), {}, manualPoll());
    await client.forceRefresh();
    const before = record(stream(client));
    client.dispose();
    const after = record(stream(client));
    expect([before.isComplete, after.isComplete, after.values.length]).toEqual([true, true, 1]);
    const last = name === 'status$' ? ['"0"', false] : before.values.at(-1);
    expect(after.values).toEqual([last]);
  });

  it.each<[string, (client: ConfigCatClient) => Observable<unknown>]>([
    ['keys$', ({ keys$ }) => keys$],
    ['snapshot$', ({ snapshot$ }) => snapshot$],
  ])('%s is nothing where nothing was known', (_, stream) => {
    const { client } = stage('silence', { logLevel: 'off' }, manualPoll());
    client.dispose();
    expect(record(stream(client))).toMatchObject({ values: [], isComplete: true });
  });
});
