import { Subject } from 'rxjs';
import { createClientWithAutoPoll } from '../../src';
import type { Engine, LeaseRequest } from '../../src/fleet/engine';
import { openLease } from '../../src/fleet/lease';
import { joinFleet } from '../../src/fleet/share';
import { sdkKey } from '../support/client';
import { createMemoryEngine } from '../../src/testing/memory-engine';
import { promising } from '../support/promising';
import { createVirtualClock, settlePromises } from '../support/virtual-time';

/** A reply of the engine to a round: the number of the lease, the milliseconds that another holds it, or a failure. */
type Reply = { fence: number } | { leftMs: number } | 'renewed' | 'unreachable';

function hold(...replies: readonly Reply[]) {
  const clock = createVirtualClock();
  const wake$ = new Subject<void>();
  const renewing$ = new Subject<void>();
  const seen: (number | string)[][] = [];
  const calls: string[] = [];
  const requests: LeaseRequest[] = [];
  let asked = 0;
  const reply = () => replies[Math.min(asked++, replies.length - 1)]!;
  const engine = {
    lease: (owner: string, ms: number, given: LeaseRequest) => {
      calls.push(`lease ${owner} ${ms}`);
      requests.push(given);
      const answer = reply();
      if (typeof answer === 'string') return Promise.reject(new Error('gone'));
      return Promise.resolve({ fence: undefined, leftMs: 900, ...answer });
    },
    renew: () => {
      calls.push('renew');
      renewing$.next();
      const answer = reply();
      return answer === 'unreachable' ? Promise.reject(new Error('gone')) : Promise.resolve(answer === 'renewed');
    },
    release: (_: string, announcement: string) => {
      calls.push(announcement);
      return Promise.resolve();
    },
  } as unknown as Engine;
  const { scheduler } = clock;
  const lease = openLease({
    engine,
    owner: 'me',
    leaseMs: 900,
    knownFence: () => 4,
    noteLastWrite: () => undefined,
    random: () => 1,
    scheduler,
  });
  const subscription = lease
    .rounds(wake$)
    .subscribe(({ role, fence }) => seen.push([scheduler.now(), role, ...(fence === undefined ? [] : [fence])]));
  return { clock, lease, wake$, renewing$, seen, calls, requests, subscription };
}

