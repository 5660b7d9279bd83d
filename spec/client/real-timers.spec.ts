import type { FetchFunction, PollingMode } from '../../src';
import { autoPoll, createClient, lazyLoad, manualPoll } from '../../src';
import { configOf, sdkKey } from '../support/client';
import { record } from '../support/record';
import { createVirtualClock, settlePromises } from '../support/virtual-time';

const silence: FetchFunction = () => new Promise(() => undefined);
const entryOf = (fetchedAtMs: number) => `${fetchedAtMs}\n"e"\n${JSON.stringify(configOf({ a: 1 }))}`;

describe('a client by the timers of its runtime', () => {
  it.each<[string, PollingMode]>([
    ['lazy', lazyLoad({ cacheTimeToLiveSeconds: 2147483 })],
    ['manual', manualPoll()],
    ['auto, for as long as a fetch takes,', autoPoll({ maxInitWaitTimeSeconds: -1, pollIntervalSeconds: 2147483 })],
    ['auto, for as long as a timer can wait,', autoPoll({ maxInitWaitTimeSeconds: 2147483 })],
  ])('that polls %s sets none that fires at once', async (_, polling) => {
    const setTimer = jest.spyOn(globalThis, 'setTimeout');
    const setRepeating = jest.spyOn(globalThis, 'setInterval');
    const client = createClient(sdkKey, { fetch: silence, logLevel: 'off', polling });
    try {
      client.flag$('a', 0).subscribe();
      void client.getValue('a', 0);
      await settlePromises();
      const delays = [...setTimer.mock.calls, ...setRepeating.mock.calls].map(([, delayMs = 0]) => delayMs);
      expect(delays.filter((delayMs) => !(delayMs >= 0 && delayMs <= 2147483647))).toEqual([]);
    } finally {
      client.dispose();
      setTimer.mockRestore();
      setRepeating.mockRestore();
    }
  });

  it('is ready at once when reads need not wait', () => {
    const polling = autoPoll({ maxInitWaitTimeSeconds: 0 });
    const client = createClient(sdkKey, { fetch: silence, logLevel: 'off', polling });
    try {
      expect(record(client.ready$).values).toEqual(['no-flag-data']);
    } finally {
      client.dispose();
    }
  });
});

describe('auto polling that begins with a cached config', () => {
  const startMs = 1_000_000;

  it.each([
    [0, 0],
    [59_400, 0],
    [59_600, 1],
    [600_000, 1],
  ])('of %i ms sends %i requests at once', async (ageMs, expected) => {
    const clock = createVirtualClock();
    await clock.advance(startMs);
    const requestedAtMs: number[] = [];
    const client = createClient(sdkKey, {
      fetch: (...given) => {
        requestedAtMs.push(clock.scheduler.now());
        return silence(...given);
      },
      scheduler: clock.scheduler,
      logLevel: 'off',
      cache: { get: () => entryOf(startMs - ageMs), set: () => undefined },
      polling: autoPoll({ pollIntervalSeconds: 60 }),
    });
    await clock.advance(0);
    expect(requestedAtMs).toHaveLength(expected);
    await clock.advance(60_000);
    expect(requestedAtMs.length).toBeGreaterThan(0);
    client.dispose();
  });
});
