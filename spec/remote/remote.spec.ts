import { join } from 'node:path';
import { build } from 'esbuild';
import { BehaviorSubject } from 'rxjs';
import * as v from 'valibot';
import type { User } from '../../src';
import { explain } from '../../src/explain';
import {
  dehydrateValues,
  events$,
  exposures,
  flag$,
  flagDetails$,
  getJson,
  json,
  json$,
  jsonDetails,
  keyAndValue,
  status$,
  switchFlag,
  watch,
} from '../../src/functions';
import type { RemoteOptions } from '../../src/remote';
import { createRemote, createRemoteClient, renderedValues } from '../../src/remote';
import { configByUser, stage } from '../support/client';
import type { RelayRequest } from '../support/fake-relay';
import { createFakeRelay } from '../support/fake-relay';
import { record } from '../support/record';
import { createVirtualClock, settlePromises } from '../support/virtual-time';

const kate: User = { identifier: 'kate' };
const john: User = { identifier: 'john', custom: { plan: 'pro' } };

/** A client of a fake relay in virtual time. */
function setUp(options: Partial<RemoteOptions> = {}) {
  const clock = createVirtualClock();
  const { fetch, requests } = createFakeRelay(clock);
  const lines: string[] = [];
  const client = createRemoteClient({
    url: 'https://example.com/flags/',
    fetch,
    scheduler: clock.scheduler,
    random: () => 0.5,
    logger: { log: (level, eventId, message) => lines.push(`${level} ${eventId} ${message}`) },
    ...options,
  });
  const last = (): RelayRequest => requests[requests.length - 1]!;
  /** Has the relay say all values on the present request. */
  const open = async (etag: string, order: readonly number[], flags: Parameters<RelayRequest['values']>[2]) => {
    last().stream();
    last().values(etag, order, flags);
    await settlePromises();
  };
  return { clock, client, requests, lines, last, open };
}

