import { Redis } from 'ioredis';
import { filter, firstValueFrom, merge, skip } from 'rxjs';
import type { RedisServer } from '../../checks/fleet/redis-server';
import { startRedisServer } from '../../checks/fleet/redis-server';
import type { FetchFunction } from '../../src';
import { createClientWithAutoPoll } from '../../src';
import { redisShared } from '../../src/redis';
import type { Relay } from '../../src/relay';
import { createRelay } from '../../src/relay';
import { configOf, sdkKey } from '../support/client';
import { part } from '../support/part';

/** Whether a state is older than another, by the protocol of the relay. */
function isOlder([, fence = 0, counter = 0]: readonly number[], [, thanFence = 0, thanCounter = 0]: readonly number[]) {
  return fence < thanFence || (fence === thanFence && counter < thanCounter);
}

part('redis-server')('two relays over one Redis', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedisServer();
  });

  afterAll(() => redis.stop());

  it('download a config once for both, and show nothing older to whoever moves from one to the other', async () => {
    let version = 0;
    const open = () => {
      const connection = new Redis({ host: '127.0.0.1', port: redis.port }).on('error', () => undefined);
      const downloads: number[] = [];
      // Each download is another config.
      const fetch: FetchFunction = () => {
        downloads.push(++version);
        const [etag, text] = [`"${version}"`, JSON.stringify(configOf({ version }))];
        const headers = { get: (name: string) => (name === 'etag' ? etag : null) };
        return Promise.resolve({ status: 200, statusText: '', headers, text: () => Promise.resolve(text) });
      };
      const shared = redisShared(connection, { leaseMs: 5000 });
      const client = createClientWithAutoPoll(sdkKey, {
        ...shared,
        pollIntervalSeconds: 1,
        fetch,
        logger: { log: () => undefined },
      });
      const relay = createRelay({ client, user: () => undefined, fleet: shared });
      const close = () => {
        void relay.shutdown();
        client.dispose();
        connection.disconnect();
      };
      return { client, relay, downloads, close, version$: client.flag$('version', 0) };
    };
    const ask = async ({ fetch: send }: Relay) => {
      const answer = await send(new Request('http://relay.invalid/values'));
      // It has no config yet.
      if (answer.status !== 200) return undefined;
      const order = answer.headers.get('configcat-relay-order')!.split(',').map(Number);
      const { flags } = (await answer.json()) as { readonly flags: readonly (readonly [string, number])[] };
      return { order, version: flags[0]![1] };
    };

    const members = [open(), open()] as const;
    let serving: readonly Relay[] = members.map(({ relay }) => relay);
    let last: readonly number[] = [];
    const shown: number[] = [];
    let isBusy = false;
    /** A reader that moves at each request, and takes no state that is older than the one that it has. */
    const move = async () => {
      if (isBusy) return;
      isBusy = true;
      for (const relay of [...serving, ...serving]) {
        const answer = await ask(relay);
        if (!answer || isOlder(answer.order, last)) continue;
        last = answer.order;
        shown.push(answer.version);
      }
      isBusy = false;
    };
    const reading = merge(...members.map(({ version$ }) => version$)).subscribe(() => void move());
    const reached = (atLeast: number) =>
      Promise.all(members.map(({ version$ }) => firstValueFrom(version$.pipe(filter((seen) => seen >= atLeast)))));
    await reached(5);
    // Whoever leads downloads for both.
    expect(members.map(({ downloads }) => downloads.length).filter((count) => count > 0)).toHaveLength(1);
    const [leader, follower] = members[0].downloads.length > 0 ? members : [members[1], members[0]];
    // What is being asked has its answer first.
    serving = [follower.relay];
    await firstValueFrom(follower.version$.pipe(skip(2)));
    leader.close();
    const later = version + 2;
    await firstValueFrom(follower.version$.pipe(filter((seen) => seen >= later)));
    reading.unsubscribe();
    expect(follower.downloads.length).toBeGreaterThan(0);
    expect(leader.downloads.length + follower.downloads.length).toBe(version);
    expect(shown.at(-1)).toBeGreaterThanOrEqual(5);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    follower.close();
  });
});
