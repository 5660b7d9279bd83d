import { PollingMode, getClient } from '@configcat/sdk';
import { Pool } from 'pg';
import postgres from 'postgres';
import { filter, firstValueFrom, merge } from 'rxjs';
import type { PostgresServer } from '../../checks/fleet/postgres-server';
import { startPostgresServer } from '../../checks/fleet/postgres-server';
import type { ConfigCatClient } from '../../src/index';
import { createClientWithAutoPoll } from '../../src/index';
import type { FleetRole, PostgresClient, PostgresShared, PostgresSharedOptions } from '../../src/postgres/index';
import { postgresShared } from '../../src/postgres/index';
import type { FaultServer } from '../support/fault-server';
import { startFaultServer } from '../support/fault-server';
import { part } from '../support/part';
import { startPooler } from '../support/pooler';
import type { RecordedLog } from '../support/recorded-log';
import { recordLog } from '../support/recorded-log';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const key = 'f1a2e755c7a97e5a6abadaf91574196fcc161921';
const config = (value: string) => `{"f":{"greeting":{"t":1,"v":{"s":"${value}"}}}}`;

/** A way to a PostgreSQL, by either package. */
interface Connected {
  readonly client: PostgresClient;
  readonly end: () => Promise<unknown>;
}

const packages: Record<string, (url: string) => Connected> = {
  pg: (connectionString) => {
    const client = new Pool({ connectionString, max: 3 }).on('error', () => undefined);
    return { client, end: () => client.end() };
  },
  postgres: (url) => {
    const client = postgres(url, { max: 3, backoff: () => 0.05, onnotice: () => undefined });
    return { client, end: () => client.end({ timeout: 0 }) };
  },
};

// Its parts answer in real time, and are told to be gone when they take too long, as on a busy computer.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