describe('a remote client', () => {
  it('asks for a stream, and shows first all values and then what changes', async () => {
    const { client, requests, open, last } = setUp();
    const dark = record(client.flag$('dark', false));
    const all = record(client.allFlags$());
    const changes = record(client.changes$);
    expect(requests).toMatchObject([{ method: 'GET', accept: 'text/event-stream', body: undefined }]);
    expect(dark.values).toEqual([]);
    await open(
      '"1"',
      [1000, 1, 1],
      [
        ['dark', true, 'on', 0],
        ['limit', 3, 'three', 2],
      ],
    );
    expect(dark.values).toEqual([true]);
    last().changes(
      '"2"',
      [2000, 1, 2],
      [
        ['dark', false, 'off', 0],
        ['new', 'x', null, 1],
      ],
      ['limit'],
    );
    await settlePromises();
    expect(dark.values).toEqual([true, false]);
    expect(all.values).toEqual([
      { dark: true, limit: 3 },
      { dark: false, new: 'x' },
    ]);
    expect(changes.values).toEqual([{ flags: [{ key: 'dark' }, { key: 'limit' }, { key: 'new' }] }]);
    client.dispose();
    expect(last().isAborted()).toBe(true);
    expect([dark.isComplete, all.isComplete, changes.isComplete]).toEqual([true, true, true]);
  });

  it('gives the JSON of a flag by a schema, to the functions of a core', async () => {
    const { client, open, last, lines } = setUp();
    const schema = v.object({ columns: v.number() });
    const layouts = record(json$(client, 'layout', schema, { columns: 1 }));
    await open('"1"', [1000, 1, 1], [['layout', '{"columns": 2}', 'two', 1]]);
    expect(layouts.values).toEqual([{ columns: 2 }]);
    expect(await getJson(client, 'layout', schema, null)).toBe(layouts.values[0]);
    expect(json(client.snapshot(), 'layout', schema, null)).toBe(layouts.values[0]);
    last().changes('"2"', [2000, 1, 2], [['other', true, 'on', 0]]);
    last().changes('"3"', [2000, 1, 3], [['layout', '{"columns": "many"}', 'many', 1]]);
    await settlePromises();
    expect(layouts.values).toEqual([{ columns: 2 }, { columns: 1 }]);
    expect(lines).toEqual([expect.stringMatching(/^error 1900 /)]);
    expect(jsonDetails(client.snapshot(), 'layout', schema, null)).toMatchObject({ value: null, errorCode: 1900 });
    // It knows the values of its own user.
    expect(json(client.snapshot(), 'layout', schema, null, john)).toBeNull();
    client.dispose();
    expect(layouts.isComplete).toBe(true);
  });

  it('says "Values only" where rules are asked for, and explains nothing to another user', async () => {
    const { client, open, lines } = setUp({ user: kate });
    await open('"1"', [1], [['a', 1, 'one', 2]]);
    const snapshot = client.snapshot();
    const explanation = explain(snapshot, 'a');
    expect(explanation).toMatchObject({ value: 1, variationId: 'one', errorCode: 0, setting: undefined });
    expect(explanation.text).toMatch(/^Values only: /);
    expect(explain(snapshot, 'a', john)).toMatchObject({ value: undefined, errorCode: -1 });
    expect(lines).toEqual([]);
    expect(keyAndValue(snapshot, 'one')).toBeNull();
    expect(lines).toEqual([expect.stringMatching(/^error 1002 /)]);
    client.dispose();
  });

  it('says nothing to those whom a change does not concern', async () => {
    const { client, open, last } = setUp();
    const details = record(client.flagDetails$('a', 0));
    await open(
      '"1"',
      [1],
      [
        ['a', 1, 'one', 2],
        ['b', 1, null, 2],
      ],
    );
    last().changes('"2"', [2], [['b', 2, null, 2]]);
    last().values(
      '"3"',
      [3],
      [
        ['b', 3, null, 2],
        ['a', 1, 'one', 2],
      ],
    );
    await settlePromises();
    expect(details.values).toMatchObject([{ value: 1, variationId: 'one', errorCode: 0 }]);
    client.dispose();
  });

  it('answers by default values, and says why', async () => {
    const { client, open, lines } = setUp();
    const details = record(client.flagDetails$('missing', 5));
    await open(
      '"1"',
      [1],
      [
        ['text', 'x', null, 1],
        ['broken', null, null, 0],
        ['later', 1.5, null, 9],
      ],
    );
    expect(details.values).toMatchObject([{ value: 5, errorCode: 1001, isDefaultValue: true }]);
    const snapshot = client.snapshot();
    expect(snapshot.value('text', false)).toBe(false);
    expect(snapshot.details('text', false)).toMatchObject({ errorCode: 2 });
    expect(snapshot.details('broken', true)).toMatchObject({ value: true, errorCode: 1 });
    expect(snapshot.keys()).toEqual(['text', 'broken', 'later']);
    expect(snapshot.values()).toEqual({ text: 'x', broken: null, later: null });
    expect(snapshot.setting('text')).toBeUndefined();
    expect(lines.length).toBeGreaterThan(0);
    client.dispose();
  });

  it('never shows a value older than one that it has shown, and keeps the base of changes', async () => {
    const { client, open, last, clock } = setUp();
    const value = record(client.flag$('a', '-'));
    await open('"new"', [5000], [['a', 'new', null, 1]]);
    last().end();
    await clock.advance(4000);
    await open(
      '"old"',
      [4000],
      [
        ['a', 'old', null, 1],
        ['b', 'old', null, 1],
      ],
    );
    expect(value.values).toEqual(['new']);
    expect(client.snapshot().keys()).toEqual(['a']);
    last().changes('"newest"', [6000], [['a', 'newest', null, 1]]);
    await settlePromises();
    expect(value.values).toEqual(['new', 'newest']);
    expect(client.snapshot().values()).toEqual({ a: 'newest', b: 'old' });
    client.dispose();
  });

  it('compares by the fence of a fleet where both have one, whatever clocks say', async () => {
    const { client, open, last } = setUp();
    const value = record(client.flag$('a', '-'));
    await open('"1"', [9000, 2, 5], [['a', 'one', null, 1]]);
    last().values('"2"', [10_000, 2, 4], [['a', 'older', null, 1]]);
    last().values('"3"', [1000, 3, 0], [['a', 'newer', null, 1]]);
    await settlePromises();
    expect(value.values).toEqual(['one', 'newer']);
    client.dispose();
  });

  it('goes on with older states after ten minutes of nothing else', async () => {
    const { client, open, last, clock } = setUp();
    const value = record(client.flag$('a', '-'));
    await open('"new"', [5000], [['a', 'new', null, 1]]);
    last().values('"old"', [4000], [['a', 'old', null, 1]]);
    for (let second = 0; second < 580; second += 20) {
      await clock.advance(20_000);
      last().send(':\n\n');
    }
    await settlePromises();
    expect(value.values).toEqual(['new']);
    await clock.advance(20_000);
    last().send(':\n\n');
    await settlePromises();
    expect(value.values).toEqual(['new', 'old']);
    client.dispose();
  });

  it('takes equal tags for equal values, whichever order is the later one', async () => {
    const { client, open, last } = setUp();
    const value = record(client.flag$('a', '-'));
    await open('"1"', [5000], [['a', 'one', null, 1]]);
    last().changes('"1"', [7000], []);
    last().values('"1"', [6000], [['a', 'one', null, 1]]);
    last().values('"2"', [6500], [['a', 'older', null, 1]]);
    await settlePromises();
    expect(value.values).toEqual(['one']);
    client.dispose();
  });
});

