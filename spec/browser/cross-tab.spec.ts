import type { Lack, Origin, Tab } from '../support/tabs';
import { createOrigin, entryKey, intervalMs } from '../support/tabs';

const maxSilenceMs = 2 * intervalMs;
/** The longest silence, the spread of those who end it, and a slow answer. */
const boundMs = maxSilenceMs * 1.125 + 5000;

let origin: Origin;
let tabs: Tab[];

const openAll = async (lacks: readonly Lack[] = [], count = 5) => {
  origin = createOrigin(...lacks);
  tabs = Array.from({ length: count }, () => origin.open());
  await origin.advance(5000);
};
const polling = () => tabs.find((tab) => tab.holds().some((what) => what.startsWith('lock ')))!;
const otherThan = (tab: Tab) => tabs.filter((other) => other !== tab);
const latest = (tab: Tab) => tab.values.at(-1);
const requests = () => tabs.reduce((sum, tab) => sum + tab.requests, 0);
const expectNobodyWentBack = () => {
  for (const { values } of tabs) expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
};
const payload = (value: number, timeMs: number | string) =>
  `${timeMs}\n"forged"\n${JSON.stringify({ f: { version: { t: 3, v: { d: value } } } })}`;

afterEach(() => {
  origin.end();
});

describe('crossTab()', () => {
  it('lets one tab poll for all', async () => {
    await openAll();
    for (let i = 0; i < 3; i++) {
      origin.serve();
      await origin.advance(intervalMs);
    }
    expect(tabs.map(({ values }) => values)).toEqual(tabs.map(() => [1, 2, 3, 4]));
    expect(tabs.filter((tab) => tab.requests > 0)).toHaveLength(1);
    expect(requests()).toBe(4);
    expect(tabs.flatMap(({ log }) => log)).toEqual([]);
  });

  const troubles: readonly [string, (tab: Tab) => void][] = [
    ['is switched offline', (tab) => tab.client.setOffline()],
    ['is refused', (tab) => (tab.fault = 'refused')],
    ['gets no answers', (tab) => (tab.fault = 'silence')],
    ['gets errors', (tab) => (tab.fault = 500)],
    ['is stopped', (tab) => tab.stop()],
    ['goes into the back/forward cache', (tab) => tab.happen('pagehide')],
    ['is closed', (tab) => tab.close()],
  ];
  describe.each(troubles)('goes on where the polling tab %s', (_, happen) => {
    it.each<[string, () => void]>([
      ['and nothing else happens', () => undefined],
      ['while the clock is set back by an hour', () => origin.setClock(-3_600_000)],
      ['while the clock is set back by a minute', () => origin.setClock(-60_000)],
      ['while the clock is set ahead by an hour', () => origin.setClock(3_600_000)],
      ['and storage is cleared', () => origin.storage.clear()],
    ])('%s', async (__, alsoHappen) => {
      await openAll();
      const leader = polling();
      happen(leader);
      alsoHappen();
      origin.serve();
      await origin.advance(boundMs);
      for (const tab of otherThan(leader)) expect(tab.values).toEqual([1, 2]);
      origin.serve();
      await origin.advance(boundMs);
      for (const tab of otherThan(leader)) expect(tab.values).toEqual([1, 2, 3]);
      leader.fault = 'none';
      leader.resume();
      leader.client.setOnline();
      leader.happen('pageshow');
      origin.serve();
      await origin.advance(boundMs);
      expect(otherThan(leader).map(latest)).toEqual([4, 4, 4, 4]);
      expectNobodyWentBack();
    });
  });

  it('lets the tab with a client that is offline, too, see what the others fetch', async () => {
    await openAll();
    const leader = polling();
    leader.client.setOffline();
    origin.serve();
    await origin.advance(boundMs);
    expect(leader.values).toEqual([1, 2]);
  });

  it('sends no more than each tab would by itself while the server is down', async () => {
    await openAll();
    for (const tab of tabs) tab.fault = 500;
    const before = requests();
    await origin.advance(20 * intervalMs);
    // A failed fetch is repeated once.
    expect(requests() - before).toBeLessThanOrEqual(2 * 20 * 5);
    for (const tab of tabs) tab.fault = 'none';
    origin.serve();
    await origin.advance(10 * intervalMs);
    expect(tabs.map(latest)).toEqual([2, 2, 2, 2, 2]);
  });

  it.each([
    ['the answer is there', 50, 10],
    ['the answer is on its way', 20_000, intervalMs],
  ])('ignores what a stopped tab says when it goes on, and %s', async (_, latencyMs, untilStopMs) => {
    await openAll();
    const leader = polling();
    origin.latencyMs = latencyMs;
    origin.serve();
    await origin.advance(untilStopMs);
    leader.stop();
    origin.latencyMs = 50;
    origin.serve();
    await origin.advance(2 * boundMs);
    expect(otherThan(leader).map(latest)).toEqual([3, 3, 3, 3]);
    leader.resume();
    await origin.advance(1000);
    expect(Buffer.from(origin.storage.get(entryKey) ?? '', 'base64').toString()).toContain('"d":3');
    expect(tabs.map(latest)).toEqual([3, 3, 3, 3, 3]);
    expectNobodyWentBack();
    expect(tabs.filter((tab) => tab.holds().some((what) => what.startsWith('lock ')))).toHaveLength(1);
  });

  it('lets go of lock and channel at pagehide, whatever the gate says, and takes part again at pageshow', async () => {
    await openAll();
    const leader = polling();
    leader.happen('pagehide');
    await origin.advance(0);
    expect(leader.holds()).toEqual([]);
    expect(otherThan(leader)).toContain(polling());
    origin.serve();
    await origin.advance(intervalMs);
    expect(leader.values).toEqual([1]);
    leader.happen('pageshow');
    await origin.advance(1000);
    // It asks.
    expect(leader.values).toEqual([1, 2]);
    for (const tab of otherThan(leader)) tab.close();
    await origin.advance(1000);
    expect(polling()).toBe(leader);
  });

  it('lets a tab without any config wait for two seconds only', async () => {
    await openAll([], 1);
    tabs[0]!.stop();
    origin.storage.clear();
    const tab = origin.open();
    await origin.advance(3000);
    expect(tab.values).toEqual([1]);
  });
});