part(
  'postgres',
  'initdb',
  'pgbouncer',
)('postgresShared()', () => {
  let database: PostgresServer;
  let admin: Pool;

  beforeAll(async () => {
    database = await startPostgresServer();
    admin = new Pool({ connectionString: database.url() }).on('error', () => undefined);
  });

  afterAll(async () => {
    await admin.end();
    await database.remove();
  });

  describe.each(Object.keys(packages))('with %s', (name) => {
    let server: FaultServer;
    let log: RecordedLog;
    const connections: Connected[] = [];
    const clients: ConfigCatClient[] = [];

    beforeEach(async () => {
      server = await startFaultServer();
      serve('hello', '"1"');
      log = recordLog();
      await admin.query('DROP TABLE IF EXISTS configcat_rx');
    });

    afterEach(async () => {
      for (const client of clients.splice(0)) client.dispose();
      await Promise.all(connections.splice(0).map(({ end }) => end()));
      await server.close();
    });

    const serve = (value: string, etag: string, rest = '') => {
      server.answerBy(({ headers }) =>
        headers['if-none-match'] === etag ? { status: 304 } : { body: config(value) + rest, headers: { ETag: etag } },
      );
    };
    const connect = (url = database.url()): PostgresClient => {
      const connected = packages[name]!(url);
      connections.push(connected);
      return connected.client;
    };
    const join = (options?: PostgresSharedOptions): PostgresShared => postgresShared(connect(), options);
    /** Resolves when announcements arrive; to be called before the client is there. */
    const listens = (shared: PostgresShared) => firstValueFrom(shared.cache.changes$);
    const polling = (shared: PostgresShared) => {
      const client = createClientWithAutoPoll(sdkKey, {
        ...shared,
        baseUrl: server.url,
        pollIntervalSeconds: 600,
        logger: log.logger,
        logFilter: (_, eventId) => eventId !== 3000,
      });
      clients.push(client);
      return client;
    };
    /** Waits until one of them has a role. */
    const role = (awaited: FleetRole, ...shares: readonly PostgresShared[]) =>
      firstValueFrom(merge(...shares.map(({ role$ }) => role$)).pipe(filter((current) => current === awaited)));
    const shows = (client: ConfigCatClient, value: string) =>
      firstValueFrom(client.flag$('greeting', 'none').pipe(filter((current) => current === value)));
    const fetchedAt = async (client: ConfigCatClient) => Number((await firstValueFrom(client.status$)).fetchedAt);
    /** Fetches anew, even where a fetch that is still being stored could be joined. */
    const refresh = async (client: ConfigCatClient) => {
      const before = await fetchedAt(client);
      do expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
      while ((await fetchedAt(client)) === before);
    };
    const errorsLogged = () => log.entries.map(({ error }) => (error as Error).message);
    /** A busy computer may take longer to answer than a process waits, which is logged as well. */
    const refusals = () => errorsLogged().filter((text) => text.includes('refuses'));
    /** Waits until something is logged. */
    const logged = async (client: ConfigCatClient) => {
      while (log.entries.length === 0) await client.getValue('greeting', 'none');
      return errorsLogged();
    };
    const rows = async () =>
      (await admin.query<Record<string, unknown>>('SELECT * FROM configcat_rx ORDER BY name')).rows;
    /** The connections that listen, or have done so last. */
    const listeners = async () => {
      const { rows: found } = await admin.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE query ILIKE 'listen %' AND state = 'idle'",
      );
      return found.map(({ pid }) => pid);
    };
    /** Two processes: the first polls, the second is told. */
    const fleet = async (options?: PostgresSharedOptions) => {
      const shares = [join(options), join(options)] as const;
      const [firstListens, secondListens] = shares.map(listens);
      const first = polling(shares[0]);
      await role('leader', shares[0]);
      await shows(first, 'hello');
      await firstListens;
      const second = polling(shares[1]);
      await role('follower', shares[1]);
      await shows(second, 'hello');
      await secondListens;
      return { shares, first, second };
    };

    it('stores what is fetched under the key and in the form of all SDKs, and fetches it once', async () => {
      const { second } = await fleet();
      expect(server.requests).toHaveLength(1);
      const payload = `${await fetchedAt(second)}\n"1"\n${config('hello')}`;
      expect(await rows()).toMatchObject([{ key, name: '', payload }]);
    });

    it('announces a new config to all, whoever fetched it, and however long it is', async () => {
      const { first, second } = await fleet();
      serve('from the first', '"2"');
      await refresh(first);
      await shows(second, 'from the first');
      // PostgreSQL carries less than 8,000 bytes.
      serve('long', '"3"', ' '.repeat(20_000));
      await refresh(second);
      await shows(first, 'long');
      // One more where a process that has just begun to listen reads the entry while it fetches.
      expect(server.requests.length).toBeLessThanOrEqual(3 + 1);
      expect(refusals()).toEqual([]);
    });

    it('announces that the config is still good', async () => {
      const { first, second } = await fleet();
      await refresh(first);
      // The payload holds the time of the request, not that of the answer.
      const atMs = Number(first.snapshot().cacheText?.split('\n')[0]);
      await firstValueFrom(second.status$.pipe(filter((status) => Number(status.fetchedAt) === atMs)));
      expect(second.snapshot().cacheState).toBe('up-to-date');
    });

    it('passes the lease on when its holder is disposed', async () => {
      const { shares, first } = await fleet();
      const [{ owner, granted } = {}] = await rows();
      first.dispose();
      await role('leader', shares[1]);
      const [row] = await rows();
      expect(row?.owner).not.toBe(owner);
      expect(Number(row?.granted)).toBeGreaterThan(Number(granted));
    });

    it('passes the lease on when its holder does not renew it', async () => {
      const { shares, first } = await fleet();
      first.dispose();
      await role('leader', shares[1]);
      for (const client of clients.splice(0)) client.dispose();
      while ((await rows())[0]?.owner !== null);
      await admin.query("UPDATE configcat_rx SET owner = 'dead', until = now() + interval '1 second'");
      const shared = join();
      polling(shared);
      await role('follower', shared);
      await role('leader', shared);
      expect((await rows())[0]?.owner).not.toBe('dead');
    });

    it('leaves nothing behind when disposed: no lease, nobody who listens', async () => {
      const shared = join();
      const client = polling(shared);
      await role('leader', shared);
      await shows(client, 'hello');
      while ((await listeners()).length !== 1);
      client.dispose();
      while ((await listeners()).length > 0);
      while ((await rows())[0]?.owner !== null);
    });

    it('adopts what the official SDK puts there, tells the others, and is adopted by it', async () => {
      const { first, second } = await fleet();
      serve('from the official SDK', '"2"');
      const official = getClient(sdkKey, PollingMode.ManualPoll, {
        baseUrl: server.url,
        // As the guide says.
        cache: {
          get: async (cacheKey) => {
            const { rows: found } = await admin.query<{ payload: string }>(
              "SELECT payload FROM configcat_rx WHERE key = $1 AND name = ''",
              [cacheKey],
            );
            return found[0]?.payload;
          },
          set: async (cacheKey, value) => {
            await admin.query(
              `INSERT INTO configcat_rx (key, payload) VALUES ($1, $2)
              ON CONFLICT (key, name) DO UPDATE SET payload = excluded.payload`,
              [cacheKey, value],
            );
          },
        },
      });
      expect(await official.getValueAsync('greeting', 'none')).toBe('hello');
      await official.forceRefreshAsync();
      official.dispose();
      expect(await first.getValue('greeting', 'none')).toBe('from the official SDK');
      await shows(second, 'from the official SDK');
    });

    it('misses nothing when the connection that listens is lost', async () => {
      const { first, second } = await fleet();
      const pids = await listeners();
      expect(pids).toHaveLength(2);
      await admin.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid', [pids]);
      serve('new', '"2"');
      await refresh(first);
      await shows(second, 'new');
      while ((await listeners()).length !== 2);
      serve('newer', '"3"');
      await refresh(first);
      await shows(second, 'newer');
      expect(refusals()).toEqual([]);
    });

    it('shares nothing with a fleet of another name, or of another table', async () => {
      const { first, second } = await fleet();
      const others = [join({ name: 'staging' }), join({ table: 'public.other' })] as const;
      serve('new', '"2"');
      for (const shared of others) {
        const other = polling(shared);
        // Each fleet has one that polls.
        await role('leader', shared);
        await shows(other, 'new');
      }
      await refresh(first);
      await shows(second, 'new');
      expect(await rows()).toMatchObject([{ name: '' }, { name: 'staging' }]);
      await admin.query('DROP TABLE public.other');
    });

    it.each([
      ['the table', '', /The table configcat_rx does not exist, .* \(permission denied for schema public\)/],
      [
        'the right to read',
        'INSERT, UPDATE',
        /permission denied for table configcat_rx: .* needs SELECT on configcat_rx/,
      ],
      [
        'rights to write',
        'SELECT',
        /permission denied for table configcat_rx: .* needs INSERT, UPDATE on configcat_rx/,
      ],
    ])('says once that %s is missing, and polls by itself', async (_, rights, expected) => {
      if (rights) await fleet();
      await admin.query('DROP ROLE IF EXISTS weak');
      await admin.query('CREATE ROLE weak LOGIN');
      if (rights) await admin.query(`GRANT ${rights} ON configcat_rx TO weak`);
      const shared = postgresShared(connect(database.url('weak')), { leaseMs: 100 });
      const client = polling(shared);
      await role('alone', shared);
      await shows(client, 'hello');
      expect((await logged(client))[0]).toMatch(expected);
      await refresh(client);
      await client.getValue('greeting', 'none');
      expect(log.entries.map(({ eventId }) => eventId)).toEqual([2200]);
      if (rights) await admin.query('REVOKE ALL ON configcat_rx FROM weak');
      await admin.query('DROP ROLE weak');
    });

    it('needs no more than SELECT, INSERT and UPDATE on a table that is there', async () => {
      await fleet();
      await admin.query('CREATE ROLE least LOGIN');
      await admin.query('GRANT SELECT, INSERT, UPDATE ON configcat_rx TO least');
      await admin.query('DELETE FROM configcat_rx');
      for (const client of clients.splice(0)) client.dispose();
      const shared = postgresShared(connect(database.url('least')));
      const client = polling(shared);
      await role('leader', shared);
      await shows(client, 'hello');
      while ((await rows())[0]?.payload == null);
      expect(refusals()).toEqual([]);
      await admin.query('REVOKE ALL ON configcat_rx FROM least');
      await admin.query('DROP ROLE least');
    });

    it('lets every process poll by itself while PostgreSQL is away, says so once, and brings them together again', async () => {
      const { shares, first, second } = await fleet({ leaseMs: 1000 });
      await database.stop();
      await Promise.all(shares.map((shared) => role('alone', shared)));
      serve('found alone', '"2"');
      for (const client of [first, second]) {
        await refresh(client);
        expect(await client.getValue('greeting', 'none')).toBe('found alone');
        await client.getValue('greeting', 'none');
      }
      const text = 'PostgreSQL is of no use now; until it is again, this process polls by itself.';
      expect(errorsLogged()).toEqual([text, text]);
      await database.start();
      await role('leader', ...shares);
      await role('follower', ...shares);
      serve('together again', '"3"');
      await refresh(first);
      await shows(second, 'together again');
      // A connection of before may be found broken when others are back already, and is told of then.
      expect([...new Set(errorsLogged())]).toEqual([text]);
    });

    describe('behind a pooler', () => {
      it('in transaction mode refuses with advice, and polls by itself', async () => {
        const pooler = await startPooler(database, 'transaction');
        const shared = postgresShared(connect(pooler.url));
        const client = polling(shared);
        await shows(client, 'hello');
        expect(await logged(client)).toEqual([
          expect.stringMatching(/pooler in transaction mode, such as PgBouncer.* as `listenOn`/),
        ]);
        client.dispose();
        await pooler.stop();
      });

      it.each(['transaction', 'session'] as const)('in %s mode shares, if it can listen', async (mode) => {
        const pooler = await startPooler(database, mode);
        const open = () =>
          postgresShared(connect(pooler.url), mode === 'session' ? {} : { listenOn: connect(database.url()) });
        const [first, second] = [polling(open()), polling(open())];
        await shows(first, 'hello');
        await shows(second, 'hello');
        serve('new', '"2"');
        await refresh(first);
        await shows(second, 'new');
        expect(refusals()).toEqual([]);
        for (const client of clients.splice(0)) client.dispose();
        await Promise.all(connections.splice(0).map(({ end }) => end()));
        await pooler.stop();
      });
    });
  });
});

