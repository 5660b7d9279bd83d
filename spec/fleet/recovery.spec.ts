import { of } from 'rxjs';
import { autoPoll } from '../../src/acquisition/polling/auto';
import type { Engine } from '../../src/fleet/engine';
import { joinFleet } from '../../src/fleet/share';
import { createMemoryEngine } from '../../src/testing/memory-engine';
import { promising } from '../support/promising';
import { failedFetch, fetched, scriptedStore } from '../support/store';
import { createVirtualClock } from '../support/virtual-time';

const config = (value: string) => `{"f":{"greeting":{"t":1,"v":{"s":"${value}"}}}}`;
const intervalMs = 600_000;
const leaseMs = 10_000;
/** What fails while the engine is away. */
const calls = ['read', 'write', 'lease', 'renew'] as const;
/** How long what has failed waits before it is tried again. */
const retryMs = leaseMs / 3;

/** Processes that poll every ten minutes, so that nothing they do within seconds is a poll. */
function fleet() {
  const clock = createVirtualClock();
  const memory = createMemoryEngine(() => 1e12 + clock.scheduler.now());
  let served: string | undefined = 'first';
  const start = () => {
    const failing = new Set<keyof Engine>();
    const engine = promising(memory);
    const refusing = <A extends unknown[], T>(name: keyof Engine, work: (...args: A) => Promise<T>) =>
      jest.fn((...args: A) => (failing.has(name) ? Promise.reject(new Error('gone')) : work(...args)));
    const remote = {
      ...engine,
      read: refusing('read', (...args: Parameters<Engine['read']>) => engine.read(...args)),
      write: refusing('write', (...args: Parameters<Engine['write']>) => engine.write(...args)),
      lease: refusing('lease', (...args: Parameters<Engine['lease']>) => engine.lease(...args)),
      renew: refusing('renew', (...args: Parameters<Engine['renew']>) => engine.renew(...args)),
    };
    const { scheduler } = clock;
    const options = { leaseMs, maxSilenceMs: 10 * intervalMs, scheduler, random: () => 0.5 };
    const member = joinFleet(() => remote, options);
    const roles: string[] = [];
    member.role$.subscribe((role) => roles.push(role));
    const mode = autoPoll({
      pollIntervalSeconds: intervalMs / 1000,
      maxInitWaitTimeSeconds: 5,
      pollWhile$: member.pollWhile$,
    });
    const store = scriptedStore(
      scheduler,
      mode,
      (_, nowMs) => of(served === undefined ? failedFetch : fetched(config(served), Math.floor(nowMs))),
      member.cache,
    );
    store.start();
    return {
      store,
      roles,
      failing,
      owner: () => remote.lease.mock.calls[0]![0],
      reads: () => remote.read.mock.calls.length,
      shows: () => /"s":"(\w+)"/.exec(store.state().content ?? '')?.[1],
      refresh: () => store.refresh$.subscribe(),
    };
  };
  return {
    clock,
    memory,
    serve: (value: string | undefined) => {
      served = value;
    },
    start,
    /** Starts a leader and a follower. */
    pair: async () => {
      const leader = start();
      await clock.advance(10);
      const follower = start();
      await clock.advance(10_000);
      expect([leader.roles, follower.roles]).toEqual([['leader'], ['follower']]);
      expect([leader.shows(), follower.shows()]).toEqual(['first', 'first']);
      return { leader, follower };
    },
  };
}

