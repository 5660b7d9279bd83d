import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis as Valkey, Cluster as ValkeyCluster } from 'iovalkey';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { BehaviorSubject, combineLatest, filter, firstValueFrom } from 'rxjs';
import type { RedisServer } from '../../checks/fleet/redis-server';
import { freePort } from '../../checks/fleet/programs';
import { startRedisServer } from '../../checks/fleet/redis-server';
import type { RedisTopology } from '../../checks/fleet/redis-topologies';
import { masterName, startCluster, startSentinels } from '../../checks/fleet/redis-topologies';
import { createClientWithAutoPoll } from '../../src';
import { redisEngine, namesOf } from '../../src/redis/engine';
import type { RedisClient } from '../../src/redis';
import { redisShared } from '../../src/redis';
import { connectionOf } from '../../src/redis/connection';
import type { EngineUnderTest } from '../../src/testing';
import { createCertificate } from '../support/certificate';
import { sdkKey } from '../support/client';
import { specifyEngines } from '../support/engine-contract';
import { part } from '../support/part';
import { sideBySide } from '../support/side-by-side';

const host = '127.0.0.1';
/** Where the entry of `sdkKey` stands. */
const entryKey = 'f1a2e755c7a97e5a6abadaf91574196fcc161921';

/** Opens a client of some package; connected or connecting. */
type Open = (
  ports: readonly number[],
  keyPrefix?: string,
) => Promise<{ readonly client: RedisClient; readonly end: () => unknown }>;

const ignore = () => undefined;
/** Whether all is over: what `redis` still tries to reach then is what has ended with a failover. */
let isOver = false;
afterAll(() => {
  isOver = true;
});
const socketOptions = { reconnectStrategy: (retries: number) => !isOver && Math.min(2 ** retries * 50, 2000) };
const prefixed = (keyPrefix?: string) => (keyPrefix === undefined ? {} : { keyPrefix });
const nodes = (ports: readonly number[]) => ports.map((port) => ({ host, port }));
const ioLike = async <
  C extends RedisClient & { on(event: 'error', listener: () => void): unknown; disconnect(): unknown },
>(
  client: C,
) => {
  client.on('error', ignore);
  return Promise.resolve({ client, end: () => client.disconnect() });
};

/** How each package is told of the form that Redis has. */
const single: Record<string, Open> = {
  ioredis: ([port], keyPrefix) => ioLike(new Redis({ host, port: port!, ...prefixed(keyPrefix) })),
  'ioredis, RESP3': ([port]) => ioLike(new Redis({ host, port: port!, protocol: 3 })),
  iovalkey: ([port], keyPrefix) => ioLike(new Valkey({ host, port: port!, ...prefixed(keyPrefix) })),
  'redis, RESP2': async ([port]) => {
    const client = createClient({ socket: { ...socketOptions, host, port: port! }, RESP: 2 }).on('error', ignore);
    await client.connect();
    return { client, end: () => client.destroy() };
  },
  'redis, RESP3': async ([port], keyPrefix) => {
    const client = createClient({
      socket: { ...socketOptions, host, port: port! },
      RESP: 3,
      ...prefixed(keyPrefix),
    }).on('error', ignore);
    await client.connect();
    return { client, end: () => client.destroy() };
  },
};
const behindSentinels: Record<string, Open> = {
  ioredis: (ports) => ioLike(new Redis({ sentinels: nodes(ports), name: masterName })),
  iovalkey: (ports) => ioLike(new Valkey({ sentinels: nodes(ports), name: masterName })),
  redis: async (ports, keyPrefix) => {
    const sentinel = createSentinel({
      name: masterName,
      sentinelRootNodes: nodes(ports),
      nodeClientOptions: { socket: socketOptions },
      sentinelClientOptions: { socket: socketOptions },
      ...prefixed(keyPrefix),
    });
    sentinel.on('error', ignore);
    await sentinel.connect();
    return { client: sentinel, end: () => sentinel.destroy() };
  },
};
const ofCluster: Record<string, Open> = {
  ioredis: (ports, keyPrefix) => ioLike(new Cluster(nodes(ports), prefixed(keyPrefix))),
  iovalkey: (ports, keyPrefix) => ioLike(new ValkeyCluster(nodes(ports), { redisOptions: prefixed(keyPrefix) })),
  redis: async (ports, keyPrefix) => {
    const rootNodes = ports.map((port) => ({ socket: { ...socketOptions, host, port } }));
    const cluster = createCluster({ rootNodes, defaults: { socket: socketOptions }, ...prefixed(keyPrefix) }).on(
      'error',
      ignore,
    );
    await cluster.connect();
    return { client: cluster, end: () => cluster.destroy() };
  },
};