describe('the connection of a remote client', () => {
  it.each([
    [0, 1000],
    [0.5, 2500],
    [0.999, 3997],
  ])('comes back evenly within one to four seconds after a stream has ended: at %d', async (random, pauseMs) => {
    const { client, open, last, clock, requests } = setUp({ random: () => random });
    await open('"1"', [1], [['a', 1, null, 2]]);
    last().break();
    await clock.advance(pauseMs - 1);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    expect(requests).toHaveLength(2);
    expect(last().headers).toMatchObject({ 'Last-Event-ID': '"1"' });
    client.dispose();
  });

  it('waits longer after each failure, up to a minute, and begins anew after a stable stream', async () => {
    const { client, open, last, clock, requests } = setUp();
    const pauses: number[] = [];
    for (let i = 0; i < 7; i++) {
      const { atMs } = last();
      last().fail();
      const { length } = requests;
      while (requests.length === length) await clock.advance(500);
      pauses.push(last().atMs - atMs);
    }
    expect(pauses).toEqual([2500, 3000, 6000, 12_000, 24_000, 45_000, 45_000]);
    await open('"1"', [1], [['a', 1, null, 2]]);
    await clock.advance(50_000);
    last().send(':\n\n');
    await clock.advance(20_000);
    last().end();
    await clock.advance(2500);
    expect(requests).toHaveLength(9);
    client.dispose();
  });

  it('comes back when a relay that shuts down says so', async () => {
    const { client, open, last, clock, requests } = setUp();
    await open('"1"', [1], [['a', 1, null, 2]]);
    last().send('event: goodbye\ndata: {"reason":"shutdown","minMs":6000,"maxMs":10000}\n\n');
    last().end();
    await clock.advance(7999);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    expect(requests).toHaveLength(2);
    client.dispose();
  });

  it.each(['null', '{}', '{"minMs":-5,"maxMs":1e99}', '{"minMs":"x"}'])(
    'comes back within a minute whatever a relay says of it: %s',
    async (data) => {
      const { client, open, last, clock, requests } = setUp();
      await open('"1"', [1], [['a', 1, null, 2]]);
      last().send(`event: goodbye\ndata: ${data}\n\n`);
      last().end();
      await clock.advance(60_000);
      expect(requests.length).toBeGreaterThan(1);
      client.dispose();
    },
  );

  it('takes a stream on which nothing comes for a minute for dead', async () => {
    const { client, open, last, clock, requests } = setUp();
    const value = record(client.flag$('a', 0));
    await open('"1"', [1], [['a', 1, null, 2]]);
    await clock.advance(40_000);
    last().send(':\n\n');
    await clock.advance(59_000);
    expect(last().isAborted()).toBe(false);
    await clock.advance(1001);
    expect(requests[0]!.isAborted()).toBe(true);
    await clock.advance(2500);
    expect(requests).toHaveLength(2);
    last().stream();
    last().changes('"2"', [2], [['a', 2, null, 2]]);
    await settlePromises();
    expect(value.values).toEqual([1, 2]);
    client.dispose();
  });

  it('polls where streams are held back on their way', async () => {
    const { client, last, clock, requests } = setUp({ maxInitWaitTimeSeconds: 60 });
    const value = record(client.flag$('a', 0));
    last().stream();
    await clock.advance(15_000);
    expect(last()).toMatchObject({ accept: 'application/json' });
    last().answer(200, '{"order":[1],"flags":[["a",1,null,2]]}', { etag: '"1"' });
    await settlePromises();
    expect(value.values).toEqual([1]);
    await clock.advance(45_000);
    expect(requests.map(({ accept }) => accept)).toEqual([
      'text/event-stream',
      'application/json',
      'text/event-stream',
    ]);
    client.dispose();
  });

  it('polls where a user has too many streams', async () => {
    const { client, last } = setUp();
    const value = record(client.flag$('a', 0));
    last().answer(429, '', { 'retry-after': '10' });
    await settlePromises();
    expect(last()).toMatchObject({ accept: 'application/json' });
    last().answer(200, '{"order":[1],"flags":[["a",1,null,2]]}', { etag: '"1"' });
    await settlePromises();
    expect(value.values).toEqual([1]);
    client.dispose();
  });

  it('polls and nothing else where it is told to', async () => {
    const { client, last, clock, requests } = setUp({ live: false, pollIntervalSeconds: 20 });
    const value = record(client.flag$('a', 0));
    last().answer(200, '{"order":[1],"flags":[["a",1,null,2]]}', { etag: '"1"' });
    await clock.advance(15_000);
    expect(last().headers).toMatchObject({ 'If-None-Match': '"1"', Accept: 'application/json' });
    last().answer(304, '', { 'configcat-relay-order': '2' });
    await clock.advance(15_000);
    expect(requests).toHaveLength(3);
    expect(value.values).toEqual([1]);
    expect(record(client.status$).values).toMatchObject([{ cacheState: 'up-to-date', etag: '"1"' }]);
    client.dispose();
  });

  it.each([400, 401, 403, 404, 405, 413, 415, 431])(
    'waits for long after an answer %d, unless the user changes',
    async (status) => {
      const { client, last, clock, requests, lines } = setUp();
      last().answer(status);
      await clock.advance(44_999);
      expect(requests).toHaveLength(1);
      expect(lines).toEqual([`error 1101 The relay answered ${status}.`]);
      client.setUser(kate);
      expect(requests).toHaveLength(2);
      client.dispose();
    },
  );

  it('waits at least as long as an answer says', async () => {
    const { client, last, clock, requests } = setUp();
    last().answer(503, '', { 'retry-after': '20' });
    await clock.advance(22_499);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    expect(requests).toHaveLength(2);
    client.dispose();
  });

  it.each([
    ['no JSON', 'data: x'],
    ['no values', 'data: {"order":[1],"flags":{}}'],
    ['no order', 'data: {"order":["1"],"flags":[]}'],
    ['a flag without a key', 'data: {"order":[1],"flags":[[1,true]]}'],
    ['an object as a value', 'data: {"order":[1],"flags":[["a",{}]]}'],
    ['nothing', 'data: null'],
  ])('begins anew when it gets %s, and keeps what it has', async (_, data) => {
    const { client, last, clock, requests, open } = setUp();
    const value = record(client.flag$('a', 0));
    await open('"1"', [1], [['a', 1, null, 2]]);
    last().send(`event: values\n${data}\n\n`);
    await clock.advance(4000);
    expect(requests).toHaveLength(2);
    expect(value.values).toEqual([1]);
    client.dispose();
  });

  it('knows no flag by the name of what objects inherit', async () => {
    const { client, open } = setUp();
    await open(
      '"1"',
      [1],
      [
        ['__proto__', 'x', null, 1],
        ['a', 1, null, 2],
      ],
    );
    expect(client.snapshot().value('toString', 'none')).toBe('none');
    expect(client.snapshot().value('__proto__', 'none')).toBe('x');
    expect(Object.prototype).not.toHaveProperty('x');
    client.dispose();
  });
});