describe('a forged or foreign announcement', () => {
  const epoch = () => Number(origin.storage.get(`configcat-rx:${entryKey}:epoch`));
  const huge = Number.MAX_SAFE_INTEGER;
  const forgeries: readonly [string, () => unknown][] = [
    ['garbage', () => 'garbage'],
    ['nothing', () => null],
    ['garbage behind a time', () => ({ key: entryKey, text: `${origin.nowMs()}\n"x"\ngarbage` })],
    ['garbage behind a huge time', () => ({ key: entryKey, text: '9999999999999999\n"x"\n{' })],
    ['no object behind a huge time', () => ({ key: entryKey, text: '9999999999999999\n"x"\n[]' })],
    ['garbage under a huge number', () => ({ key: entryKey, text: 'x', order: [huge, huge] })],
    ['no text', () => ({ key: entryKey, text: 5 })],
    ['two lines', () => ({ key: entryKey, text: `${origin.nowMs()}\n{}` })],
    ['an old config of a huge time', () => ({ key: entryKey, text: payload(0.5, 9e15) })],
    ['an old config of an endless time', () => ({ key: entryKey, text: payload(0.5, '9'.repeat(400)) })],
    ['an old config of now', () => ({ key: entryKey, text: payload(0.5, origin.nowMs()) })],
    ['a huge number', () => ({ key: entryKey, text: payload(0.5, origin.nowMs()), order: [huge, huge] })],
    ['no number', () => ({ key: entryKey, text: payload(0.5, origin.nowMs()), order: [Infinity, NaN] })],
    ['a number of text', () => ({ key: entryKey, text: payload(0.5, origin.nowMs()), order: ['2', '9'] })],
    ['the present epoch and a huge counter', () => ({ key: entryKey, text: payload(0.5, 1), order: [epoch(), huge] })],
    ['the next epoch', () => ({ key: entryKey, text: payload(0.5, origin.nowMs()), order: [epoch() + 1, 1] })],
    ['a former epoch', () => ({ key: entryKey, text: payload(0.5, origin.nowMs()), order: [epoch() - 1, huge] })],
    ['JSON that is no config', () => ({ key: entryKey, text: `9e15\n"x"\n{"f":5}` })],
    ['another key', () => ({ key: 'other', text: payload(0.5, origin.nowMs()) })],
  ];

  it.each(forgeries)('of %s makes nobody deaf, and costs one request at most', async (name, forge) => {
    await openAll();
    const before = requests();
    origin.say(forge());
    await origin.advance(1000);
    expect(requests() - before).toBeLessThanOrEqual(1);
    origin.serve();
    // What passes for a config of now counts as fresh for as long as one.
    await origin.advance(name.endsWith('of now') ? 2 * intervalMs : intervalMs);
    expect(tabs.map(latest)).toEqual([2, 2, 2, 2, 2]);
    expect(requests() - before).toBeLessThanOrEqual(2);
  });

  it.each(forgeries)('of %s, said again and again, is no sign of life', async (_, forge) => {
    await openAll();
    const leader = polling();
    leader.fault = 500;
    origin.serve();
    // What passes for a config of now is one.
    for (let i = 0; i < 300; i++) {
      const message = forge() as { key?: string; text?: unknown; order?: unknown } | null;
      if (typeof message === 'object' && message?.text !== payload(0.5, origin.nowMs())) origin.say(message);
      await origin.advance(1000);
    }
    expect(otherThan(leader).map(latest)).toEqual([2, 2, 2, 2]);
  });

  it.each([String(huge), '-1', 'x', '1e308', '', String(huge - 1)])('of the epoch %j in storage', async (epoch) => {
    await openAll();
    origin.storage.set(`configcat-rx:${entryKey}:epoch`, epoch);
    origin.serve();
    await origin.advance(intervalMs);
    expect(tabs.map(latest)).toEqual([2, 2, 2, 2, 2]);
    polling().stop();
    origin.serve();
    await origin.advance(boundMs + intervalMs);
    expect(tabs.filter((tab) => latest(tab) === 3)).toHaveLength(4);
    tabs.push(origin.open());
    origin.serve();
    await origin.advance(boundMs);
    expect(tabs.filter((tab) => latest(tab) === 4)).toHaveLength(5);
  });
});