/** Clients of a user whose rights are not enough. */
const clientsOfUsers: Record<string, (port: number) => ReturnType<Open>> = {
  ioredis: (port) => ioLike(new Redis({ host, port, username: 'weak', password: 'pw' })),
  redis: async (port) => {
    const client = createClient({ socket: { ...socketOptions, host, port }, username: 'weak', password: 'pw' }).on(
      'error',
      ignore,
    );
    await client.connect();
    return { client, end: () => client.destroy() };
  },
};

const removeScript = "for _, name in ipairs(KEYS) do redis.call('DEL', name) end";
const storeScript = "redis.call('SET', KEYS[1], ARGV[1])";

/** Opens engines for the contract, whose two processes have a connection each: the same ones from case to case. */
function opener(
  open: Open,
  ports: () => readonly number[],
  { keyPrefix, key = entryKey }: { readonly keyPrefix?: string | undefined; readonly key?: string } = {},
): () => Promise<EngineUnderTest> {
  let opened: ReturnType<typeof openBoth> | undefined;
  const openBoth = async () => [await open(ports(), keyPrefix), await open(ports(), keyPrefix)] as const;
  afterAll(async () => {
    for (const { end } of (await opened) ?? []) await end();
  });
  return async () => {
    const [{ client }, { client: otherClient }] = await (opened ??= openBoth());
    const [connection, other] = [connectionOf(client), connectionOf(otherClient)];
    expect(connection.keyPrefix).toBe(keyPrefix ?? '');
    const place = { key, keyPrefix: connection.keyPrefix, name: connection.keyPrefix };
    const { order, lease } = namesOf(place);
    const forget = () => connection.send('EVAL', removeScript, '3', key, order, lease);
    await forget();
    return {
      engine: redisEngine(connection.send, connection, place),
      openAnother: () => redisEngine(other.send, other, place),
      storeForeign: (text) => connection.send('EVAL', storeScript, '1', key, text),
      forget,
      // Nobody after this has to wait for a lease.
      close: forget,
    };
  };
}

/** Lets two processes live through the failover, and tells what they showed. */
async function liveThrough(open: Open, topology: RedisTopology) {
  let served = 'before';
  const fetch = () =>
    Promise.resolve(new Response(`{"f":{"greeting":{"t":1,"v":{"s":"${served}"}}}}`, { headers: { ETag: served } }));
  const start = async () => {
    const { client: redis, end } = await open(topology.ports);
    const shared = redisShared(redis, { leaseMs: 1000 });
    const client = createClientWithAutoPoll(sdkKey, { ...shared, fetch, pollIntervalSeconds: 600, logLevel: 'off' });
    const role$ = new BehaviorSubject('none');
    const roles = shared.role$.subscribe((role) => role$.next(role));
    const shown: string[] = [];
    client.flag$('greeting', 'none').subscribe((value) => shown.push(value));
    return {
      client,
      role$,
      shown,
      shows: (value: string) => firstValueFrom(client.flag$('greeting', 'none').pipe(filter((now) => now === value))),
      end: async () => {
        roles.unsubscribe();
        client.dispose();
        await end();
      },
    };
  };
  const processes = [await start(), await start()] as const;
  const isSettled = (roles: readonly string[]) => [...roles].sort().join() === 'follower,leader';
  const settle = () => firstValueFrom(combineLatest(processes.map(({ role$ }) => role$)).pipe(filter(isSettled)));
  try {
    await settle();
    await Promise.all(processes.map(({ shows }) => shows('before')));
    await topology.failOver(entryKey);
    served = 'after';
    const follower = processes.find(({ role$ }) => role$.value !== 'leader') ?? processes[0];
    // Where nobody can be asked yet, the process keeps what it fetched, and shares it later.
    await follower.client.forceRefresh();
    await Promise.all(processes.map(({ shows }) => shows('after')));
    await settle();
    served = 'later';
    await processes.find(({ role$ }) => role$.value === 'leader')!.client.forceRefresh();
    await Promise.all(processes.map(({ shows }) => shows('later')));
    return processes.map(({ shown }) => shown);
  } finally {
    await Promise.all(processes.map(({ end }) => end()));
  }
}

