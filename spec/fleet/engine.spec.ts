import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { RedisServer } from '../../checks/fleet/redis-server';
import { startRedisServer } from '../../checks/fleet/redis-server';
import type { RedisClient } from '../../src/redis/connection';
import { connectionOf } from '../../src/redis/connection';
import { namesOf, redisEngine } from '../../src/redis/engine';
import { specifyEngine } from '../support/engine-contract';
import { createMemoryEngine, promising } from '../support/memory-engine';
import { part } from '../support/part';

specifyEngine('memory', () => {
  const engine = createMemoryEngine(() => performance.timeOrigin + performance.now());
  return Promise.resolve({
    engine: promising(engine),
    storeForeign: async (text) => {
      await Promise.resolve();
      engine.storeForeign(text);
    },
    forget: async () => {
      await Promise.resolve();
      engine.forget();
    },
  });
});

part('redis-server')('engines in Redis', () => {
  let redis: RedisServer;
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    redis = await startRedisServer();
  });

  afterEach(() => ends.splice(0).forEach((end) => end()));

  afterAll(() => redis.stop());

  const open = async (client: RedisClient, keyPrefix = '', name = keyPrefix) => {
    const connection = connectionOf(client);
    expect(connection.keyPrefix).toBe(keyPrefix);
    await connection.send('FLUSHALL');
    return {
      engine: redisEngine(connection.send, connection, { key: 'key', keyPrefix, name }),
      storeForeign: (text: string) => connection.send('SET', 'key', text),
      forget: () => connection.send('FLUSHALL'),
    };
  };
  const ioredis = (keyPrefix?: string) => {
    const client = new Redis({ host: '127.0.0.1', port: redis.port, ...(keyPrefix && { keyPrefix }) });
    ends.push(() => client.disconnect());
    return client;
  };

  specifyEngine('Redis, by ioredis', () => open(ioredis()));
  specifyEngine('Redis, by ioredis with a key prefix', () => open(ioredis('staging:'), 'staging:'));
  specifyEngine('Redis, by redis, under a name', async () => {
    const client = createClient({ socket: { host: '127.0.0.1', port: redis.port } });
    await client.connect();
    ends.push(() => client.destroy());
    return open(client, '', 'staging');
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
