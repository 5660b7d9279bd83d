import { Pool } from 'pg';
import type { Gate } from '../../checks/fleet/gate';
import { openGate } from '../../checks/fleet/gate';
import type { PostgresServer } from '../../checks/fleet/postgres-server';
import { startPostgresServer } from '../../checks/fleet/postgres-server';
import { postgresShared } from '../../src/postgres/index';
import { refresh, role, shows, stageOfFleets } from '../support/fleet-stage';
import { part } from '../support/part';
import { postgresPackages } from '../support/postgres-clients';

part('postgres', 'initdb')('a fleet over PostgreSQL', () => {
  const stage = stageOfFleets();
  const { serve, polling, clients } = stage;
  let server: PostgresServer;
  let gate: Gate;
  beforeAll(async () => {
    server = await startPostgresServer();
    gate = await openGate(server.port);
  });
  afterAll(async () => {
    gate.close();
    await server.remove();
  });

  it('has one leader, takes another when that is cut off, and refuses what the former one then writes', async () => {
    const ways = [gate.port, ...Array<number>(5).fill(server.port)].map((port, i) => {
      const [, open] = Object.entries(postgresPackages)[i % 2]!;
      return open(server.url().replace(String(server.port), String(port)));
    });
    const shares = ways.map(({ client }) => postgresShared(client, { leaseMs: 1000 }));
    const [cutOff, ...others] = shares;
    const first = polling(cutOff!);
    await role('leader', cutOff!);
    await shows(first, 'hello');
    const followers = others.map(polling);
    await Promise.all(others.map((shared) => role('follower', shared)));
    await Promise.all(followers.map((client) => shows(client, 'hello')));
    // A process that is not answered within a third of its lease, as on a busy computer, asks for itself.
    expect(stage.server.requests.length).toBeLessThan(shares.length);

    const shown: string[] = [];
    for (const client of followers) client.flag$('greeting', 'none').subscribe((value) => shown.push(value));
    gate.block();
    serve('of the former leader', '"2"');
    await refresh(first);
    expect(await first.getValue('greeting', 'none')).toBe('of the former leader');
    await role('leader', ...others);
    await role('alone', cutOff!);
    serve('new', '"3"');
    await refresh(followers[0]!);
    await Promise.all(followers.map((client) => shows(client, 'new')));
    // What it has sent meanwhile arrives now.
    gate.open();
    await role('follower', cutOff!);
    await shows(first, 'new');
    expect(new Set(shown)).toEqual(new Set(['hello', 'new']));
    const admin = new Pool({ connectionString: server.url() });
    const { rows } = await admin.query<{ payload: string }>('SELECT payload FROM configcat_rx');
    expect(rows.map(({ payload }) => payload.includes('new'))).toEqual([true]);

    for (const client of clients.splice(0)) client.dispose();
    await admin.end();
    await Promise.all(ways.map(({ end }) => end()));
  });
});
