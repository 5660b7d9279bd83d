import type { FetchFunction, PollingMode } from '../../src';
import { autoPoll, createClient, lazyLoad } from '../../src';
import type { FleetOptions } from '../../src/fleet';
import { joinFleet } from '../../src/fleet';
import { keyValueCache } from '../../src/key-value';
import { createRelay } from '../../src/relay';
import { createMemoryEngine } from '../../src/testing/memory-engine';
import { Subject } from 'rxjs';
import { configOf, sdkKey } from './client';
import { promising } from './promising';
import { createOrigin, intervalMs } from './tabs';
import { createVirtualClock } from './virtual-time';

const second = 1000;
const hour = 3_600_000;
const day = 24 * hour;
const month = 30 * day;

/** A row of the table of docs/the-bill.md, and how its downloads are counted. */
export interface Topology {
  /** As the page has it. */
  readonly name: string;
  /** What the formula says of a month: there are no more. */
  readonly downloads: number;
  /** How few there may be. Default: nine tenths of them, because an exchange at one end of what is counted may be missing. */
  readonly atLeast?: number;
  /** Every answer is a whole one, as for who knows no ETag. */
  readonly isWhole?: boolean;
  /** Lets real clients live in virtual time, and gives what they would download in a month. Absent: only the formula holds it. */
  readonly count?: () => Promise<number>;
}

/** Downloads in a month of pollers that ask once in an interval, and once for each change that they are told of. */
function polling(intervalSeconds: number, { pollers = 1, changesADay = 0 } = {}): number {
  return pollers * (month / (intervalSeconds * second)) + (changesADay * month) / day;
}

/** Downloads in a month of visits that each ask once in an interval. */
function visiting(visitsADay: number, visitSeconds: number, intervalSeconds: number, pollers = 1): number {
  return ((visitsADay * month) / day) * pollers * Math.ceil(visitSeconds / intervalSeconds);
}

/** The formula of docs/the-bill.md, row by row. */
export const topologies: readonly Topology[] = [
  { name: 'one process', downloads: polling(60), count: () => processes(1, 60, 6 * hour) },
  { name: 'one process', downloads: polling(5), count: () => processes(1, 5, hour) },
  {
    name: '20 processes, each for itself',
    downloads: polling(60, { pollers: 20 }),
    count: () => processes(20, 60, hour),
  },
  {
    name: '20 processes over one Redis (`redisShared()`)',
    downloads: polling(60),
    count: () => fleet(20, 60, hour),
  },
  {
    name: 'the same with webhooks, an hour as the net, 10 changes a day',
    downloads: polling(3600, { changesADay: 10 }),
    // Who has fetched because of a change leaves out the next poll.
    atLeast: polling(3600),
    count: () => fleet(20, 3600, day, 10),
  },
  {
    name: '1,000 pages over a relay of yours (`createRelay()`)',
    downloads: polling(60),
    count: () => relay(20, 60, hour / 3),
  },
  {
    name: '1,000 visitors a day, 10 minutes each, one tab',
    downloads: visiting(1000, 600, 60),
    count: () => visits(1, true),
  },
  {
    name: 'the same, five tabs each, each tab for itself',
    downloads: visiting(1000, 600, 60, 5),
    count: () => visits(5, false),
  },
  {
    name: 'the same, five tabs each with `crossTab()`',
    downloads: visiting(1000, 600, 60),
    count: () => visits(5, true),
  },
  {
    name: 'a function that lives for a moment, 100,000 calls a day, no cache',
    downloads: visiting(100_000, 0.001, 60),
    isWhole: true,
    count: () => calls(false),
  },
  {
    name: 'the same with a cache that they share, 60 s to live',
    downloads: polling(60),
    count: () => calls(true),
  },
  { name: 'any of these behind a ConfigCat Proxy of your own', downloads: polling(60) },
];

