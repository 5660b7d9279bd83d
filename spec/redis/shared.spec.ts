import { createHash } from 'node:crypto';
import { PollingMode, getClient } from '@configcat/sdk';
import { Redis } from 'ioredis';
import { createClient as createNodeRedis } from 'redis';
import { filter, firstValueFrom } from 'rxjs';
import type { RedisServer } from '../../checks/fleet/redis-server';
import { startRedisServer } from '../../checks/fleet/redis-server';
import { createClientWithManualPoll } from '../../src/index';
import type { RedisClient, RedisShared, RedisSharedOptions } from '../../src/redis/index';
import { redisShared } from '../../src/redis/index';
import { sdkKey } from '../support/client';
import {
  cacheKey as key,
  configOf as config,
  fetchedAt,
  refresh,
  role,
  shows,
  stageOfFleets,
} from '../support/fleet-stage';
import { part } from '../support/part';

const leaseKey = `{${key}}:lease`;

/** A connection to a Redis, of either package. */
interface Connected {
  readonly client: RedisClient;
  readonly command: (...args: string[]) => Promise<unknown>;
  /** The commands that came through the client. */
  readonly sent: () => readonly (readonly string[])[];
  readonly end: () => void;
}

const packages: Record<string, (port: number, username?: string) => Connected> = {
  ioredis: (port, username) => {
    const user = username === undefined ? {} : { username, password: 'pw' };
    const client = new Redis({ host: '127.0.0.1', port, ...user }).on('error', () => undefined);
    const call = jest.spyOn(client, 'call');
    return {
      client,
      command: (name: string, ...args: string[]) => client.call(name, args),
      sent: () => call.mock.calls.map(([command, ...args]) => [command.toUpperCase(), ...args.flat().map(String)]),
      end: () => client.disconnect(),
    };
  },
  redis: (port, username) => {
    const user = username === undefined ? {} : { username, password: 'pw' };
    const client = createNodeRedis({ socket: { host: '127.0.0.1', port }, ...user }).on('error', () => undefined);
    const sendCommand = jest.spyOn(client, 'sendCommand');
    client.connect().catch(() => undefined);
    return {
      client,
      command: (...args) => client.sendCommand(args),
      sent: () => sendCommand.mock.calls.map(([args]) => args.map(String)),
      end: () => client.destroy(),
    };
  },
};

/** Recognises the reading script: only that one is called with two keys and no other arguments. */
const isRead = (command: readonly string[]) => command.length === 5 && command[0] === 'EVAL' && command[3] === key;

