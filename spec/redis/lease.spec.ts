import { Subject } from 'rxjs';
import type { IoRedisClient } from '../../src/redis/index';
import { redisShared } from '../../src/redis/index';
import { leaseRoles } from '../../src/redis/lease';
import { createVirtualClock, settlePromises } from '../support/virtual-time';

/** What Redis replies to a round: 0 for the lease, the milliseconds another holds it, or that it cannot be reached. */
type Reply = number | 'unreachable';

function hold(...replies: readonly Reply[]) {
  const clock = createVirtualClock();
  const wake$ = new Subject<void>();
  const seen: [atMs: number, role: string][] = [];
  const commands: string[][] = [];
  const send = (...command: string[]) => {
    const reply = replies[Math.min(commands.length, replies.length - 1)];
    commands.push(command);
    return reply === 'unreachable' ? Promise.reject(new Error('gone')) : Promise.resolve(reply);
  };
  const names = { leaseKey: 'lease', channel: 'channel', holder: 'me' };
  const { scheduler } = clock;
  const subscription = leaseRoles({ ...names, send, leaseMs: 900, random: () => 1, scheduler }, wake$).subscribe(
    ({ role }) => seen.push([scheduler.now(), role]),
  );
  return { clock, wake$, seen, commands, subscription };
}

describe('the lease', () => {
  it('is renewed three times before it could end', async () => {
    const { clock, seen } = hold(0);
    await clock.advance(900);
    expect(seen).toEqual([0, 300, 600, 900].map((atMs) => [atMs, 'leader']));
  });

  it('is asked for again when that of another ends, spread over a tenth of it', async () => {
    const { clock, seen } = hold(500, 0);
    await clock.advance(600);
    expect(seen).toEqual([
      [0, 'follower'],
      [590, 'leader'],
    ]);
  });

  it.each([-1, -2])('is not asked for in a rush when Redis says it ends in %i ms', async (leftMs) => {
    const { clock, seen } = hold(leftMs);
    await clock.advance(100);
    expect(seen.map(([atMs]) => atMs)).toEqual([0, 90]);
  });

  it('is lost to who cannot reach Redis, and asked for again all the time', async () => {
    const { clock, seen } = hold(0, 'unreachable', 'unreachable', 400);
    await clock.advance(900);
    expect(seen).toEqual([
      [0, 'leader'],
      [300, 'alone'],
      [600, 'alone'],
      [900, 'follower'],
    ]);
  });

  it('is asked for at once when there is a reason', async () => {
    const { clock, wake$, seen } = hold(800, 0);
    await clock.advance(100);
    wake$.next();
    await clock.advance(0);
    expect(seen).toEqual([
      [0, 'follower'],
      [100, 'leader'],
    ]);
  });

  it('is given back in the end, and nothing is asked any more', async () => {
    const { clock, commands, subscription } = hold(0);
    await clock.advance(0);
    subscription.unsubscribe();
    await clock.advance(10_000);
    expect(commands.map(([name, , , key, holder]) => [name, key, holder])).toEqual([
      ['EVAL', 'lease', 'me'],
      ['EVAL', 'lease', 'me'],
    ]);
    expect(commands[1]?.[1]).toContain('DEL');
  });
});

describe('a process that is not told anything', () => {
  /** A Redis in which another process holds the lease for good. */
  const foreign = (
    stored: string | null,
    replies: (command: string) => Promise<unknown> | undefined = () => undefined,
  ) => {
    const clock = createVirtualClock();
    const client: IoRedisClient = {
      call: (command) => replies(command) ?? Promise.resolve(command === 'EVAL' ? 3000 : stored),
      duplicate: () => ({
        on: () => undefined,
        connect: () => Promise.resolve(),
        subscribe: () => Promise.resolve(),
        disconnect: () => undefined,
      }),
    };
    const shared = redisShared(client, { scheduler: clock.scheduler, random: () => 0, maxSilenceMs: 60_000 });
    const seen: [atMs: number, isPolling: boolean][] = [];
    shared.pollWhile$.subscribe((isPolling) => seen.push([clock.scheduler.now(), isPolling]));
    return { clock, shared, seen };
  };

  it('waits two seconds for its first config, then polls by itself', async () => {
    const { clock, shared, seen } = foreign(null);
    await shared.cache.get('key');
    await clock.advance(10_000);
    expect(seen).toEqual([
      [0, false],
      [2000, true],
    ]);
  });

  it('waits for as long as it was told to once it has one', async () => {
    const { clock, shared, seen } = foreign('1\n"e"\n{}');
    await shared.cache.get('key');
    await clock.advance(100_000);
    expect(seen).toEqual([
      [0, false],
      [60_000, true],
    ]);
  });

  it('waits anew after each sign of life', async () => {
    const { clock, shared, seen } = foreign('1\n"e"\n{}');
    await shared.cache.get('key');
    await clock.advance(59_000);
    await shared.cache.set('key', '2\n"e"\n{}');
    await clock.advance(59_000);
    expect(seen).toEqual([[0, false]]);
    await clock.advance(1000);
    expect(seen.at(-1)).toEqual([119_000, true]);
  });

  it('polls by itself when Redis has not answered for a second, and sends it nothing more', async () => {
    const sent: string[] = [];
    const { clock, shared, seen } = foreign(null, (command) => {
      sent.push(command);
      return new Promise(() => undefined);
    });
    const failures: unknown[] = [];
    const read = () => Promise.resolve(shared.cache.get('key')).catch((error: unknown) => failures.push(String(error)));
    void read();
    await clock.advance(1000);
    expect(seen).toEqual([[1000, true]]);
    const sentBefore = sent.length;
    await read();
    await shared.cache.set('key', '2\n"e"\n{}');
    await clock.advance(60_000);
    expect(sent).toHaveLength(sentBefore);
    expect(new Set(failures).size).toBe(1);
  });

  it('knows nothing before its first use', async () => {
    const { seen } = foreign(null);
    await settlePromises();
    expect(seen).toEqual([]);
  });
});
