import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { RedisServer } from '../../checks/fleet/redis-server';
import { startRedisServer } from '../../checks/fleet/redis-server';
import type { RedisClient } from '../../src/redis/clients';
import { connectionOf } from '../../src/redis/connection';
import { namesOf, redisEngine } from '../../src/redis/engine';
import type { Engine } from '../../src/fleet';
import type { EngineUnderTest } from '../../src/testing';
import { engineContract } from '../../src/testing';
import type { EngineDefects } from '../../src/testing/memory-engine';
import { createMemoryEngine } from '../../src/testing/memory-engine';
import { promising } from '../support/promising';
import { specifyEngines } from '../support/engine-contract';
import { part } from '../support/part';

/** Opens the model of all engines, some of whose answers may be replaced by wrong ones. */
function openMemory(defects?: EngineDefects, wrong?: (engine: Engine) => Partial<Engine>): EngineUnderTest {
  const server = createMemoryEngine(() => performance.timeOrigin + performance.now(), defects);
  const engine = promising(server);
  return { ...server, engine: { ...engine, ...wrong?.(engine) } };
}

specifyEngines({ memory: () => openMemory() });

describe('the contract of engines', () => {
  const brokenBy = async (open: () => EngineUnderTest) => {
    const broken: string[] = [];
    // The last one waits for leases to end.
    for (const { name, run } of engineContract(open).slice(0, -1)) await run().catch(() => broken.push(name));
    return broken;
  };

  it.each<[string, string, () => EngineUnderTest]>([
    ['accepts every write', 'refuses an order that is not later', () => openMemory({ acceptsEveryWrite: true })],
    [
      'grants a lease that is held',
      'grants the lease to one at a time',
      () => openMemory({}, (engine) => ({ lease: (...[, ms, request]) => engine.lease('a', ms, request) })),
    ],
    [
      'grants the lease to whoever wants to take it over',
      'grants the lease of another to whoever knows the last write',
      () =>
        openMemory({}, (engine) => ({
          lease: async (owner, ms, { aboveFence, takeOverAfter }) =>
            engine.lease(owner, ms, {
              aboveFence,
              takeOverAfter: takeOverAfter && ((await engine.read()).order ?? 'nothing'),
            }),
        })),
    ],
    [
      'tells a wrong last write',
      'tells whom it refuses the lease of the last write',
      () =>
        openMemory({}, (engine) => ({
          lease: async (...args) => ({ ...(await engine.lease(...args)), lastWrite: { fence: 1, counter: 1 } }),
        })),
    ],
    [
      'announces apart from the write',
      'refuses an order that is not later',
      () =>
        openMemory({}, (engine) => ({
          write: async (text, order, announcement) => {
            await engine.announce(announcement);
            return engine.write(text, order, 'written');
          },
        })),
    ],
    [
      'takes foreign payloads for its own',
      'notices what others store there',
      () => openMemory({}, (engine) => ({ read: async () => ({ ...(await engine.read()), isForeign: false }) })),
    ],
  ])('is broken by one that %s', async (_, promise, open) => {
    expect((await brokenBy(open)).join('; ')).toContain(promise);
  });
});

part('redis-server')('engines in Redis', () => {
  /** A server for each engine. */
  let servers: readonly RedisServer[];

  beforeAll(async () => {
    servers = await Promise.all([startRedisServer(), startRedisServer(), startRedisServer()]);
  });

  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  const open = async (client: RedisClient, end: () => unknown, keyPrefix = '', name = keyPrefix) => {
    const connection = connectionOf(client);
    expect(connection.keyPrefix).toBe(keyPrefix);
    await connection.send('FLUSHALL');
    return {
      engine: redisEngine(connection.send, connection, { key: 'key', keyPrefix, name }),
      storeForeign: (text: string) => connection.send('SET', 'key', text),
      forget: () => connection.send('FLUSHALL'),
      close: end,
    };
  };
  const openIoredis = (server: RedisServer, keyPrefix?: string) => {
    const client = new Redis({ host: '127.0.0.1', port: server.port, ...(keyPrefix && { keyPrefix }) });
    return open(client, () => client.disconnect(), keyPrefix);
  };

  specifyEngines({
    'Redis, by ioredis': () => openIoredis(servers[0]!),
    'Redis, by ioredis with a key prefix': () => openIoredis(servers[1]!, 'staging:'),
    'Redis, by redis, under a name': async () => {
      const client = createClient({ socket: { host: '127.0.0.1', port: servers[2]!.port } });
      await client.connect();
      return open(client, () => client.destroy(), '', 'staging');
    },
  });
});

describe('the keys of a fleet in Redis', () => {
  /** What a cluster looks at to find the slot of a key. */
  const tagOf = (key: string) => /^[^{]*\{([^}]+)\}/.exec(key)?.[1] ?? key;

  it.each([
    ['', '', '{key}:order', 'configcat-rx:key'],
    ['', 'staging', '{key}:staging:order', 'configcat-rx:staging:key'],
    ['staging:', 'staging:', '{staging:key}:order', 'configcat-rx:staging::key'],
    ['staging:', 'blue', '{staging:key}:blue:order', 'configcat-rx:blue:key'],
    ['{staging}:', '{staging}:', '{{staging}:key}:order', 'configcat-rx:{staging}::key'],
  ])('with prefix %p and name %p are in the slot of the entry', (keyPrefix, name, order, channel) => {
    const names = namesOf({ key: 'key', keyPrefix, name });
    expect(names).toMatchObject({ order, channel });
    const tags = ['key', names.order, names.lease].map((key) => tagOf(keyPrefix + key));
    expect(new Set(tags).size).toBe(1);
  });
});