describe('an entry in storage', () => {
  const store = (text: string) => origin.storage.set(entryKey, Buffer.from(text).toString('base64'));

  it.each([
    ['an hour ahead', 3_600_000],
    ['two minutes ahead', 120_000],
    ['a century ahead', 3.2e12],
  ])('dated %s stops no later config', async (_, aheadMs) => {
    origin = createOrigin();
    store(payload(0.5, origin.nowMs() + aheadMs));
    tabs = Array.from({ length: 3 }, () => origin.open());
    await origin.advance(5000);
    expect(tabs.map(latest)).toEqual([1, 1, 1]);
    store(payload(1.5, origin.nowMs() + aheadMs));
    origin.serve();
    await origin.advance(intervalMs);
    expect(tabs.map(latest)).toEqual([2, 2, 2]);
  });

  it('that is older is not answered with', async () => {
    await openAll();
    origin.serve();
    await origin.advance(intervalMs);
    store(payload(0.5, origin.nowMs() - 2 * intervalMs));
    for (const tab of tabs) tab.client.setOffline();
    await Promise.all(tabs.map((tab) => tab.client.forceRefresh()));
    expect(tabs.map(({ values }) => values)).toEqual(tabs.map(() => [1, 2]));
  });
});

describe.each<Lack[]>([
  ['locks'],
  ['channels'],
  ['storage'],
  ['locks', 'storage'],
  ['locks', 'channels'],
  ['allowed channels'],
  ['allowed locks'],
  ['storage', 'allowed channels', 'allowed locks'],
])('without %s %s', (...lacks) => {
  it.each([0, -3_600_000, -60_000, 3_600_000])('the newest is everywhere, the clock set by %i', async (byMs) => {
    await openAll(lacks);
    origin.setClock(byMs);
    origin.serve();
    await origin.advance(boundMs);
    expect(tabs.map(latest)).toEqual([2, 2, 2, 2, 2]);
    origin.serve();
    await origin.advance(boundMs);
    expect(tabs.map(({ values }) => values)).toEqual(tabs.map(() => [1, 2, 3]));
  });
});

it('only tabs of one name talk to each other', async () => {
  origin = createOrigin('storage');
  tabs = ['staging', 'staging', 'production', undefined].map((name) => origin.open(name ? { name } : {}));
  await origin.advance(5000);
  expect(tabs.map((tab) => tab.requests)).toEqual([1, 0, 1, 1]);
});

it.each([
  [{ maxSilenceMs: 99 }, 'options.maxSilenceMs'],
  [{ maxSilenceMs: Infinity }, 'options.maxSilenceMs'],
  [{ name: '' }, 'options.name'],
])('refuses %j', (options, culprit) => {
  origin = createOrigin();
  expect(() => origin.open(options)).toThrow(culprit);
});