describe('the lease', () => {
  it('is renewed three times before it could end', async () => {
    const { clock, seen, calls } = hold({ fence: 5 }, 'renewed');
    await clock.advance(900);
    expect(seen).toEqual([0, 300, 600, 900].map((atMs) => [atMs, 'leader', 5]));
    expect(calls).toEqual(['lease me 900', 'renew', 'renew', 'renew']);
  });

  it('is given back once more when it is granted after that, as by an engine with several connections', async () => {
    const { clock, calls, seen, subscription } = hold({ fence: 5 }, 'renewed');
    subscription.unsubscribe();
    expect(calls).toEqual(['lease me 900', 'released']);
    await clock.advance(900);
    expect(calls).toEqual(['lease me 900', 'released', 'released']);
    expect(seen).toEqual([]);
  });

  it('is given back once where it was refused meanwhile', async () => {
    const { clock, calls, subscription } = hold({ leftMs: 500 });
    subscription.unsubscribe();
    await clock.advance(900);
    expect(calls).toEqual(['lease me 900', 'released']);
  });

  it('is asked for again when that of another ends, spread over a tenth of it', async () => {
    const { clock, seen, requests } = hold({ leftMs: 500 }, { fence: 7 }, 'renewed');
    await clock.advance(600);
    expect(seen).toEqual([
      [0, 'follower'],
      [540, 'leader', 7],
    ]);
    expect(requests).toEqual([{ aboveFence: 4 }, { aboveFence: 4 }]);
  });

  it.each([-1, -2])('is not asked for in a rush when the engine says it ends in %i ms', async (leftMs) => {
    const { clock, seen } = hold({ leftMs });
    await clock.advance(100);
    expect(seen.map(([atMs]) => atMs)).toEqual([0, 90]);
  });

  it('is lost to who cannot reach the engine, and asked for again all the time', async () => {
    const { clock, seen } = hold({ fence: 5 }, 'unreachable', 'renewed', { leftMs: 1 }, { leftMs: 1 });
    await clock.advance(900);
    expect(seen).toEqual([
      [0, 'leader', 5],
      [300, 'alone'],
      [600, 'leader', 5],
      [900, 'follower'],
    ]);
  });

  it('has a new number when it was not held in between', async () => {
    const { clock, seen } = hold({ fence: 5 }, { leftMs: 1 }, { fence: 9 }, 'renewed');
    await clock.advance(300);
    expect(seen).toEqual([
      [0, 'leader', 5],
      [300, 'leader', 9],
    ]);
  });

  it('has the number that was granted last, also where nobody waited for that reply', async () => {
    const { clock, lease, wake$, seen } = hold({ leftMs: 800 }, { fence: 6 }, { fence: 7 }, 'renewed');
    await clock.advance(1);
    void lease.takeOver(undefined);
    wake$.next();
    await clock.advance(300);
    expect(seen.at(-1)).toEqual([expect.any(Number), 'leader', 7]);
  });

  it('is asked for at once when there is a reason', async () => {
    const { clock, wake$, seen } = hold({ leftMs: 800 }, { fence: 5 });
    await clock.advance(100);
    wake$.next();
    await clock.advance(0);
    expect(seen).toEqual([
      [0, 'follower'],
      [100, 'leader', 5],
    ]);
  });

  it('is taken over, and renewed from then on', async () => {
    const { clock, lease, seen, requests } = hold({ leftMs: 800 }, { fence: 6 }, 'renewed');
    await clock.advance(100);
    expect(await lease.takeOver({ fence: 3, counter: 2 })).toBe(6);
    await clock.advance(300);
    expect(requests.at(-1)).toEqual({ aboveFence: 4, takeOverAfter: { fence: 3, counter: 2 } });
    expect(seen).toEqual([
      [0, 'follower'],
      [100, 'leader', 6],
      [400, 'leader', 6],
    ]);
  });

  it('stays where it is when it cannot be taken over', async () => {
    const { clock, lease, seen } = hold({ leftMs: 800 });
    await clock.advance(100);
    expect(await lease.takeOver(undefined)).toBeUndefined();
    expect(seen).toEqual([[0, 'follower']]);
  });

  it('given back, is left to others for a while, whatever wakes', async () => {
    const { clock, lease, wake$, seen, calls } = hold({ fence: 5 }, { fence: 6 });
    await clock.advance(100);
    lease.stepDown();
    wake$.next();
    await clock.advance(989);
    expect(calls).toEqual(['lease me 900', 'released']);
    await clock.advance(1);
    expect(seen).toEqual([
      [0, 'leader', 5],
      [100, 'follower'],
      [1090, 'leader', 6],
    ]);
  });

  it('is given back in the end, and nothing is asked any more', async () => {
    const { clock, calls, subscription } = hold({ fence: 5 }, 'renewed');
    await clock.advance(300);
    subscription.unsubscribe();
    await clock.advance(10_000);
    expect(calls).toEqual(['lease me 900', 'renew', 'released']);
  });

  it('is not asked for by who leaves while it is renewed in vain', async () => {
    const { clock, calls, subscription, renewing$ } = hold({ fence: 5 }, { leftMs: 1 });
    renewing$.subscribe(() => subscription.unsubscribe());
    await clock.advance(10_000);
    expect(calls).toEqual(['lease me 900', 'renew', 'released']);
  });
});

