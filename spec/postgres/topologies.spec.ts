import { Pool } from 'pg';
import type { Gate } from '../../checks/fleet/gate';
import { openGate } from '../../checks/fleet/gate';
import type { PostgresReplica, PostgresServer } from '../../checks/fleet/postgres-server';
import { startPostgresReplica, startPostgresServer } from '../../checks/fleet/postgres-server';
import type { PostgresSharedOptions } from '../../src/postgres/index';
import { postgresShared } from '../../src/postgres/index';
import { createCertificate } from '../support/certificate';
import { refresh, role, shows, stageOfFleets } from '../support/fleet-stage';
import { part } from '../support/part';
import type { ConnectedPostgres, PostgresTls } from '../support/postgres-clients';
import { postgresPackages } from '../support/postgres-clients';

/** What fleets of these specs stand on: their configs, and connections that end with each spec. */
function stageOverPostgres() {
  const stage = stageOfFleets();
  const connections: ConnectedPostgres[] = [];
  let count = 0;
  beforeEach(() => {
    count++;
  });
  afterEach(() => Promise.all(connections.splice(0).map(({ end }) => end())));
  const join = (name: string, url: string, tls?: PostgresTls, options?: PostgresSharedOptions) => {
    const connected = postgresPackages[name]!(url, tls);
    connections.push(connected);
    // Each spec has a row of its own.
    return postgresShared(connected.client, { name: `spec ${count}`, ...options });
  };
  /** Two processes that show what is served. */
  const pair = async (...args: Parameters<typeof join>) => {
    const shares = [join(...args), join(...args)] as const;
    const first = stage.polling(shares[0]);
    await role('leader', shares[0]);
    await shows(first, 'hello');
    const second = stage.polling(shares[1]);
    await role('follower', shares[1]);
    await shows(second, 'hello');
    return { shares, first, second };
  };
  return { stage, join, pair };
}

part(
  'postgres',
  'initdb',
  'openssl',
)('PostgreSQL over TLS', () => {
  const { stage, join, pair } = stageOverPostgres();
  const { serve, polling } = stage;
  const { key, cert } = createCertificate();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer({ key, cert });
  });
  afterAll(() => server.remove());

  describe.each(Object.keys(postgresPackages))('by %s', (name) => {
    it('shares with whoever trusts its certificate', async () => {
      const { first, second } = await pair(name, server.url(), { ca: cert, rejectUnauthorized: true });
      serve('new', '"2"');
      await refresh(first);
      await shows(second, 'new');
      serve('newer', '"3"');
      await refresh(second);
      await shows(first, 'newer');
    });

    it.each([
      ['who does not trust it', { rejectUnauthorized: true }, /self-signed/],
      ['who comes without TLS', undefined, /no encryption/],
    ])('lets %s poll by themselves, and logs the cause', async (_, tls, expected) => {
      const shared = join(name, server.url(), tls);
      const client = polling(shared);
      await role('alone', shared);
      await shows(client, 'hello');
      await stage.logged(client, expected);
    });
  });
});

part(
  'postgres',
  'initdb',
  'pg_basebackup',
  'pg_ctl',
)('PostgreSQL with a replica', () => {
  const { stage, join, pair } = stageOverPostgres();
  const { serve, polling } = stage;
  let primary: PostgresServer;
  let replica: PostgresReplica;
  let gate: Gate;
  beforeAll(async () => {
    primary = await startPostgresServer();
    replica = await startPostgresReplica(primary);
    gate = await openGate(primary.port);
  });
  afterAll(async () => {
    gate.close();
    await replica.remove();
    await primary.remove();
  });
  const atGate = () => primary.url().replace(String(primary.port), String(gate.port));

  describe.each(Object.keys(postgresPackages))('by %s', (name) => {
    it.each(['a replica', 'a session that only reads'])(
      'reads from %s what others share, polls by itself, and says once what it needs',
      async (place) => {
        const admin = new Pool({ connectionString: primary.url() });
        await pair(name, atGate());
        await admin.query('DROP ROLE IF EXISTS reader');
        await admin.query('CREATE ROLE reader LOGIN SUPERUSER');
        await admin.query('ALTER ROLE reader SET default_transaction_read_only = on');
        const { rows } = await admin.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
        await admin.end();
        const standby = new Pool({ connectionString: replica.url() });
        const arrived = () =>
          standby.query<{ is: boolean }>('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS is', [rows[0]!.lsn]);
        while (!(await arrived()).rows[0]!.is);
        await standby.end();

        stage.server.answer({ status: 500 });
        const shared = join(name, place === 'a replica' ? replica.url() : primary.url('reader'), undefined, {
          leaseMs: 300,
        });
        const client = polling(shared);
        await shows(client, 'hello');
        await role('alone', shared);
        serve('found alone', '"2"');
        await refresh(client);
        expect(await client.getValue('greeting', 'none')).toBe('found alone');
        const expected = /leads to a server that only reads.* to the primary\./;
        await stage.logged(client, expected);
        stage.expectOnce(expected);
      },
    );

    it('loses nothing by a failover, brings nothing back, and listens to the new primary', async () => {
      const { shares, first, second } = await pair(name, atGate(), undefined, { leaseMs: 1000 });
      const shown = [first, second].map((client) => {
        const values: string[] = [];
        client.flag$('greeting', 'none').subscribe((value) => values.push(value));
        return values;
      });
      serve('before', '"2"');
      await refresh(first);
      await shows(second, 'before');
      // At once: the replica may not have heard of that.
      await primary.stop();
      await Promise.all(shares.map((shared) => role('alone', shared)));
      serve('meanwhile', '"3"');
      await refresh(second);
      await replica.promote();
      gate.lead(replica.port);
      await shows(first, 'meanwhile');
      await Promise.all([role('leader', ...shares), role('follower', ...shares)]);
      serve('after', '"4"');
      await refresh(first);
      await shows(second, 'after');
      for (const values of shown) expect(values).toEqual(['hello', 'before', 'meanwhile', 'after']);
      const fallen = primary;
      primary = replica;
      await fallen.remove();
      replica = await startPostgresReplica(primary);
    });
  });
});
