import { Subject } from 'rxjs';
import type { ConfigCache } from '../../src';
import { createClient, flagOverrides, lazyLoad, manualPoll } from '../../src';
import { configOf, stage } from '../support/client';
import { record } from '../support/record';

const minute = 60_000;

describe('offline', () => {
  it('makes a client that is ready at once, with what is cached, and sends nothing', async () => {
    const cache: ConfigCache = { get: () => `0\n"e"\n${JSON.stringify(configOf({ a: 1 }))}`, set: () => undefined };
    const { client, clock, requests } = stage(configOf({ a: 2 }), { offline: true, cache });
    expect(client.isOnline).toBe(false);
    expect(record(client.flag$('a', 0)).values).toEqual([1]);
    await clock.advance(10 * minute);
    expect([requests, client.snapshot().value('a', 0), client.snapshot().cacheState]).toEqual([[], 1, 'cached']);
    client.dispose();
  });

  it.each([
    ['auto', undefined],
    ['lazy', lazyLoad()],
    ['manual', manualPoll()],
  ])('serves default values without waiting when nothing is cached, in %s mode', async (_, polling) => {
    const { client, requests } = stage(configOf({ a: 2 }), { offline: true, logLevel: 'off' }, polling);
    expect(record(client.flag$('a', 0)).values).toEqual([0]);
    expect([await client.getValue('a', 0), await client.waitForReady(), requests]).toEqual([0, 'no-flag-data', []]);
    client.dispose();
  });
});

describe('setOnline and setOffline', () => {
  it('tell in the log what really changed', () => {
    const { client, log } = stage('silence', { logLevel: 'info' });
    client.setOnline();
    client.setOffline();
    client.setOffline();
    client.setOnline();
    expect(log).toEqual(['info 5200 Switched to OFFLINE mode.', 'info 5200 Switched to ONLINE mode.']);
    client.dispose();
  });

  it('do not switch a client that has nothing but local overrides, and only say so', () => {
    const log: string[] = [];
    const client = createClient('local', {
      overrides: { source: flagOverrides({ a: 1 }), behaviour: 'local-only' },
      logLevel: 'info',
      logger: { log: (_, eventId, message) => log.push(`${eventId} ${message}`) },
    });
    client.setOnline();
    client.setOffline();
    client.setOnline();
    const refused = expect.stringMatching(/^3202 .*`setOnline\(\)` has no effect\.$/) as unknown;
    expect([client.isOnline, log]).toEqual([false, [refused, refused]]);
    client.dispose();
  });

  it('have no effect on a disposed client, which is offline', () => {
    const { client, log } = stage('silence');
    client.dispose();
    client.setOnline();
    client.setOffline();
    expect(client.isOnline).toBe(false);
    expect(log).toEqual([
      'warn 3201 The client object is already disposed, thus `setOnline()` has no effect.',
      'warn 3201 The client object is already disposed, thus `setOffline()` has no effect.',
    ]);
  });

  it('show in status$ and isOnline', () => {
    const { client } = stage('silence');
    const { values } = record(client.status$);
    client.setOffline();
    expect(client.isOnline).toBe(false);
    client.setOnline();
    expect(client.isOnline).toBe(true);
    expect(values.map(({ isOnline }) => isOnline)).toEqual([true, false, true]);
    client.dispose();
  });

  it('work from within a subscriber', async () => {
    const { client, clock, requests } = stage(configOf({ a: 1 }));
    const seen: boolean[] = [];
    client.flag$('a', 0).subscribe(() => {
      client.setOffline();
      seen.push(!client.isOnline);
      client.setOnline();
      seen.push(!client.isOnline);
    });
    await clock.advance(0);
    expect(seen).toEqual([true, false]);
    // Whatever has begun before may be too old.
    expect(requests).toHaveLength(2);
    await clock.advance(minute);
    expect(requests).toHaveLength(3);
    client.dispose();
  });

  it('hold for whoever is told of them by status$, and refreshes then', async () => {
    const { client, clock, requests } = stage(configOf({ a: 1 }), { offline: true }, manualPoll());
    const refreshes: Promise<unknown>[] = [];
    client.status$.subscribe(({ isOnline }) => {
      expect(client.isOnline).toBe(isOnline);
      if (isOnline && refreshes.length === 0) refreshes.push(client.forceRefresh());
    });
    client.setOnline();
    await clock.advance(0);
    expect([await Promise.all(refreshes), requests.length]).toMatchObject([[{ isSuccess: true }], 1]);
    client.dispose();
  });

  it('refresh an auto-polling client at once when it goes online', async () => {
    const { client, clock, serve } = stage(configOf({ a: 1 }));
    const { values } = record(client.flag$('a', 0));
    await clock.advance(0);
    client.setOffline();
    serve(configOf({ a: 2 }));
    await clock.advance(5 * minute);
    client.setOnline();
    await clock.advance(0);
    expect(values).toEqual([1, 2]);
    client.dispose();
  });
});

