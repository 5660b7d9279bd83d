import type { ConfigCache } from '../../src';
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
