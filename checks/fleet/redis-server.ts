import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './programs';

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

/** Starts a `valkey-server`, which takes the same options. */
export async function startValkeyServer(): Promise<RedisServer> {
  return startRedisProcess(await freePort(), ['--save', '', '--appendonly', 'no'], 'valkey-server');
}

/**
 * Starts a server of any kind on a port.
 *
 * @param args - options, and in front of them the path of a configuration file, if there is one.
 */
export async function startRedisProcess(
  port: number,
  args: readonly string[],
  program = 'redis-server',
): Promise<RedisServer> {
  let child: ChildProcess | undefined;
  let folder = '';
  const kill = () => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  const server: RedisServer = {
    port,
    start: async () => {
      process.once('exit', kill);
      const file = args.slice(0, args[0]?.startsWith('--') ? 0 : 1);
      const options = ['--port', String(port), '--bind', '127.0.0.1', ...args.slice(file.length)];
      // Replicas write down what their master has, and whoever started where such a file is would begin with it.
      folder = mkdtempSync(join(tmpdir(), 'configcat-rx-redis-'));
      child = spawn(program, [...file, ...options], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
      await isReady(child);
    },
    stop: async () => {
      process.removeListener('exit', kill);
      if (child?.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
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