describe('a process of a fleet, long before its next poll', () => {
  it('reads again what it was told of and could not read', async () => {
    const { clock, memory, pair } = fleet();
    const { follower } = await pair();
    const { order } = memory.read();
    const next = { fence: order!.fence, counter: order!.counter + 2 };
    follower.failing.add('read');
    // A gap before it: what was announced in between is lost.
    memory.write(`1\n"x"\n${config('second')}`, next, `${next.fence}:${next.counter} 1 ${'A'.repeat(27)}=`);
    await clock.advance(2 * leaseMs);
    expect(follower.shows()).toBe('first');
    follower.failing.delete('read');
    await clock.advance(retryMs);
    expect(follower.shows()).toBe('second');
    const reads = follower.reads();
    await clock.advance(intervalMs / 2);
    expect(follower.reads()).toBe(reads);
  });

  it('joins again what others have put back while it could not read', async () => {
    const { clock, memory, serve, pair } = fleet();
    const { leader, follower } = await pair();
    for (const process of [leader, follower]) for (const name of calls) process.failing.add(name);
    await clock.advance(leaseMs);
    serve('alone');
    leader.refresh();
    follower.refresh();
    await clock.advance(10);
    expect([leader.roles.at(-1), follower.roles.at(-1)]).toEqual(['alone', 'alone']);
    memory.forget();
    leader.failing.clear();
    for (const name of ['write', 'lease', 'renew'] as const) follower.failing.delete(name);
    // What is announced to the other process now is worth a read, which fails.
    await clock.advance(2 * leaseMs);
    follower.failing.clear();
    await clock.advance(2 * retryMs);
    expect([leader.roles.at(-1), follower.roles.at(-1)].sort()).toEqual(['follower', 'leader']);
  });

  it.each(['a put-back config', 'an empty engine'])(
    'asks again after an outage that has left %s beside its own',
    async (left) => {
      const { clock, memory, serve, pair } = fleet();
      const { leader, follower } = await pair();
      for (const name of calls) follower.failing.add(name);
      serve('alone');
      follower.refresh();
      if (left === 'an empty engine') memory.forget();
      await clock.advance(leaseMs);
      expect([leader.shows(), follower.shows()]).toEqual(['first', 'alone']);
      follower.failing.clear();
      await clock.advance(2 * retryMs + leaseMs / 10);
      expect([leader.shows(), follower.shows()]).toEqual(['alone', 'alone']);
      expect([leader.roles.at(-1), follower.roles.at(-1)].sort()).toEqual(['follower', 'leader']);
    },
  );

  it('tells the others of a foreign payload, though it was refused when it wrote that first', async () => {
    const { clock, memory, pair } = fleet();
    const { leader, follower } = await pair();
    // The polling process knows a lower number than that of the last lease, which has ended.
    memory.lease('nobody', 1, { aboveFence: 0, takeOverAfter: memory.read().order });
    memory.storeForeign(`1\n"x"\n${config('foreign')}`);
    await clock.advance(2);
    leader.store.read$.subscribe();
    await clock.advance(100);
    expect([leader.shows(), follower.shows()]).toEqual(['foreign', 'foreign']);
  });

  it('asks again when others wrote while it asked, and tells what it learns', async () => {
    const { clock, serve, pair } = fleet();
    const { leader, follower } = await pair();
    serve('second');
    follower.failing.add('lease');
    follower.refresh();
    await clock.advance(0);
    serve('third');
    leader.refresh();
    await clock.advance(0);
    expect(leader.shows()).toBe('third');
    follower.failing.clear();
    await clock.advance(retryMs + leaseMs / 10);
    expect([leader.shows(), follower.shows()]).toEqual(['third', 'third']);
    expect([leader.roles.at(-1), follower.roles.at(-1)].sort()).toEqual(['follower', 'leader']);
  });

  it('hands on what it fetched while the engine forgot everything', async () => {
    const { clock, memory, serve, pair } = fleet();
    const { leader, follower } = await pair();
    memory.forget();
    serve('second');
    leader.refresh();
    await clock.advance(leaseMs);
    expect([leader.shows(), follower.shows()]).toEqual(['second', 'second']);
    expect([leader.roles.at(-1), follower.roles.at(-1)].sort()).toEqual(['follower', 'leader']);
  });

  it('writes what it could not write', async () => {
    const { clock, serve, pair } = fleet();
    const { leader, follower } = await pair();
    serve('second');
    leader.failing.add('write');
    leader.refresh();
    await clock.advance(0);
    expect([leader.shows(), follower.shows()]).toEqual(['second', 'first']);
    leader.failing.clear();
    await clock.advance(retryMs + leaseMs / 10);
    expect([leader.shows(), follower.shows()]).toEqual(['second', 'second']);
  });

  it.each(['second', 'first'])(
    'writes again what was refused because of a later lease of its own, be it new or as before',
    async (value) => {
      const { clock, memory, serve, pair } = fleet();
      const { leader, follower } = await pair();
      // As when a pool of connections delivers an earlier request for the lease after a later one.
      memory.lease(leader.owner(), leaseMs, { aboveFence: 0 });
      serve(value);
      leader.refresh();
      await clock.advance(0);
      expect([leader, follower].map((process) => [process.shows(), process.store.state().entry.requestedAtMs])).toEqual(
        Array<unknown>(2).fill([value, clock.scheduler.now()]),
      );
      expect(leader.store.fetchedAt).toHaveLength(2);
      expect([leader.roles, follower.roles]).toEqual([['leader'], ['follower']]);
    },
  );

  it('writes nothing again that was refused because of the lease of another', async () => {
    const { clock, memory, serve, pair } = fleet();
    const { leader } = await pair();
    const { fence = 0 } = memory.lease('another', leaseMs, { aboveFence: 0, takeOverAfter: memory.read().order });
    serve('second');
    leader.refresh();
    await clock.advance(0);
    memory.write(`${clock.scheduler.now()}\n"3"\n${config('third')}`, { fence, counter: 1 }, '');
    serve(undefined);
    const stored: unknown[] = [];
    memory.listen().subscribe(() => stored.push(memory.read().text));
    await clock.advance(2 * leaseMs);
    expect(memory.read().text).toContain('third');
    expect(String(stored)).not.toContain('second');
  });

  it.each(['alone', 'as the other'])(
    'joins again when the engine comes back without its last write, with a config fetched %s',
    async (how) => {
      const { clock, memory, serve, pair } = fleet();
      const { leader, follower } = await pair();
      const both = [leader, follower];
      for (const { failing } of both) for (const name of calls) failing.add(name);
      await clock.advance(retryMs);
      serve('second');
      for (const process of both.slice(how === 'alone' ? 1 : 0)) process.refresh();
      await clock.advance(0);
      memory.loseWrite();
      for (const { failing } of both) failing.clear();
      await clock.advance(2 * leaseMs);
      expect(both.map(({ shows }) => shows())).toEqual(['second', 'second']);
      expect(both.map(({ roles }) => roles.at(-1)).sort()).toEqual(['follower', 'leader']);
    },
  );

  it('asks again no more than once for each config that others write', async () => {
    const { clock, serve, pair } = fleet();
    const { follower } = await pair();
    for (const name of calls) follower.failing.add(name);
    serve('alone');
    follower.refresh();
    await clock.advance(leaseMs);
    follower.failing.clear();
    serve(undefined);
    await clock.advance(10 * leaseMs);
    // The demand, and one attempt: a server that fails is left to the polls, which wait longer and longer.
    expect(follower.store.fetchedAt.length).toBeLessThanOrEqual(2);
    expect(follower.shows()).toBe('alone');
  });
});