describe('the user of a remote client', () => {
  it('is told to the relay, and shown only once his values are there', async () => {
    const { client, open, requests, last } = setUp({ user: kate });
    const details = record(client.flagDetails$('a', '-'));
    expect(last()).toMatchObject({ method: 'POST', body: { user: { identifier: 'kate' } } });
    await open('"1"', [1000], [['a', 'of kate', 'k', 1]]);
    client.setUser(john);
    expect(requests[0]!.isAborted()).toBe(true);
    expect(last().body).toEqual({ user: { identifier: 'john', custom: { plan: 'pro' } } });
    expect(last().headers).not.toHaveProperty('Last-Event-ID');
    expect(client.snapshot().value('a', '-')).toBe('of kate');
    expect(client.snapshot().value('a', '-', john)).toBe('of kate');
    // By another relay, which is behind: of this user nothing newer has been shown.
    await open('"2"', [900], [['a', 'of john', 'j', 1]]);
    expect(details.values.map(({ value, user }) => [value, user?.identifier])).toEqual([
      ['of kate', 'kate'],
      ['of john', 'john'],
    ]);
    client.setUser({ custom: { plan: 'pro' }, identifier: 'john' });
    expect(requests).toHaveLength(2);
    client.dispose();
  });

  it('is followed by streams that name him, and another one gets the default value', async () => {
    const { client, open, lines } = setUp({ user: kate });
    const user$ = new BehaviorSubject<User>(john);
    const own = record(client.flag$('a', '-', kate));
    const named = record(client.flag$('a', '-', user$));
    await open('"1"', [1], [['a', 'of kate', null, 1]]);
    expect([own.values, named.values]).toEqual([['of kate'], ['-']]);
    expect(client.snapshot().details('a', '-', john)).toMatchObject({ errorCode: -1, value: '-' });
    expect(lines.length).toBeGreaterThan(0);
    client.setUser(john);
    await open('"2"', [1], [['a', 'of john', null, 1]]);
    expect(named.values).toEqual(['-', 'of kate', 'of john']);
    user$.next({ identifier: 'john', custom: { plan: 'pro' } });
    expect(named.values).toHaveLength(3);
    client.dispose();
  });

  it('is sent in what JSON can say', () => {
    const born = new Date(1000);
    const custom = { born, tags: ['a', 'b'], odd: Number.NaN, ['__proto__']: 'x', none: null as unknown as string };
    const { client, last } = setUp({ user: { identifier: '1', email: 'e', country: 'c', custom } });
    expect(JSON.stringify(last().body)).toBe(
      '{"user":{"identifier":"1","email":"e","country":"c","custom":{"__proto__":"x","born":1,"none":null,"odd":"NaN","tags":["a","b"]}}}',
    );
    client.dispose();
  });

  it('may be another one by a cookie', async () => {
    const { client, open, requests } = setUp();
    await open('"1"', [1], [['a', 1, null, 2]]);
    client.setUser(undefined);
    expect(requests).toHaveLength(2);
    client.dispose();
  });
});

