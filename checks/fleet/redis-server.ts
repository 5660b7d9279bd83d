import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';

/** A `redis-server` on a free port of this computer, which keeps nothing when it ends. */
export interface RedisServer {
  readonly port: number;
  /** Ends the server; everything in it is gone. */
  stop(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
}

/** Starts a server, with options of its command line beside those that all servers have here. */
export async function startRedisServer(...more: readonly string[]): Promise<RedisServer> {
  return startRedisProcess(await freePort(), ['--save', '', '--appendonly', 'no', ...more]);
}

/** Starts a `redis-server` of any kind on a port. */
export async function startRedisProcess(port: number, args: readonly string[]): Promise<RedisServer> {
  let child: ChildProcess | undefined;
  const kill = () => {
    child?.kill('SIGKILL');
  };
  const server: RedisServer = {
    port,
    start: async () => {
      process.once('exit', kill);
      child = spawn(
        'redis-server',
        [
          ...args.slice(0, isFile(args[0]) ? 1 : 0),
          '--port',
          String(port),
          '--bind',
          '127.0.0.1',
          ...args.slice(isFile(args[0]) ? 1 : 0),
        ],
        {
          cwd: tmpdir(),
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      await isReady(child);
    },
    stop: async () => {
      process.removeListener('exit', kill);
      if (child?.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
  await server.start();
  return server;
}

/** A configuration file comes before all options. */
function isFile(arg: string | undefined): boolean {
  return arg !== undefined && !arg.startsWith('--');
}

async function isReady(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`redis-server has ended with code ${String(code)}.`));
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (/Ready to accept connections|Sentinel ID is/.test(line)) resolve();
    });
  });
}

/** A port that nobody listens at, not above the given one. */
export async function freePort(highest = 65_535): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port > highest ? freePort(highest) : port;
}