/** A clock, a server that counts, and clients over both. */
function createScene() {
  const clock = createVirtualClock();
  const text = JSON.stringify(configOf({ darkMode: true }));
  let downloads = 0;
  const fetch: FetchFunction = () => {
    downloads++;
    const headers = { get: (name: string) => (name === 'etag' ? '"1"' : null) };
    return Promise.resolve({ status: 200, statusText: 'OK', headers, text: () => Promise.resolve(text) });
  };
  const { scheduler } = clock;
  return {
    scheduler,
    random: () => 0.5,
    advance: (ms: number) => clock.advance(ms),
    start: (polling: PollingMode, more: Partial<Parameters<typeof createClient>[1]> = {}) =>
      createClient(sdkKey, { polling, fetch, scheduler, random: () => 0.5, logLevel: 'off', ...more }),
    /** Downloads in a month, where a time of this length was like all others. */
    inMonth: (ms: number) => (downloads * month) / ms,
  };
}

async function processes(count: number, pollIntervalSeconds: number, ms: number): Promise<number> {
  const { start, advance, inMonth } = createScene();
  const clients = Array.from({ length: count }, () => start(autoPoll({ pollIntervalSeconds })));
  await advance(ms - 1);
  for (const client of clients) client.dispose();
  return inMonth(ms);
}

async function fleet(count: number, pollIntervalSeconds: number, ms: number, webhooks = 0): Promise<number> {
  const { scheduler, random, start, advance, inMonth } = createScene();
  const engine = promising(createMemoryEngine(() => scheduler.now()));
  // As docs/sharing.md says: a lease no longer than an interval, and some intervals until a silence counts.
  const intervalMs = pollIntervalSeconds * second;
  const options: FleetOptions = { leaseMs: intervalMs / 6, maxSilenceMs: 3 * intervalMs, scheduler, random };
  const webhook$ = new Subject<void>();
  const clients = Array.from({ length: count }, (_, n) => {
    const { cache, pollWhile$ } = joinFleet(() => engine, options);
    // A load balancer gives a call to one process.
    return start(autoPoll({ pollIntervalSeconds, pollWhile$ }), { cache, ...(n === 0 && { refreshOn$: webhook$ }) });
  });
  const parts = webhooks + 1;
  for (let n = 1; n <= parts; n++) {
    await advance(n === parts ? Math.floor(ms / parts) - 1 : Math.floor(ms / parts));
    if (n < parts) webhook$.next();
  }
  for (const client of clients) client.dispose();
  return inMonth(ms);
}

// Not for long: in virtual time each beat of a relay hangs on the one before, and all are ended in one go.
async function relay(pages: number, pollIntervalSeconds: number, ms: number): Promise<number> {
  const { scheduler, start, advance, inMonth } = createScene();
  const client = start(autoPoll({ pollIntervalSeconds }));
  const { fetch, shutdown } = createRelay({ client, user: () => undefined, scheduler });
  const ask = (accept: string) => fetch(new Request('http://relay.invalid/values', { headers: { Accept: accept } }));
  const streams = Array.from({ length: pages }, async () => {
    const reader = (await ask('text/event-stream')).body!.getReader();
    while (!(await reader.read()).done) continue;
  });
  for (let n = 0; n < 10; n++) {
    await advance(n === 9 ? ms / 10 - 1 : ms / 10);
    await Promise.all(Array.from({ length: pages }, () => ask('application/json')));
  }
  void shutdown();
  await Promise.all(streams);
  client.dispose();
  return inMonth(ms);
}

/** One visit of ten minutes, which stands for a thousand a day. */
async function visits(tabs: number, isShared: boolean): Promise<number> {
  const origins = isShared ? [tabs] : Array.from({ length: tabs }, () => 1);
  let downloads = 0;
  for (const count of origins) {
    const origin = createOrigin();
    const opened = Array.from({ length: count }, () => origin.open());
    await origin.advance(10 * intervalMs - second);
    downloads += opened.reduce((sum, { requests }) => sum + requests, 0);
    origin.end();
  }
  return (downloads * 1000 * month) / day;
}

/** Calls, each of which makes a client and reads a flag; less often than the page says, where that makes no difference. */
async function calls(isCached: boolean): Promise<number> {
  const { start, advance, inMonth } = createScene();
  const cache = keyValueCache(new Map());
  const everyMs = isCached ? 2 * second : day / 100_000;
  const count = isCached ? hour / 3 / everyMs : 100;
  for (let n = 0; n < count; n++) {
    const client = start(lazyLoad({ cacheTimeToLiveSeconds: 60 }), isCached ? { cache } : {});
    await client.getValue('darkMode', false);
    client.dispose();
    await advance(everyMs);
  }
  return inMonth(count * everyMs);
}
