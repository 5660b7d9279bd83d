import type { Subscription } from 'rxjs';
import { filter, firstValueFrom } from 'rxjs';
import type { Engine, Order } from '../../src/fleet/engine';

/** An engine in a server of its own, and two acts that no engine has: what others do there. */
export interface EngineUnderTest {
  readonly engine: Engine;
  readonly storeForeign: (text: string) => Promise<unknown>;
  readonly forget: () => Promise<unknown>;
}

/** What every engine promises to the processes that share it. */
export function specifyEngine(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`the engine in ${name}`, () => {
    let engine: Engine;
    let server: EngineUnderTest;
    let received: string[];
    let listening: Subscription;
    const order = (fence: number, counter: number): Order => ({ fence, counter });
    const free = { aboveFence: 0 };
    /** Expects these announcements and no others: one more is sent, and has to arrive next. */
    const expectAnnounced = async (...messages: readonly string[]) => {
      await engine.announce('last');
      while (received.at(-1) !== 'last') await new Promise((resolve) => setImmediate(resolve));
      expect(received.splice(0)).toEqual([...messages, 'last']);
    };
    const grant = async (owner = 'a', terms: Parameters<Engine['lease']>[2] = free) =>
      (await engine.lease(owner, 60_000, terms)).fence!;

    beforeEach(async () => {
      server = await open();
      engine = server.engine;
      received = [];
      listening = engine.listen().subscribe((message) => received.push(message));
      await firstValueFrom(engine.alive$.pipe(filter((state) => state === true)));
    });

    afterEach(() => listening.unsubscribe());

    it('has nothing at first', async () => {
      expect(await engine.read()).toEqual({ text: undefined, order: undefined, isForeign: true });
    });

    it('keeps a payload with its order, and announces it in the same step', async () => {
      const fence = await grant();
      expect(await engine.write('1\n"ä"\n{}', order(fence, 1), 'first')).toBe(true);
      expect(await engine.read()).toEqual({ text: '1\n"ä"\n{}', order: order(fence, 1), isForeign: false });
      await expectAnnounced('first');
    });

    it('refuses an order that is not later, in silence', async () => {
      const fence = await grant();
      await engine.write('1', order(fence, 10), 'first');
      for (const late of [order(fence, 10), order(fence, 9), order(fence - 1, 11)]) {
        expect(await engine.write('2', late, 'refused')).toBe(false);
      }
      expect(await engine.read()).toMatchObject({ text: '1', order: order(fence, 10) });
      expect(await engine.write('3', order(fence, 11), 'second')).toBe(true);
      await expectAnnounced('first', 'second');
    });

    it('refuses who was stopped, as soon as another has the lease', async () => {
      const stopped = await grant('a');
      await engine.write('1', order(stopped, 1), 'first');
      await engine.release('a', 'free');
      const fence = await grant('b');
      expect(await engine.write('2', order(stopped, 2), 'refused')).toBe(false);
      expect(await engine.write('3', order(fence, 1), 'second')).toBe(true);
      await expectAnnounced('first', 'free', 'second');
    });

    it('grants the lease to one at a time, and says for how long', async () => {
      expect(await engine.lease('a', 60_000, free)).toEqual({ fence: expect.any(Number) as unknown, leftMs: 60_000 });
      const { fence, leftMs } = await engine.lease('b', 60_000, free);
      expect(fence).toBeUndefined();
      expect(leftMs).toBeGreaterThan(50_000);
      expect(leftMs).toBeLessThanOrEqual(60_000);
    });

    it('renews and takes back the lease of its holder only', async () => {
      await grant('a');
      expect(await engine.renew('a', 60_000)).toBe(true);
      expect(await engine.renew('b', 60_000)).toBe(false);
      await engine.release('b', 'not free');
      expect(await engine.renew('a', 60_000)).toBe(true);
      await engine.release('a', 'free');
      expect(await engine.renew('a', 60_000)).toBe(false);
      await expectAnnounced('free');
    });

    it('ends a lease that nobody renews', async () => {
      await engine.lease('a', 5, free);
      while (await engine.renew('a', 5)) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await grant('b')).toBeGreaterThan(0);
    });

    it('grants each lease with a higher number, also to the same process', async () => {
      const numbers = [await grant(), await grant(), await grant('a', { aboveFence: Date.now() + 1e9 }), await grant()];
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(numbers).size).toBe(4);
    });

    it('goes on with higher numbers when it was restarted and has forgotten them', async () => {
      const before = await grant();
      await server.forget();
      await new Promise((resolve) => setTimeout(resolve, 3));
      const fence = await grant('b', { aboveFence: before });
      expect(fence).toBeGreaterThan(before);
      await server.forget();
      await new Promise((resolve) => setTimeout(resolve, 3));
      expect(await grant('c')).toBeGreaterThan(fence);
    });

    it('refuses the holder of a lease that it has forgotten, whose write may have been on its way for long', async () => {
      const fence = await grant();
      await server.forget();
      expect(await engine.write('1', order(fence, 5), 'refused')).toBe(false);
      expect((await engine.read()).text).toBeUndefined();
      await expectAnnounced();
    });

    it('grants the lease of another to whoever knows the last write', async () => {
      const first = await grant('a', { aboveFence: 0, takeOverAfter: 'nothing' });
      await engine.write('1', order(first, 1), 'first');
      expect(await grant('b', { aboveFence: 0, takeOverAfter: 'nothing' })).toBeUndefined();
      expect(await grant('b', { aboveFence: 0, takeOverAfter: order(first, 2) })).toBeUndefined();
      expect(await engine.renew('a', 60_000)).toBe(true);
      expect(await grant('b', { aboveFence: 0, takeOverAfter: order(first, 1) })).toBeGreaterThan(first);
      expect(await engine.renew('a', 60_000)).toBe(false);
      expect(await engine.write('2', order(first, 2), 'refused')).toBe(false);
    });

    it('notices what others store there', async () => {
      await server.storeForeign('0');
      expect(await engine.read()).toEqual({ text: '0', order: undefined, isForeign: true });
      const fence = await grant();
      await engine.write('1', order(fence, 1), 'first');
      await server.storeForeign('2');
      expect(await engine.read()).toEqual({ text: '2', order: order(fence, 1), isForeign: true });
      await engine.write('2', order(fence, 2), 'second');
      expect(await engine.read()).toEqual({ text: '2', order: order(fence, 2), isForeign: false });
    });
  });
}