part('redis-server')('Redis as a single server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.stop());

  // Each has a key of its own, because all of them are there at the same time.
  const withoutPrefix = Object.entries(single).map(
    ([name, open]) => [`Redis, by ${name}`, opener(open, () => [server.port], { key: `key of ${name}` })] as const,
  );
  const withPrefix = ['iovalkey', 'redis, RESP3'].map((name) => {
    const own = { key: `other key of ${name}`, keyPrefix: 'staging:' };
    return [`Redis, by ${name} with a key prefix`, opener(single[name]!, () => [server.port], own)] as const;
  });
  specifyEngines(Object.fromEntries([...withoutPrefix, ...withPrefix]));

  it('grants no number twice after a failover to a replica that had not heard of it', async () => {
    const { client, end } = await single.ioredis!([server.port]);
    const connection = connectionOf(client);
    const place = { key: 'key', keyPrefix: '', name: 'failover' };
    const { order, lease } = namesOf(place);
    const engine = redisEngine(connection.send, connection, place);
    const { fence: known } = await engine.lease('a', 60_000, { aboveFence: 0 });
    const { fence: lost } = await engine.lease('a', 60_000, { aboveFence: 0 });
    await connection.send('EVAL', "redis.call('HSET', KEYS[1], 'granted', ARGV[1])", '1', order, String(known));
    await connection.send('EVAL', removeScript, '1', lease);
    await new Promise((resolve) => setTimeout(resolve, 3));
    const { fence } = await engine.lease('b', 60_000, { aboveFence: 0 });
    end();
    expect(fence).toBeGreaterThan(lost!);
  });
});

for (const [form, start, packages] of [
  ['behind sentinels', startSentinels, behindSentinels],
  ['as a cluster', startCluster, ofCluster],
] as const) {
  part('redis-server', 'redis-cli')(`Redis ${form}`, () => {
    /** One for each package, whose masters are killed at the same time. */
    const topologies = new Map<string, RedisTopology>();
    beforeAll(async () => {
      await Promise.all(Object.keys(packages).map(async (name) => topologies.set(name, await start())));
    });
    afterAll(() => Promise.all([...topologies.values()].map((topology) => topology.stop())));

    const specifyAll = (keyPrefix?: string, isUnsettled = false) => {
      const engines = Object.entries(packages).map(([name, open]) => {
        const ports = () => topologies.get(name)!.ports;
        return [`Redis ${form}, by ${name}`, opener(open, ports, { keyPrefix })] as const;
      });
      specifyEngines(Object.fromEntries(engines), isUnsettled);
    };
    specifyAll();

    describe('when a master is killed, loses no config, and brings none back', () => {
      const failovers = Object.entries(packages).map(([name, open]) => {
        const run = async () => {
          const shown = await liveThrough(open, topologies.get(name)!);
          expect(shown).toEqual([
            ['before', 'after', 'later'],
            ['before', 'after', 'later'],
          ]);
        };
        return [`by ${name}`, run] as const;
      });
      sideBySide(Object.fromEntries(failovers));
    });

    describe('after that', () => {
      // The packages take a prefix in a cluster, and behind sentinels it is the same as with a single server.
      specifyAll(start === startCluster ? 'staging:' : undefined, true);
    });
  });
}

