import { Subject } from 'rxjs';
import type { ConfigCache, FetchFunction, PollingMode } from '../../src';
import { autoPoll, lazyLoad, manualPoll } from '../../src';
import { configOf, stage } from '../support/client';
import { record } from '../support/record';
import { settlePromises } from '../support/virtual-time';

const minute = 60_000;
const body = JSON.stringify(configOf({ a: 1 }));

/** A server that takes several turns of the promise queue, as real ones do, and knows which requests were given up. */
function slowServer() {
  const signals: AbortSignal[] = [];
  let answered = 0;
  const fetch: FetchFunction = async (_, { signal }) => {
    signals.push(signal);
    for (let i = 0; i < 5; i++) await Promise.resolve();
    return {
      status: 200,
      statusText: 'OK',
      headers: { get: () => null },
      text: async () => {
        for (let i = 0; i < 5; i++) await Promise.resolve();
        answered++;
        return body;
      },
    };
  };
  return { fetch, signals, answered: () => answered };
}

function slowCache(entries = new Map<string, string>()): ConfigCache {
  return {
    get: async (key) => {
      for (let i = 0; i < 3; i++) await Promise.resolve();
      return entries.get(key);
    },
    set: async (key, value) => {
      for (let i = 0; i < 3; i++) await Promise.resolve();
      entries.set(key, value);
    },
  };
}

const modes: readonly (readonly [string, () => PollingMode])[] = [
  ['auto', autoPoll],
  ['auto that waits for ever', () => autoPoll({ maxInitWaitTimeSeconds: -1 })],
  ['auto with a delayed first poll', () => autoPoll({ maxFirstPollDelaySeconds: 10 })],
  ['lazy', lazyLoad],
  ['manual', manualPoll],
];

describe.each(modes)('dispose in %s mode', (_, polling) => {
  it.each(Array.from({ length: 60 }, (__, turns) => turns))(
    'after %i turns of the promise queue leaves nothing',
    async (turns) => {
      const server = slowServer();
      const refreshOn$ = new Subject<void>();
      const cache = { ...slowCache(), changes$: new Subject<void>() };
      const { client, clock } = stage(
        'silence',
        { fetch: server.fetch, cache, refreshOn$, logLevel: 'off' },
        polling(),
      );
      const streams = [client.flag$('a', 0), client.flagState$('a', 0), client.status$, client.events$, client.ready$];
      const recordings = streams.map((stream$) => record<unknown>(stream$));
      let settled = 0;
      const settle = () => settled++;
      const waits = [client.getValue('a', 0), client.getAllKeys(), client.forceRefresh(), client.waitForReady()];
      for (const wait of waits) wait.then(settle, settle);
      if (turns % 2 === 0) refreshOn$.next();
      for (let i = 0; i < turns; i++) await Promise.resolve();

      client.dispose();
      const sent = server.signals.length;
      expect(recordings.every(({ isComplete }) => isComplete)).toBe(true);
      expect([refreshOn$.observed, cache.changes$.observed, clock.scheduler.actions]).toEqual([false, false, []]);
      await settlePromises();
      expect(settled).toBe(waits.length);
      await clock.advance(10 * minute);
      expect(server.signals).toHaveLength(sent);
      expect(server.signals.filter(({ aborted }) => !aborted).length).toBeLessThanOrEqual(server.answered());
    },
  );
});

describe('dispose', () => {
  it('from within any subscriber leaves nothing', async () => {
    const { client, clock, requests } = stage(configOf({ a: 1 }));
    const values: unknown[] = [];
    client.events$.subscribe(({ type }) => {
      if (type === 'configFetched') client.dispose();
    });
    client.flag$('a', 0).subscribe((value) => values.push(value));
    await clock.advance(10 * minute);
    expect([values, requests.length, clock.scheduler.actions]).toEqual([[1], 1, []]);
  });

  it('while a cache hangs settles what waits for it', async () => {
    const cache: ConfigCache = { get: () => new Promise(() => undefined), set: () => undefined };
    const { client, clock } = stage('silence', { cache, logLevel: 'off' }, lazyLoad());
    const value = client.getValue('a', 'default');
    client.dispose();
    expect([await value, clock.scheduler.actions]).toEqual(['default', []]);
  });

  it('twice is the same as once', () => {
    const { client } = stage('silence');
    const other = stage('silence', { logLevel: 'off' });
    client.dispose();
    client.dispose();
    // The other one still counts as a live client.
    const third = stage('silence');
    expect(third.log).toEqual([expect.stringMatching(/^warn 3000/)]);
    other.client.dispose();
    third.client.dispose();
  });
});
