import { PollingMode, getClient } from '@configcat/sdk';
import { Pool } from 'pg';
import { filter, firstValueFrom } from 'rxjs';
import type { PostgresServer } from '../../checks/fleet/postgres-server';
import { startPostgresServer } from '../../checks/fleet/postgres-server';
import type { PostgresClient, PostgresShared, PostgresSharedOptions } from '../../src/postgres/index';
import { postgresShared } from '../../src/postgres/index';
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
import { startPooler } from '../support/pooler';
import type { ConnectedPostgres } from '../support/postgres-clients';
import { postgresPackages } from '../support/postgres-clients';

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

  describe.each(Object.keys(postgresPackages))('with %s', (name) => {
    const stage = stageOfFleets();
    const { serve, polling, clients } = stage;
    const connections: ConnectedPostgres[] = [];

    beforeEach(async () => {
      await admin.query('DROP TABLE IF EXISTS configcat_rx');
    });

    afterEach(async () => {
      await Promise.all(connections.splice(0).map(({ end }) => end()));
    });

    const connect = (url = database.url()): PostgresClient => {
      const connected = postgresPackages[name]!(url);
      connections.push(connected);
      return connected.client;
    };
    const join = (options?: PostgresSharedOptions): PostgresShared => postgresShared(connect(), options);
    /** Resolves when announcements arrive; to be called before the client is there. */
    const listens = (shared: PostgresShared) => firstValueFrom(shared.cache.changes$);
    /** A busy computer may take longer to answer than a process waits, which is logged as well. */
    const refusals = () =>
      stage.log.entries.map(({ error }) => (error as Error).message).filter((text) => text.includes('refuses'));
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
      expect(stage.server.requests).toHaveLength(1);
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
      // One more for each process that reads the entry while it fetches, as one does that has just begun to listen.
      expect(stage.server.requests.length).toBeLessThanOrEqual(3 + 2);
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
        baseUrl: stage.server.url,
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
      let pids = await listeners();
      while (pids.length !== 2) pids = await listeners();
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
      await stage.logged(client, expected);
      await refresh(client);
      await client.getValue('greeting', 'none');
      stage.expectOnce(expected);
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

    it('lets every process poll by itself while PostgreSQL is away, says so, and brings them together again', async () => {
      const { shares, first, second } = await fleet({ leaseMs: 1000 });
      await database.stop();
      await Promise.all(shares.map((shared) => role('alone', shared)));
      serve('found alone', '"2"');
      for (const client of [first, second]) {
        await refresh(client);
        expect(await client.getValue('greeting', 'none')).toBe('found alone');
        await client.getValue('greeting', 'none');
      }
      await stage.logged(first, /PostgreSQL is of no use now; until it is again, this process polls by itself\./);
      await database.start();
      await role('leader', ...shares);
      await role('follower', ...shares);
      serve('together again', '"3"');
      await refresh(first);
      await shows(second, 'together again');
      expect(refusals()).toEqual([]);
    });

    describe('behind a pooler', () => {
      it('in transaction mode refuses with advice, and polls by itself', async () => {
        const pooler = await startPooler(database, 'transaction');
        const shared = postgresShared(connect(pooler.url));
        const client = polling(shared);
        await shows(client, 'hello');
        await stage.logged(client, /pooler in transaction mode, such as PgBouncer.* as `listenOn`/);
        stage.expectOnce(/pooler in transaction mode/);
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
