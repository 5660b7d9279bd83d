import fc from 'fast-check';
import type { Epochs } from '../../src/browser/epochs';
import { nextEpoch } from '../../src/browser/epochs';
import type { Message } from '../../src/browser/tab-entry';
import { createTabEntry } from '../../src/browser/tab-entry';
import type { Tab } from '../support/tabs';
import { createOrigin, intervalMs } from '../support/tabs';

const payload = (version: number, timeMs: number) => `${timeMs}\n"${version}"\n{"v":${version}}`;

/** Numbers that are asked for and stored a moment later, as in IndexedDB. */
function slowEpochs(): Epochs & { stored: number } {
  const epochs = {
    stored: 0,
    read: () => Promise.resolve(epochs.stored),
    write: (epoch: number) => Promise.resolve((epochs.stored = epoch)),
  };
  return epochs;
}

function openEntry(epochs: Epochs, nowMs = () => 1_000_000) {
  const posted: Message[] = [];
  let stored: string | undefined;
  const entry = createTabEntry({
    key: 'a',
    epochs,
    cache: { get: () => stored, set: (_, text) => void (stored = text) },
    post: (message) => posted.push(message),
    nowMs,
    intervalMs,
  });
  return { entry, posted, stored: () => stored };
}

describe('the entry of a tab, with numbers in slow storage', () => {
  it('numbers what it announces, and stores it', async () => {
    const { entry, posted, stored } = openEntry(slowEpochs());
    entry.setPolling(true);
    await entry.takeNumber();
    await entry.set(payload(1, 1_000_000));
    await entry.set(payload(2, 999_999));
    expect(posted.map(({ order }) => order)).toEqual([[1_000_000, 1]]);
    expect(stored()).toBe(payload(1, 1_000_000));
  });

  it('says nothing under a number that another tab has taken over from', async () => {
    const epochs = slowEpochs();
    const { entry, posted } = openEntry(epochs);
    let deposed = 0;
    entry.deposed$.subscribe(() => deposed++);
    entry.setPolling(true);
    await entry.takeNumber();
    await nextEpoch(epochs, 0);
    await entry.set(payload(1, 10));
    expect({ deposed, posted }).toEqual({ deposed: 1, posted: [{ key: 'a', text: payload(1, 10), order: undefined }] });
  });

  it('takes no number when it has stopped to poll before there was one', async () => {
    const { entry, posted } = openEntry(slowEpochs());
    entry.setPolling(true);
    const isNumbered = entry.takeNumber();
    entry.setPolling(false);
    await isNumbered;
    await entry.set(payload(1, 10));
    expect(posted.map(({ order }) => order)).toEqual([undefined]);
  });

  describe('gives no number of its own to what may be older than what others know:', () => {
    const takeOver = async (nowMs = () => 1_000_000) => {
      const epochs = slowEpochs();
      epochs.stored = 7;
      const opened = openEntry(epochs, nowMs);
      await opened.entry.onMessage({ key: 'a', text: payload(1, 999_000), order: [7, 3] });
      opened.entry.setPolling(true);
      await opened.entry.takeNumber();
      const orders = () => opened.posted.map(({ order }) => order);
      return { ...opened, epochs, orders };
    };

    it('what it has adopted from the holder before', async () => {
      const { entry, orders } = await takeOver();
      await entry.onMessage({ key: 'a' });
      expect(orders()).toEqual([[7, 3]]);
    });

    it('what it has requested before it was the holder', async () => {
      const { entry, posted, orders } = await takeOver();
      await entry.set(payload(2, 999_999));
      await entry.onMessage({ key: 'a' });
      await entry.set(payload(3, 1_000_000));
      await entry.onMessage({ key: 'a' });
      expect(orders()).toEqual([undefined, undefined, [8, 1], [8, 1]]);
      expect(posted[1]).toEqual({ key: 'a', text: payload(2, 999_999) });
    });

    it('what it has fetched, when another page has the same number', async () => {
      let nowMs = 1_000_000;
      const { entry, epochs, orders } = await takeOver(() => nowMs);
      await entry.set(payload(2, nowMs++));
      expect(await entry.onMessage({ key: 'a', text: payload(1, 999_999), order: [8, 1] })).toBe(false);
      expect({ orders: orders(), stored: epochs.stored }).toEqual({ orders: [[8, 1], undefined], stored: 9 });
      await entry.set(payload(2, nowMs));
      expect(orders().at(-1)).toEqual([9, 1]);
    });

    it('what another page with the same number has fetched later, which it adopts', async () => {
      const { entry, orders } = await takeOver();
      expect(await entry.onMessage({ key: 'a', text: payload(2, 999_999), order: [8, 1] })).toBe(true);
      expect(await entry.get()).toBe(payload(2, 999_999));
      expect(orders()).toEqual([undefined]);
    });

    it('what a tab without the lock has requested before', async () => {
      const { entry, orders } = await takeOver();
      expect(await entry.onMessage({ key: 'a', text: payload(2, 999_999) })).toBe(true);
      await Promise.resolve();
      await Promise.resolve();
      expect(orders()).toEqual([undefined]);
      expect(await entry.onMessage({ key: 'a', text: payload(3, 1_000_000) })).toBe(true);
      await Promise.resolve();
      await Promise.resolve();
      expect(orders()).toEqual([undefined, [8, 1]]);
    });

    it('but does when only the clock was set back meanwhile', async () => {
      let nowMs = 1_000_000;
      const { entry, orders } = await takeOver(() => nowMs);
      nowMs = 500_000;
      await entry.set(payload(2, 500_000));
      nowMs = 560_000;
      await entry.set(payload(3, 560_000));
      expect(orders()).toEqual([
        [8, 1],
        [8, 2],
      ]);
    });
  });

  it('adopts what the present holder says, in the order of its numbers', async () => {
    const epochs = slowEpochs();
    const { entry, posted } = openEntry(epochs);
    epochs.stored = 7;
    const hear = (version: number, ...order: readonly [number, number]) =>
      entry.onMessage({ key: 'a', text: payload(version, 100 - version), order });
    expect(await hear(1, 7, 1)).toBe(true);
    expect(await hear(0, 6, 9)).toBe(false);
    expect(await hear(3, 7, 3)).toBe(true);
    expect(await hear(2, 7, 2)).toBe(false);
    expect(await hear(9, 8, 1)).toBe(false);
    expect(posted).toEqual([{ key: 'a' }]);
    expect(await entry.get()).toBe(payload(3, 97));
  });
});