describe('a process of a fleet in which nobody says anything', () => {
  const config = '{"f":{}}';
  const open = () => {
    const clock = createVirtualClock();
    const server = createMemoryEngine(() => clock.scheduler.now());
    const engine = promising(server);
    const { scheduler } = clock;
    const options = { leaseMs: 10_000, maxSilenceMs: 60_000, scheduler, random: () => 0 };
    const member = joinFleet(() => engine, options);
    const seen: [atMs: number, role: string][] = [];
    member.role$.subscribe((role) => seen.push([scheduler.now(), role]));
    return { clock, server, member, seen };
  };
  /** Opens an entry whose lease another process holds for good. */
  const following = (stored?: string) => {
    const opened = open();
    const { fence } = opened.server.lease('another', 1e9, { aboveFence: 0 });
    const write = (counter: number, text: string, message = '') =>
      opened.server.write(text, { fence: fence!, counter }, message);
    if (stored !== undefined) write(1, stored);
    return { ...opened, fence: fence!, write };
  };

  it('is options of a client, and nothing else that can be spread into them', () => {
    const { member } = open();
    expect(Object.keys(member).sort()).toEqual(['cache', 'pollWhile$']);
    const client = createClientWithAutoPoll(sdkKey, { ...member, offline: true, logLevel: 'off' });
    client.dispose();
  });

  it('waits two seconds for its first config, then polls by itself', async () => {
    const { clock, member, seen } = following();
    await member.cache.get('key');
    await clock.advance(10_000);
    expect(seen).toEqual([
      [0, 'follower'],
      [2000, 'alone'],
    ]);
  });

  it('waits for as long as it was told to once it has one', async () => {
    const { clock, member, seen } = following(`1\n"e"\n${config}`);
    await member.cache.get('key');
    await clock.advance(100_000);
    expect(seen).toEqual([
      [0, 'follower'],
      [60_000, 'alone'],
    ]);
  });

  it('waits anew after each adoption, and after nothing else', async () => {
    const { clock, server, member, fence, write, seen } = following(`1\n"e"\n${config}`);
    const { cache } = member;
    cache.changes$.subscribe(() => void cache.get('key'));
    await cache.get('key');
    await clock.advance(30_000);
    write(2, `2\n"f"\n${config}`, 'nothing that could be read');
    await cache.get('key');
    await clock.advance(50_000);
    expect(seen).toEqual([[0, 'follower']]);
    for (const message of ['garbage', `${fence + 9}:1 99999999999999 ${'A'.repeat(27)}=\n{`, `${fence}:1 1 x`, '1:1']) {
      server.announce(message);
      await clock.advance(0);
    }
    server.storeForeign(`99999999999999\n"g"\n${config}`);
    await cache.get('key');
    await clock.advance(10_000);
    expect(seen.at(-1)).toEqual([90_000, 'alone']);
  });

  it('gives the lease back when it has stored nothing for as long', async () => {
    const { clock, server, member, seen } = open();
    await member.cache.get('key');
    await clock.advance(0);
    await member.cache.set('key', `1\n"e"\n${config}`);
    await clock.advance(50_000);
    await member.cache.set('key', `2\n"e"\n${config}`);
    await clock.advance(59_999);
    expect(seen).toEqual([[0, 'leader']]);
    await clock.advance(1);
    expect(seen.at(-1)).toEqual([110_000, 'alone']);
    expect(server.lease('another', 10_000, { aboveFence: 0 }).fence).toBeGreaterThan(0);
  });

  it('takes over when it polls by itself and can fetch what the leader cannot', async () => {
    const { clock, server, member, fence, seen } = following(`1\n"e"\n${config}`);
    await member.cache.get('key');
    await clock.advance(60_000);
    await member.cache.set('key', `${clock.scheduler.now()}\n"e"\n${config}`);
    expect(seen.at(-1)).toEqual([60_000, 'leader']);
    expect(server.read().order?.fence).toBeGreaterThan(fence);
    expect(server.renew('another', 1000)).toBe(false);
  });

  it('knows nothing before its first use', async () => {
    const { seen } = following();
    await settlePromises();
    expect(seen).toEqual([]);
  });
});
