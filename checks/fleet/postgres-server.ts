import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/** A PostgreSQL that follows another one. */
export interface PostgresReplica extends PostgresServer {
  /** Makes it a primary of its own. */
  promote(): Promise<void>;
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

/** Starts a new server; with a key and a certificate one that is reached over TLS only. */
export async function startPostgresServer(tls?: {
  readonly key: string;
  readonly cert: string;
}): Promise<PostgresServer> {
  const place = createPlace();
  await place.run('initdb', '-D', place.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync');
  if (tls) {
    place.write('server.key', tls.key);
    place.write('server.crt', tls.cert);
    place.write('pg_hba.conf', 'hostssl all all 127.0.0.1/32 trust\n');
  }
  return startIn(place, tls ? { ssl: 'on' } : {});
}

/** Starts a server that follows another one by streaming, and serves those who only read. Needs `pg_basebackup`. */
export async function startPostgresReplica(primary: PostgresServer): Promise<PostgresReplica> {
  const place = createPlace();
  const { data, run } = place;
  await run('pg_basebackup', '-D', data, '-d', primary.url(), '-R', '-X', 'stream', '-c', 'fast', '--no-sync');
  const server = await startIn(place);
  return { ...server, promote: () => run('pg_ctl', 'promote', '-w', '-D', data) };
}

/** A folder for the data of one server. */
interface Place {
  readonly folder: string;
  readonly data: string;
  readonly options: SpawnOptions;
  /** Runs a program of PostgreSQL to its end. */
  readonly run: (program: string, ...args: readonly string[]) => Promise<void>;
  /** Writes a file into the data that nobody else can read. */
  readonly write: (name: string, text: string) => void;
}

function createPlace(): Place {
  const account = accountWithoutRights();
  const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-postgres-'));
  if (account) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const options: SpawnOptions = { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...account };
  return {
    folder,
    data,
    options,
    run: (program, ...args) => succeeded(spawn(findProgram(program)!, args, options)),
    write: (name, text) => {
      const path = join(data, name);
      writeFileSync(path, text);
      chmodSync(path, 0o600);
      if (account) chownSync(path, account.uid, account.gid);
    },
  };
}

async function startIn({ folder, data, options }: Place, extra: Record<string, string> = {}): Promise<PostgresServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;

  const server: PostgresServer = {
    port,
    url: (user = 'postgres') => `postgres://${user}@127.0.0.1:${port}/postgres`,
    start: async () => {
      const all = { port, ...settings, ...extra };
      const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      child = spawn(findProgram('postgres')!, ['-D', data, ...args], options);
      await written(child, / ready to accept (read-only )?connections/);
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
  await server.start();
  return server;
}

async function succeeded(child: ChildProcess): Promise<void> {
  const errors: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${child.spawnfile} has ended with code ${String(code)}.\n${errors.join('')}`);
}
