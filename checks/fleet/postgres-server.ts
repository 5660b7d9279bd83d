import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountWithoutRights, findProgram, freePort, written } from './programs';

/** A PostgreSQL on a free port of this computer, with a database and a user who are both called `postgres`. */
export interface PostgresServer {
  readonly port: number;
  /** The address of the database for a user, who needs no password. */
  url(user?: string): string;
  /** Ends the server at once, as when it crashes. */
  stop(): Promise<void>;
  /** Starts it again, on the same port, with what it had. */
  start(): Promise<void>;
  /** Ends it for good, with all that it had. */
  remove(): Promise<void>;
}

/** Settings of the server. What is lost when this computer fails is of no interest. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '16MB',
  lc_messages: 'C',
};

export async function startPostgresServer(): Promise<PostgresServer> {
  const port = await freePort();
  const account = accountWithoutRights();
  const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-postgres-'));
  if (account) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const options: SpawnOptions = { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...account };
  let child: ChildProcess | undefined;

  const server: PostgresServer = {
    port,
    url: (user = 'postgres') => `postgres://${user}@127.0.0.1:${port}/postgres`,
    start: async () => {
      const args = Object.entries({ port, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      child = spawn(findProgram('postgres')!, ['-D', data, ...args], options);
      await written(child, 'database system is ready to accept connections');
    },
    stop: async () => {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGQUIT');
      await ended;
    },
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  process.once('exit', () => {
    child?.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  });
  const initialisation = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await succeeded(spawn(findProgram('initdb')!, initialisation, options));
  await server.start();
  return server;
}

async function succeeded(child: ChildProcess): Promise<void> {
  const errors: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${child.spawnfile} has ended with code ${String(code)}.\n${errors.join('')}`);
}