part('redis-server', 'openssl')('Redis over TLS', () => {
  const certificate = createCertificate();
  const tls = { ca: certificate.cert };
  let folder: string;
  let server: RedisServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'configcat-rx-tls-'));
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    writeFileSync(keyFile, certificate.key);
    writeFileSync(certFile, certificate.cert);
    const files = ['--tls-key-file', keyFile, '--tls-cert-file', certFile, '--tls-ca-cert-file', certFile];
    const port = await freePort();
    // A server that others reach over TLS only.
    server = await startRedisServer('--tls-port', String(port), '--tls-auth-clients', 'no', ...files);
    tlsPort = port;
  });

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  let tlsPort: number;
  const overTls: Record<string, Open> = {
    ioredis: ([port]) => ioLike(new Redis({ host, port: port!, tls })),
    redis: async ([port]) => {
      const client = createClient({ socket: { ...socketOptions, host, port: port!, tls: true, ca: certificate.cert } });
      await client.on('error', ignore).connect();
      return { client, end: () => client.destroy() };
    },
  };
  const engines = Object.entries(overTls).map(
    ([name, open]) => [`Redis over TLS, by ${name}`, opener(open, () => [tlsPort], { key: `key of ${name}` })] as const,
  );
  specifyEngines(Object.fromEntries(engines));
});

part('redis-server')('Redis that refuses', () => {
  let server: RedisServer;
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterEach(() => ends.splice(0).forEach((end) => end()));
  afterAll(() => server.stop());

  /** Lets a process share through a client; resolves with what it logs first, and with a stream of its roles. */
  const share = async (client: RedisClient) => {
    const errors: string[] = [];
    const shared = redisShared(client, { leaseMs: 300 });
    const sharing = createClientWithAutoPoll(sdkKey, {
      ...shared,
      fetch: () =>
        Promise.resolve(new Response('{"f":{"greeting":{"t":1,"v":{"s":"hello"}}}}', { headers: { ETag: '1' } })),
      pollIntervalSeconds: 600,
      logger: { log: (_, __, ___, error) => errors.push((error as Error).message) },
      logLevel: 'warn',
    });
    const role$ = new BehaviorSubject('none');
    const roles = shared.role$.subscribe((role) => role$.next(role));
    ends.push(() => {
      roles.unsubscribe();
      sharing.dispose();
    });
    expect(await sharing.getValue('greeting', 'none')).toBe('hello');
    return { errors, sharing, becomes: (role: string) => firstValueFrom(role$.pipe(filter((now) => now === role))) };
  };
  const admin = async (...args: [string, ...string[]]) => {
    const redis = new Redis({ host, port: server.port });
    try {
      await redis.call(args[0], args.slice(1));
    } finally {
      redis.disconnect();
    }
  };

  describe.each(Object.entries(clientsOfUsers))('by %s', (_, open) => {
    it.each([
      ['GET', '-get'],
      ['HMGET', '-hmget'],
      ['PUBLISH', '-publish'],
      ['EVAL', '-eval'],
      ['SUBSCRIBE', '-subscribe'],
    ])('names the command %s that a user may not run', async (command, rule) => {
      await admin('ACL', 'SETUSER', 'weak', 'reset', 'on', '>pw', '~*', '&*', '+@all', rule);
      await admin('FLUSHALL');
      const { client, end } = await open(server.port);
      ends.push(end);
      const { errors, sharing } = await share(client);
      while (errors.length === 0) await sharing.forceRefresh();
      expect(errors[0]).toMatch(new RegExp(`^Redis refuses what sharing needs: .*\\b${command}\\b.*\\. Until`, 'i'));
      expect(errors[0]).not.toMatch(/[0-9a-f]{40}/);
    });
  });

  it('lets processes poll by themselves while it is a replica, and share when it is none any more', async () => {
    await admin('FLUSHALL');
    await admin('REPLICAOF', host, '1');
    const redis = new Redis({ host, port: server.port }).on('error', ignore);
    ends.push(() => redis.disconnect());
    const { errors, sharing, becomes } = await share(redis);
    await becomes('alone');
    while (errors.length === 0) await sharing.forceRefresh();
    expect(errors[0]).toContain('READONLY');
    await admin('REPLICAOF', 'NO', 'ONE');
    await becomes('leader');
  });

  it('has no part in refusing a pool, which the types do, and the call', () => {
    const pool = createClientPool();
    // @ts-expect-error -- A pool cannot listen.
    expect(() => redisShared(pool)).toThrow(
      'Expected a client of the package `ioredis`, `iovalkey` or `redis`, and no pool',
    );
  });
});