describe('a remote client that waits', () => {
  it('answers after five seconds without values, and shows them when they come', async () => {
    const { client, clock, open } = setUp();
    const value = record(client.flag$('a', 0));
    const cached = record(client.flag$('a', 0, undefined, { initial: 'cached' }));
    const ready = record(client.ready$);
    const read = client.getValue('a', 7);
    await clock.advance(4999);
    expect([value.values, ready.values]).toEqual([[], []]);
    await clock.advance(1);
    expect([value.values, ready.values]).toEqual([[0], ['no-flag-data']]);
    expect(await read).toBe(7);
    await open('"1"', [1], [['a', 1, null, 2]]);
    expect([value.values, cached.values]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    client.dispose();
  });

  it('waits no longer than for the first failure', async () => {
    const { client, last } = setUp();
    const value = record(client.flag$('a', 0));
    last().fail();
    await settlePromises();
    expect(value.values).toEqual([0]);
    expect(record(client.status$).values).toMatchObject([
      { lastError: { errorCode: 1103 }, cacheState: 'no-flag-data' },
    ]);
    client.dispose();
  });

  it('rejects and completes when it is disposed', async () => {
    const { client } = setUp();
    const value = record(client.flag$('a', 0));
    const ready = client.waitForReady();
    const read = client.getValue('a', 3);
    const refresh = client.refresh();
    client.dispose();
    await expect(ready).rejects.toThrow('disposed');
    expect(await read).toBe(3);
    expect(await refresh).toMatchObject({ isSuccess: false });
    expect(value).toMatchObject({ values: [], isComplete: true });
    client.setUser(kate);
    client.setOnline();
    expect(client.isOnline).toBe(false);
    expect(await client.refresh()).toMatchObject({ isSuccess: false });
  });
});

describe('a remote client that is offline', () => {
  it('sends nothing until it is switched online', async () => {
    const { client, requests, open, last } = setUp({ offline: true });
    const value = record(client.flag$('a', 0));
    expect([requests.length, value.values]).toEqual([0, [0]]);
    expect(await client.refresh()).toMatchObject({ errorCode: 3200 });
    client.setUser(kate);
    client.setOnline();
    expect(last().body).toEqual({ user: { identifier: 'kate' } });
    await open('"1"', [1], [['a', 1, null, 2]]);
    client.setOffline();
    expect(last().isAborted()).toBe(true);
    expect(value.values).toEqual([0, 1]);
    expect(client.isOnline).toBe(false);
    client.dispose();
  });
});

describe('refresh() of a remote client', () => {
  it('connects anew, and resolves with what comes of it', async () => {
    const { client, open, requests, last } = setUp();
    await open('"1"', [1], [['a', 1, null, 2]]);
    const first = client.refresh();
    expect(requests).toHaveLength(2);
    last().stream();
    last().changes('"1"', [2], []);
    expect(await first).toEqual({ isSuccess: true, errorCode: 0 });
    const second = client.forceRefresh();
    last().answer(500);
    expect(await second).toMatchObject({ isSuccess: false, errorCode: 1101 });
    client.dispose();
  });
});

describe('what a remote client has kept', () => {
  const keepIn = (kept: Map<string, string>) => ({
    get: (key: string) => kept.get(key),
    set: (key: string, text: string) => {
      kept.set(key, text);
    },
  });

  it('is there at once the next time, and is followed from there', async () => {
    const kept = new Map<string, string>();
    const first = setUp({ storage: keepIn(kept), user: kate });
    await first.open('"1"', [1000], [['a', 'kept', null, 1]]);
    first.client.dispose();
    const { client, last } = setUp({ storage: keepIn(kept), user: kate });
    const value = record(client.flag$('a', '-'));
    expect(value.values).toEqual(['kept']);
    expect(client.snapshot().cacheState).toBe('cached');
    expect(last().headers).toMatchObject({ 'Last-Event-ID': '"1"' });
    last().stream();
    last().changes('"2"', [2000], [['a', 'new', null, 1]]);
    await settlePromises();
    expect(value.values).toEqual(['kept', 'new']);
    expect([...kept.values()][0]).toContain('"new"');
    client.dispose();
  });

  it('is not shown to another user', async () => {
    const kept = new Map<string, string>();
    const first = setUp({ storage: keepIn(kept), user: kate });
    await first.open('"1"', [1000], [['a', 'kept', null, 1]]);
    first.client.dispose();
    const { client } = setUp({ storage: keepIn(kept), user: john, initial: 'cached' });
    expect(record(client.flag$('a', '-')).values).toEqual(['-']);
    client.dispose();
  });

  it.each(['{', 'null', '{"order":[1],"flags":[[]]}', '{"user":5,"order":[1],"flags":[]}'])(
    'counts as nothing where it is %s',
    (text) => {
      const { client } = setUp({ storage: { get: () => text, set: () => undefined } });
      expect(client.snapshot().hasConfig).toBe(false);
      client.dispose();
    },
  );

  it('counts as nothing where storage is forbidden', async () => {
    const forbidden = () => {
      throw new Error('forbidden');
    };
    const { client, open } = setUp({ storage: { get: forbidden, set: forbidden } });
    await open('"1"', [1], [['a', 1, null, 2]]);
    expect(client.snapshot().value('a', 0)).toBe(1);
    client.dispose();
  });
});

describe('what the server has rendered the page by', () => {
  type WrittenFlag = readonly [key: string, value: string | null, variationId: string | null, type: number];
  const stateOf = (flags: readonly WrittenFlag[], requestedAtMs?: number) =>
    JSON.stringify({ fetchedAtMs: 1500, requestedAtMs, user: 'a fingerprint', flags });
  const rendered = (...args: Parameters<typeof stateOf>) => renderedValues(stateOf(...args));
  const a = (value: string): WrittenFlag => ['a', value, `id-${value}`, 1];

  it('is there at once, and is followed from there', async () => {
    const { client, open, requests, lines } = setUp({ rendered: rendered([a('old'), ['b', 'same', null, 1]], 1000) });
    const values = record(client.flag$('a', 'none'));
    const same = record(client.flag$('b', 'none'));
    const changes = record(client.changes$);
    expect(values.values).toEqual(['old']);
    expect(await client.waitForReady()).toBe('cached');
    // The relay is to say all: it has not been heard yet.
    expect(requests).toMatchObject([{ method: 'GET', headers: { Accept: 'text/event-stream' } }]);
    expect(Object.keys(requests[0]!.headers)).toEqual(['Accept']);
    await open('"1"', [1000, 1, 1], [a('new'), ['b', 'same', null, 1]]);
    expect(values.values).toEqual(['old', 'new']);
    expect(same.values).toEqual(['same']);
    expect(changes.values).toEqual([{ flags: [{ key: 'a' }] }]);
    expect(client.snapshot().cacheState).toBe('up-to-date');
    expect(client.rendered?.value('a', 'none')).toBe('old');
    expect(lines).toEqual([]);
    client.dispose();
  });

  it('makes way for nothing older', async () => {
    const { client, open, last } = setUp({ rendered: rendered([a('rendered')], 2000) });
    const values = record(client.flag$('a', 'none'));
    await open('"1"', [1000], [a('older')]);
    expect(values.values).toEqual(['rendered']);
    last().changes('"2"', [3000], [a('newer')]);
    await settlePromises();
    expect(values.values).toEqual(['rendered', 'newer']);
    client.dispose();
  });

  it('makes way for whatever comes where nobody has asked for its config', async () => {
    const { client, open } = setUp({ rendered: rendered([a('of overrides')]) });
    const values = record(client.flag$('a', 'none'));
    await open('"1"', [1], [a('of the relay')]);
    expect(values.values).toEqual(['of overrides', 'of the relay']);
    client.dispose();
  });

  it("counts as values of the client's user, until there are those of another one", async () => {
    const { client, open, last, lines } = setUp({ user: kate, rendered: rendered([a('of kate')]) });
    const values = record(client.flag$('a', 'none'));
    expect(client.snapshot().value('a', 'none', { ...kate })).toBe('of kate');
    expect(lines).toEqual([]);
    client.setUser(john);
    expect(values.values).toEqual(['of kate']);
    expect(last().body).toEqual({ user: john });
    await open('"2"', [1], [a('of john')]);
    expect(values.values).toEqual(['of kate', 'of john']);
    expect(client.rendered?.value('a', 'none')).toBe('of kate');
    client.dispose();
  });

  it('stays while the relay is away', async () => {
    const { client, clock, last } = setUp({ rendered: rendered([a('rendered')], 1000), logLevel: 'off' });
    const values = record(client.flag$('a', 'none'));
    last().fail();
    await clock.advance(60_000);
    expect(values.values).toEqual(['rendered']);
    client.dispose();
  });

  it('goes before what is kept, and is kept itself only once the relay has confirmed it', async () => {
    const kept: string[] = [];
    const storage = {
      get: () => JSON.stringify({ order: [5000], flags: [a('kept')] }),
      set: (_: string, text: string) => kept.push(text),
    };
    const { client, open } = setUp({ storage, rendered: rendered([a('rendered')], 1000) });
    expect(client.snapshot().value('a', 'none')).toBe('rendered');
    expect(kept).toEqual([]);
    await open('"1"', [1000], [a('rendered')]);
    expect(kept).toHaveLength(1);
    client.dispose();
    // A server that knew nothing has rendered default values: they are what hydration has to show.
    const without = setUp({ storage, rendered: renderedValues('null') });
    expect(without.client.snapshot().value('a', 'none')).toBe('kept');
    expect(without.client.rendered).toMatchObject({ hasConfig: false });
    expect(without.client.rendered?.value('a', 'none')).toBe('none');
    without.client.dispose();
  });

  it.each([
    ['no JSON', 'no JSON'],
    ['another object', { flags: [] }],
    ['a time that is none', { ...(JSON.parse(stateOf([])) as object), requestedAtMs: 'now' }],
    ['a flag that is none', { ...(JSON.parse(stateOf([])) as object), flags: [['a', {}, null, 1]] }],
  ])('is logged, and nothing, where it is %s', async (_, state) => {
    const { client, lines, open } = setUp({ rendered: renderedValues(state) });
    const values = record(client.flag$('a', 'none'));
    expect(values.values).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/^error 2200 /)]);
    await open('"1"', [1], [a('of the relay')]);
    expect(values.values).toEqual(['of the relay']);
    client.dispose();
  });

  it('is nothing in particular where it is not given', () => {
    const { client } = setUp();
    expect(client.rendered).toBeUndefined();
    client.dispose();
  });

  it('is what dehydrateValues() has written, with the time by which its config is ordered', async () => {
    const server = stage(configByUser('ben', 'kate'));
    await server.clock.advance(0);
    const state = dehydrateValues(server.client, { user: kate });
    const order = [Number.parseInt(server.client.snapshot().cacheText!, 10)];
    const { client, open } = setUp({ rendered: renderedValues(state) });
    const values = record(client.flag$('plan', 'none'));
    expect(values.values).toEqual(['KATE']);
    await open('"1"', [order[0]! - 1], [['plan', 'older', null, 1]]);
    await open('"2"', order, [['plan', 'of the same time', null, 1]]);
    expect(values.values).toEqual(['KATE', 'of the same time']);
    client.dispose();
    server.client.dispose();
  });
});