const act = fc.record({
  what: fc.constantFrom(
    ...(['serve', 'stop', 'resume', 'offline', 'online', 'refuse', 'answer', 'refresh', 'hide', 'show'] as const),
    ...(['close', 'open', 'clear', 'clock', 'forge', 'wait', 'wait'] as const),
  ),
  which: fc.nat(4),
  ms: fc.oneof(fc.nat(2000), fc.nat(300_000)),
});

it('nobody goes back, and nobody is stuck, whatever happens to tabs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 30 }), fc.boolean(), async (acts, hasClockJumps) => {
      const origin = createOrigin();
      try {
        // Tabs act at nearly the same moment, as on a machine that is busy.
        const open = () => origin.open({ random: () => ((7 * tabs.length) % 10) / 1000 });
        const tabs: Tab[] = [];
        for (let i = 0; i < 4; i++) tabs.push(open());
        const closed: number[][] = [];
        await origin.advance(1000);
        for (const { what, which, ms } of acts) {
          const tab = tabs[which % tabs.length]!;
          if (what === 'serve') origin.serve();
          if (what === 'stop') tab.stop();
          if (what === 'resume') tab.resume();
          if (what === 'offline') tab.client.setOffline();
          if (what === 'online') tab.client.setOnline();
          if (what === 'refuse') tab.fault = 'refused';
          if (what === 'answer') tab.fault = 'none';
          if (what === 'refresh') void tab.client.forceRefresh();
          if (what === 'hide') tab.happen('pagehide');
          if (what === 'show') tab.happen('pageshow');
          if (what === 'clear') origin.storage.clear();
          if (what === 'clock' && hasClockJumps) origin.setClock(ms - 150_000);
          if (what === 'open' && tabs.length < 6) tabs.push(open());
          if (what === 'close' && tabs.length > 1) {
            tab.close();
            closed.push([...tabs.splice(tabs.indexOf(tab), 1)[0]!.values]);
          }
          if (what === 'forge') origin.say({ key: 'x', text: '9'.repeat(20), order: [ms, ms] });
          origin.latencyMs = ms % 700;
          origin.processDelayMs = ms % 300;
          await origin.advance(what === 'wait' ? ms : ms % 100);
        }
        for (const tab of tabs) {
          tab.resume();
          tab.fault = 'none';
          tab.client.setOnline();
          tab.happen('pageshow');
        }
        const newest = origin.serve();
        await origin.advance(5 * intervalMs);
        expect(tabs.map(({ values }) => values.at(-1))).toEqual(tabs.map(() => newest));
        if (hasClockJumps) return;
        for (const values of [...closed, ...tabs.map((tab) => tab.values)]) {
          expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
        }
      } finally {
        origin.end();
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 150), seed: Number(process.env.SEED ?? 20_261_129) },
  );
});

it('nobody goes back when several tabs take over at nearly the same moment', async () => {
  const times = fc.record({
    spreadMs: fc.array(fc.nat(500), { minLength: 4, maxLength: 4 }),
    latencyMs: fc.nat(300),
    processDelayMs: fc.nat(400),
    isStopped: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(times, async ({ spreadMs, latencyMs, processDelayMs, isStopped }) => {
      const origin = createOrigin();
      try {
        Object.assign(origin, { latencyMs, processDelayMs });
        const tabs = spreadMs.map((ms) => origin.open({ random: () => ms / (intervalMs / 2) }));
        await origin.advance(intervalMs);
        const polling = tabs.find(({ requests }) => requests > 0)!;
        if (isStopped) polling.stop();
        else polling.client.setOffline();
        origin.serve();
        await origin.advance(4 * intervalMs);
        for (const tab of tabs) if (tab !== polling || !isStopped) expect(tab.values).toEqual([1, 2]);
      } finally {
        origin.end();
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 150), seed: Number(process.env.SEED ?? 20_261_129) },
  );
});