part('redis-server')('redisShared()', () => {
  describe.each(Object.keys(packages))('with %s', (name) => {
    let redis: RedisServer;
    const stage = stageOfFleets();
    const { serve, polling, clients } = stage;
    const connections: Connected[] = [];

    beforeAll(async () => {
      redis = await startRedisServer();
    });

    beforeEach(async () => {
      await connect().command('FLUSHALL');
    });

    afterEach(() => {
      for (const { end } of connections.splice(0)) end();
    });

    afterAll(() => redis.stop());

    const connect = (): Connected => {
      const connected = packages[name]!(redis.port);
      connections.push(connected);
      return connected;
    };
    const join = (options?: RedisSharedOptions): RedisShared => redisShared(connect().client, options);
    /** Waits until what has been asked of Redis is answered, and nothing else has been asked. */
    const quiet = async (command: Connected['command'], count: () => number) => {
      for (let before = -1; count() !== before;) {
        before = count();
        for (let i = 0; i < 20; i++) await command('PING');
      }
    };
    /** Two processes: the first polls, the second is told. */
    const fleet = async (options?: RedisSharedOptions) => {
      const shares = [join(options), join(options)] as const;
      const first = polling(shares[0]);
      await role('leader', shares[0]);
      await shows(first, 'hello');
      const second = polling(shares[1]);
      await role('follower', shares[1]);
      await shows(second, 'hello');
      return { shares, first, second };
    };

    it('stores what is fetched under the key and in the form of all SDKs, and fetches it once', async () => {
      const { command } = connect();
      const { second } = await fleet();
      expect(stage.server.requests).toHaveLength(1);
      expect(String(await command('GET', key))).toBe(`${await fetchedAt(second)}\n"1"\n${config('hello')}`);
    });

    it('announces a new config to all, whoever fetched it', async () => {
      const { first, second } = await fleet();
      serve('from the first', '"2"');
      await refresh(first);
      await shows(second, 'from the first');
      serve('from the second', '"3"');
      await refresh(second);
      await shows(first, 'from the second');
      expect(stage.server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"2"']);
    });

    it('announces that the config is still good, and what a new one contains, so that nobody reads it', async () => {
      const { first, second } = await fleet();
      const { sent } = connections.at(-1)!;
      const reads = () => sent().filter(isRead).length;
      // It reads at its creation, when it begins to listen, and each time that it is watched.
      await quiet(connections[0]!.command, reads);
      const before = reads();
      for (let i = 0; i < 6; i++) {
        if (i === 5) serve('new', '"2"');
        await refresh(first);
        // The payload holds the time of the request, not that of the answer.
        const atMs = Number(first.snapshot().cacheText?.split('\n')[0]);
        await firstValueFrom(second.status$.pipe(filter((status) => Number(status.fetchedAt) === atMs)));
      }
      expect(second.snapshot().value('greeting', 'none')).toBe('new');
      await quiet(connections[0]!.command, reads);
      expect(reads()).toBe(before);
      expect(second.snapshot().cacheState).toBe('up-to-date');
    });

    it('passes the lease on when its holder is disposed', async () => {
      const { command } = connect();
      const { shares, first } = await fleet();
      const holder = await command('GET', leaseKey);
      expect(await command('PTTL', leaseKey)).toBeGreaterThan(0);
      first.dispose();
      await role('leader', shares[1]);
      expect(await command('GET', leaseKey)).not.toEqual(holder);
    });

    it('passes the lease on when its holder does not renew it', async () => {
      const { command } = connect();
      await command('SET', leaseKey, 'a dead process', 'PX', '300');
      const shared = join({ leaseMs: 300 });
      polling(shared);
      await role('follower', shared);
      await role('leader', shared);
      expect(await command('GET', leaseKey)).not.toBe('a dead process');
    });

    it('leaves nothing behind when disposed: no lease, no second connection', async () => {
      const { command } = connect();
      const connected = async () =>
        String(await command('CLIENT', 'LIST'))
          .trim()
          .split('\n').length;
      const shared = join();
      const before = await connected();
      const client = polling(shared);
      await role('leader', shared);
      await shows(client, 'hello');
      client.dispose();
      while ((await connected()) > before) await command('PING');
      expect(await command('EXISTS', leaseKey)).toBe(0);
    });

    it('adopts what the official SDK puts there, and tells the others', async () => {
      const { command } = connect();
      const { first, second } = await fleet();
      serve('from the official SDK', '"2"');
      const official = officialClient(command);
      await official.forceRefreshAsync();
      official.dispose();
      expect(await first.getValue('greeting', 'none')).toBe('from the official SDK');
      await shows(second, 'from the official SDK');
      expect(stage.server.requests).toHaveLength(2);
    });

    it('is adopted by the official SDK', async () => {
      const { command } = connect();
      await fleet();
      const official = officialClient(command);
      expect(await official.getValueAsync('greeting', 'none')).toBe('hello');
      official.dispose();
      expect(stage.server.requests).toHaveLength(1);
    });

    const officialClient = (command: Connected['command']) =>
      getClient(sdkKey, PollingMode.ManualPoll, {
        baseUrl: stage.server.url,
        cache: {
          get: async (cacheKey) => String(await command('GET', cacheKey)),
          set: async (cacheKey, value) => {
            await command('SET', cacheKey, value);
          },
        },
      });

    it('reports a broken payload in Redis, and goes on with the last good one', async () => {
      const { command } = connect();
      const { first } = await fleet();
      await command('SET', key, `${Date.now()}\n"x"\n{"f":`);
      expect(await first.getValue('greeting', 'none')).toBe('hello');
      // Whoever has read it by now.
      expect(new Set(stage.log.entries.map(({ eventId }) => eventId))).toEqual(new Set([2200]));
    });

    it('adopts no announcement that does not follow what it knows: it reads once, and goes on listening', async () => {
      const { command } = connect();
      const { first, second } = await fleet();
      const reads = () => connections.at(-1)!.sent().filter(isRead).length;
      await quiet(command, reads);
      const content = `"9"\n${config('forged')}`;
      const digest = createHash('sha1').update(content).digest('base64');
      for (const [message, expected] of [
        ['garbage', 0],
        [`9007199254740991:1 99999999999999 ${digest}\n${content}`, 1],
        [`9007199254740991:2 99999999999999 ${digest}\n{`, 1],
        [`1:1 99999999999999 ${digest}\n${content}`, 1],
      ] as const) {
        const before = reads();
        await command('PUBLISH', `configcat-rx:${key}`, message);
        while (reads() < before + expected) await command('PING');
        await command('PING');
        expect(reads()).toBe(before + expected);
        // Reads of the client would look into Redis, too.
        expect(second.snapshot().value('greeting', 'none')).toBe('hello');
      }
      serve('new', '"2"');
      await refresh(first);
      await shows(second, 'new');
      expect(stage.server.requests).toHaveLength(2);
      expect(stage.log.entries).toEqual([]);
    });

    it.each(['an hour', 'two minutes'])('follows whoever writes, past an entry dated %s ahead', async (ahead) => {
      const { command } = connect();
      const lateMs = Date.now() + (ahead === 'an hour' ? 3_600_000 : 120_000);
      await command('SET', key, `${lateMs}\n"1"\n${config('hello')}`);
      const { first, second } = await fleet();
      serve('new', '"2"');
      await refresh(first);
      await shows(second, 'new');
      expect(stage.server.requests.length).toBeLessThanOrEqual(3);
    });

    it('says once which right is missing, and polls by itself', async () => {
      const admin = connect();
      await admin.command('ACL', 'SETUSER', 'weak', 'on', '>pw', '~*', '&*', '+@all', '-eval');
      const weak = packages[name]!(redis.port, 'weak');
      connections.push(weak);
      const shared = redisShared(weak.client, { leaseMs: 100 });
      const client = polling(shared);
      await role('alone', shared);
      await shows(client, 'hello');
      const evals = () => weak.sent().filter(([command]) => command === 'EVAL').length;
      for (const before = evals(); evals() < before + 6;) await client.getValue('greeting', 'none');
      await refresh(client);
      expect(stage.log.entries.map(({ eventId }) => eventId)).toEqual([2200]);
      expect((stage.log.entries[0]!.error as Error).message).toMatch(/NOPERM .*eval/);
    });

    it('reports once that Redis refuses the subscription', async () => {
      const admin = connect();
      await admin.command('ACL', 'SETUSER', 'deaf', 'on', '>pw', '~*', '&*', '+@all', '-subscribe');
      const deaf = packages[name]!(redis.port, 'deaf');
      connections.push(deaf);
      const { first } = await fleet();
      const shared = redisShared(deaf.client);
      const client = polling(shared);
      await role('alone', shared);
      while (stage.log.entries.length === 0) await client.getValue('greeting', 'none');
      expect((stage.log.entries[0]!.error as Error).message).toMatch(/NOPERM .*subscribe/);
      serve('new', '"2"');
      await refresh(first);
      await client.getValue('greeting', 'none');
      expect(stage.log.entries).toHaveLength(1);
    });

    it('receives nothing from a fleet with another name', async () => {
      const { first, second } = await fleet();
      const others = [join({ name: 'staging' }), join({ name: 'staging' })] as const;
      const other = polling(others[0]);
      // Both fleets have one that polls.
      await role('leader', others[0]);
      await shows(other, 'hello');
      // They keep what they fetch in one place: only what is read there is known to both.
      const { command, sent } = connections.at(-2)!;
      await quiet(command, () => sent().filter(isRead).length);
      serve('new', '"2"');
      await refresh(first);
      await shows(second, 'new');
      expect(other.snapshot().value('greeting', 'none')).toBe('hello');
    });

    it('serves clients of one SDK key only', () => {
      const shared = join();
      polling(shared);
      const other = createClientWithManualPoll('configcat-sdk-1/another-environment-ky/another-environment-ky', {
        cache: shared.cache,
        logger: stage.log.logger,
      });
      clients.push(other);
      expect(stage.log.entries.map(({ eventId, error }) => [eventId, (error as Error).message])).toEqual([
        [2200, 'What processes share is for clients of one SDK key.'],
      ]);
    });

    it('lets every process poll by itself while Redis is away, says so once, and brings them together again', async () => {
      const { command } = connect();
      const { shares, first, second } = await fleet();
      await redis.stop();
      await Promise.all(shares.map((shared) => role('alone', shared)));
      serve('found alone', '"2"');
      for (const client of [first, second]) {
        await refresh(client);
        expect(await client.getValue('greeting', 'none')).toBe('found alone');
        await client.getValue('greeting', 'none');
      }
      expect(stage.log.entries.map(({ eventId, error }) => [eventId, (error as Error).message])).toEqual([
        [2200, 'Redis is of no use now; until it is again, this process polls by itself.'],
        [2200, 'Redis is of no use now; until it is again, this process polls by itself.'],
      ]);
      await redis.start();
      await role('leader', ...shares);
      await role('follower', ...shares);
      // The new Redis is empty: the polling process puts back what it knows.
      while ((await command('EXISTS', key)) === 0) await command('PING');
      serve('together again', '"3"');
      await refresh(first);
      await shows(second, 'together again');
      expect(stage.log.entries.map(({ error }) => (error as Error).message)).toHaveLength(2);
    });
  });
});

describe('redisShared()', () => {
  it.each([
    [undefined, {}, TypeError, 'Invalid argument `client`.'],
    [
      { get: () => null, set: () => null },
      {},
      TypeError,
      'Expected a client of the package `ioredis`, `iovalkey` or `redis`',
    ],
    [{ call: () => null, duplicate: () => null }, { leaseMs: 0 }, RangeError, 'Invalid property `options.leaseMs`.'],
    [{ call: () => null, duplicate: () => null }, { maxSilenceMs: NaN }, RangeError, '`options.maxSilenceMs`'],
  ])('refuses %p with %p', (client, options, error, text) => {
    const create = () => redisShared(client as unknown as RedisClient, options);
    expect(create).toThrow(error);
    expect(create).toThrow(text);
  });
});