describe('functions of flags', () => {
  it('take a remote core', async () => {
    const clock = createVirtualClock();
    const { fetch, requests } = createFakeRelay(clock);
    const remote = createRemote({ url: 'https://example.com', fetch, scheduler: clock.scheduler, logLevel: 'off' });
    const value = record(flag$(remote, 'a', false));
    const details = record(flagDetails$(remote, 'a', false));
    const branch = record(switchFlag(remote, 'a', { on: ['on'], off: ['off'] }));
    const shown = record(exposures(remote, { scheduler: clock.scheduler }));
    const status = record(status$(remote));
    const events = record(events$(remote));
    const watched = watch(remote, 'a', false);
    requests[0]!.stream();
    requests[0]!.values('"1"', [1], [['a', true, 'on', 0]]);
    await settlePromises();
    expect(watched.current()).toBe(true);
    requests[0]!.changes('"2"', [2], [['a', false, 'off', 0]]);
    await settlePromises();
    expect(value.values).toEqual([true, false]);
    expect(details.values.map(({ variationId }) => variationId)).toEqual(['on', 'off']);
    expect(branch.values).toEqual(['on', 'off']);
    expect(shown.values.map(({ variationId }) => variationId)).toEqual(['on', 'off']);
    expect(status.values.map(({ cacheState }) => cacheState)).toContain('up-to-date');
    expect(new Set(events.values.map(({ type }) => type))).toEqual(
      new Set(['configChanged', 'ready', 'flagEvaluated', 'configFetched']),
    );
    remote.dispose();
    expect([value, details, branch, shown, status, events].every(({ isComplete }) => isComplete)).toBe(true);
  });
});

