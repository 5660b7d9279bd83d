import { readFileSync } from 'node:fs';
import { Pool } from 'pg';
import postgres from 'postgres';
import type { Subscription } from 'rxjs';
import { asyncScheduler, filter, firstValueFrom } from 'rxjs';
import type { PostgresServer } from '../../checks/fleet/postgres-server';
import { startPostgresServer } from '../../checks/fleet/postgres-server';
import type { PostgresClient } from '../../src/postgres/connection';
import { connectionOf } from '../../src/postgres/connection';
import type { PostgresPlace } from '../../src/postgres/engine';
import { channelOf, notificationOf, postgresEngine } from '../../src/postgres/engine';
import { creationOf, tableOf, withTable } from '../../src/postgres/table';
import { specifyEngines } from '../support/engine-contract';
import { part } from '../support/part';

const plain: PostgresPlace = { table: tableOf('configcat_rx'), key: 'key', name: '' };
/** Texts that would end a name or a literal, or be longer than a name may be. */
const hostile: PostgresPlace = {
  table: tableOf(`flags"; DROP TABLE 'x' --.${'ü'.repeat(31)}"`),
  key: `'; DROP TABLE "x"; -- ${'k'.repeat(300)} \\ $1`,
  name: `"'\n\\ ${'n'.repeat(300)}`,
};

part('postgres', 'initdb')('engines in PostgreSQL', () => {
  let server: PostgresServer;
  let admin: Pool;

  beforeAll(async () => {
    server = await startPostgresServer();
    admin = new Pool({ connectionString: server.url() });
    await admin.query('CREATE ROLE serial LOGIN SUPERUSER');
    await admin.query("ALTER ROLE serial SET default_transaction_isolation = 'serializable'");
    await admin.query(`CREATE SCHEMA ${hostile.table.sql.split('.')[0]!}`);
  });

  afterAll(async () => {
    await admin.end();
    await server.remove();
  });

  /** A client, and how it is ended. */
  type Connect = () => readonly [client: PostgresClient, end: () => Promise<unknown>];
  const byPg = (user?: string): ReturnType<Connect> => {
    const client = new Pool({ connectionString: server.url(user) });
    return [client, () => client.end()];
  };
  const byPostgres: Connect = () => {
    const client = postgres(server.url(), { fetch_types: false });
    return [client, () => client.end({ timeout: 0 })];
  };
  const engineOf = (client: PostgresClient, place: PostgresPlace) => {
    const connection = connectionOf('client', client);
    const timing = { scheduler: asyncScheduler, random: Math.random };
    return postgresEngine(withTable(connection.query, place.table), connection, place, timing);
  };
  const open = async (connect: Connect, place: PostgresPlace) => {
    const { table, key, name } = place;
    const ends: (() => Promise<unknown>)[] = [];
    const openOne = () => {
      const [client, end] = connect();
      ends.push(end);
      return engineOf(client, place);
    };
    await admin.query(`DROP TABLE IF EXISTS ${table.sql}`);
    return {
      engine: openOne(),
      openAnother: openOne,
      storeForeign: (text: string) =>
        withTable(connectionOf('client', admin).query, table)(
          `INSERT INTO ${table.sql} (key, name, payload) VALUES ($1, $2, $3)
          ON CONFLICT (key, name) DO UPDATE SET payload = excluded.payload`,
          [key, name, text],
        ),
      forget: () => admin.query(`DROP TABLE IF EXISTS ${table.sql}`),
      close: () => Promise.all(ends.map((end) => end())),
    };
  };

  specifyEngines({
    'PostgreSQL, by pg': () => open(byPg, plain),
    'PostgreSQL, by postgres': () => open(byPostgres, { ...plain, table: tableOf('configcat_rx_2') }),
    'PostgreSQL, by pg, whose transactions are serializable': () =>
      open(() => byPg('serial'), { ...plain, table: tableOf('configcat_rx_3') }),
    'PostgreSQL, by postgres, under hostile names': () => open(byPostgres, hostile),
  });

  it('grants no number twice after a failover to a replica that had not heard of it', async () => {
    const { engine, openAnother, close } = await open(byPg, plain);
    const { fence: known } = await engine.lease('a', 60_000, { aboveFence: 0 });
    const { fence: lost } = await engine.lease('a', 60_000, { aboveFence: 0 });
    await admin.query('UPDATE configcat_rx SET granted = $1, owner = NULL, until = NULL', [known]);
    await new Promise((resolve) => setTimeout(resolve, 3));
    const { fence } = await openAnother().lease('b', 60_000, { aboveFence: 0 });
    await close();
    expect(fence).toBeGreaterThan(lost!);
  });

  it('cuts announcements that are too long for PostgreSQL after their first line', async () => {
    const { engine, close } = await open(byPg, plain);
    const received: string[] = [];
    const listening: Subscription = engine.listen().subscribe((message) => received.push(message));
    await firstValueFrom(engine.alive$.pipe(filter((state) => state === true)));
    const { fence } = await engine.lease('a', 60_000, { aboveFence: 0 });
    const fits = `head\n${'x'.repeat(7993)}`;
    const exceeds = `head\nä${'x'.repeat(7992)}`;
    await engine.write('1', { fence: fence!, counter: 1 }, fits);
    await engine.write('2', { fence: fence!, counter: 2 }, exceeds);
    await engine.announce('last');
    while (received.at(-1) !== 'last') await new Promise((resolve) => setImmediate(resolve));
    expect(received).toEqual([fits, 'head', 'last']);
    listening.unsubscribe();
    await close();
  });
});

describe('the names of a fleet in PostgreSQL', () => {
  it('has a channel for each table, key and name, none longer than PostgreSQL takes', () => {
    const places = [
      plain,
      { ...plain, name: 'a' },
      { ...plain, key: 'key,a' },
      { ...plain, key: 'a', name: 'key' },
      { ...plain, table: tableOf('public.configcat_rx') },
      hostile,
    ];
    const channels = places.map(channelOf);
    expect(new Set(channels).size).toBe(places.length);
    for (const channel of channels) expect(channel).toMatch(/^[a-z0-9_]{1,63}$/);
  });

  it('leaves short announcements whole', () => {
    expect(notificationOf('head\ntail')).toBe('!head\ntail');
  });

  it('creates the table that the guide shows', () => {
    const guide = readFileSync('docs/sharing.md', 'utf8');
    const [, statement] = /```sql\n(CREATE TABLE [^;]+);/.exec(guide) ?? [];
    expect(statement).toBe(creationOf(plain.table).replaceAll('"', ''));
  });
});
