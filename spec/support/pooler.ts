import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresServer } from '../../checks/fleet/postgres-server';
import { accountWithoutRights, findProgram, freePort, written } from '../../checks/fleet/programs';

/** A `pgbouncer` on a free port of this computer. */
export interface Pooler {
  /** The address of the database behind it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a pooler before a server, which hands out connections for a session or for a transaction. */
export async function startPooler(server: PostgresServer, mode: 'session' | 'transaction'): Promise<Pooler> {
  const port = await freePort();
  const account = accountWithoutRights();
  const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-pgbouncer-'));
  const [settings, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'users.txt')];
  writeFileSync(users, '"postgres" ""\n');
  writeFileSync(
    settings,
    `[databases]
postgres = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = ${mode}
`,
  );
  if (account) for (const path of [folder, settings, users]) chownSync(path, account.uid, account.gid);
  const child = spawn(findProgram('pgbouncer')!, [settings], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...account,
  });
  const ended = once(child, 'exit');
  const end = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end);
  await written(child, /process up/);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      end();
      await ended;
    },
  };
}