describe('createRemoteClient', () => {
  it.each([
    [{}, 'options.url'],
    [{ url: 'ftp://x' }, 'options.url'],
    [{ url: 'https://x', user: 'kate' }, 'options.user'],
    [{ url: 'https://x', initial: 'later' }, 'options.initial'],
    [{ url: 'https://x', pollIntervalSeconds: 0 }, 'options.pollIntervalSeconds'],
    [{ url: 'https://x', maxInitWaitTimeSeconds: -1 }, 'options.maxInitWaitTimeSeconds'],
    [{ url: 'https://x', storage: {} }, 'options.storage'],
    [{ url: 'https://x', rendered: 'state' }, 'options.rendered'],
    [{ url: 'https://x', live: 1 }, 'options.live'],
    [{ url: 'https://x', offline: 'yes' }, 'options.offline'],
    [{ url: 'https://x', headers: 'x' }, 'options.headers'],
    [{ url: 'https://x', credentials: 'all' }, 'options.credentials'],
    [{ url: 'https://x', fetch: {} }, 'options.fetch'],
    [{ url: 'https://x', logger: {} }, 'options.logger'],
    [{ url: 'https://x', logLevel: 'all' }, 'options.logLevel'],
    [{ url: 'https://x', scheduler: {} }, 'options.scheduler'],
    [{ url: 'https://x', random: 1 }, 'options.random'],
    [{ url: 'https://x', sdkKey: 'x' }, 'options.sdkKey'],
  ])('refuses %j', (options, culprit) => {
    expect(() => createRemoteClient(options as unknown as RemoteOptions)).toThrow(culprit);
  });
});

describe('the entry of remote clients', () => {
  it('has no code that evaluates rules, fetches configs, or reads them', async () => {
    const root = join(__dirname, '../..');
    const { metafile } = await build({
      entryPoints: [join(root, 'src/remote/index.ts')],
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      tsconfigRaw: '{}',
      absWorkingDir: root,
      outdir: 'bundle',
      external: ['rxjs'],
      alias: {
        '#config-index': join(root, 'src/model/no-config-index.ts'),
        '#evaluation-memory': join(root, 'src/evaluation/no-memory.ts'),
        '#platform': join(root, 'src/platform/browser.ts'),
      },
    });
    const modules = Object.values(metafile.outputs)
      .flatMap(({ inputs }) => Object.entries(inputs))
      .flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
    expect(modules).toContain('src/remote/link.ts');
    const rules =
      /evaluation\/(compile|conditions|comparators|operands|percentage|semver|hasher)|formats|model\/config|hash\.ts|platform|acquisition\/(fetch|store)/;
    expect(modules.filter((path) => rules.test(path))).toEqual([]);
  });
});