describe('forceRefresh of a client that is offline', () => {
  it('fails without an external cache, and says so', async () => {
    const { client, log, requests } = stage(configOf({}), { offline: true }, manualPoll());
    const errorMessage = 'Client is in offline mode, it cannot initiate HTTP calls.';
    expect(await client.forceRefresh()).toEqual({ isSuccess: false, errorCode: 3200, errorMessage });
    expect([requests, log]).toEqual([[], [`warn 3200 ${errorMessage}`]]);
    client.dispose();
  });

  it('is a success with one, whose news it takes over', async () => {
    const stored = new Map<string, string>();
    const cache: ConfigCache = { get: () => Promise.resolve(stored.get('text')), set: () => undefined };
    const { client, clock, requests } = stage(configOf({}), { offline: true, cache }, manualPoll());
    await clock.advance(0);
    stored.set('text', `1\n"e"\n${JSON.stringify(configOf({ a: 1 }))}`);
    const events = record(client.events$);
    expect(await client.forceRefresh()).toEqual({ isSuccess: true, errorCode: 0 });
    expect([requests, client.snapshot().value('a', 0)]).toEqual([[], 1]);
    expect(events.values.map(({ type }) => type)).toEqual(['configChanged', 'flagEvaluated']);
    client.dispose();
  });
});

describe('refreshOn$', () => {
  it('brings what is new to all streams', async () => {
    const refreshOn$ = new Subject<void>();
    const { client, clock, serve } = stage(configOf({ a: 1 }), { refreshOn$ });
    const { values } = record(client.flag$('a', 0));
    await clock.advance(0);
    serve(configOf({ a: 2 }));
    refreshOn$.next();
    await clock.advance(0);
    expect(values).toEqual([1, 2]);
    client.dispose();
    expect(refreshOn$.observed).toBe(false);
  });
});

describe('ready$', () => {
  it('emits once why the client is ready, completes, and replays that', async () => {
    const { client, clock } = stage(configOf({}));
    const early = record(client.ready$);
    await clock.advance(0);
    expect([early, record(client.ready$)]).toMatchObject(Array(2).fill({ values: ['up-to-date'], isComplete: true }));
    client.dispose();
    expect(record(client.ready$)).toMatchObject({ values: ['up-to-date'], isComplete: true });
  });

  it.each([
    ['nothing', 500, undefined, 'no-flag-data'],
    ['what is cached', 500, '-99999999', 'cached'],
    ['what is cached and still fresh', 'silence', '0', 'up-to-date'],
  ] as const)('tells of %s when the server gives nothing', async (_, answer, time, expected) => {
    const cache: ConfigCache = { get: () => (time === undefined ? null : `${time}\n\n{}`), set: () => undefined };
    const { client, clock } = stage(answer, { cache });
    const ready = record(client.ready$);
    await clock.advance(50);
    expect([ready.values, await client.waitForReady()]).toEqual([[expected], expected]);
    client.dispose();
  });

  it('completes without a value when the client is disposed first', () => {
    const { client } = stage('silence');
    const ready = record(client.ready$);
    client.dispose();
    expect([ready, record(client.ready$)]).toMatchObject(Array(2).fill({ values: [], isComplete: true }));
  });
});