describe('postgresShared()', () => {
  const nothing = () => null;
  const pool = { query: nothing, options: {}, Client: nothing };

  it.each([
    [undefined, {}, TypeError, 'Invalid argument `client`.'],
    [{ query: nothing, connect: nothing }, {}, TypeError, 'Expected a Pool of the package `pg`'],
    [pool, { listenOn: {} }, TypeError, 'Invalid property `options.listenOn`.'],
    [pool, { leaseMs: 0 }, RangeError, 'Invalid property `options.leaseMs`.'],
    [pool, { maxSilenceMs: NaN }, RangeError, '`options.maxSilenceMs`'],
    [pool, { name: 1 }, TypeError, '`options.name`'],
    [pool, { name: 'a\0b' }, RangeError, '`options.name`'],
    [pool, { table: 'a.b.c' }, RangeError, 'Expected `table` or `schema.table`'],
    [pool, { table: 'ä'.repeat(32) }, RangeError, 'each of 1 to 63 bytes'],
    [pool, { table: '' }, RangeError, '`options.table`'],
  ])('refuses %p with %p', (client, options, error, text) => {
    const create = () => postgresShared(client as unknown as PostgresClient, options as PostgresSharedOptions);
    expect(create).toThrow(error);
    expect(create).toThrow(text);
  });
});
