import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import type { RedisServer } from './redis-server';
import { freePort } from './programs';
import { startRedisProcess, startRedisServer } from './redis-server';

/** Servers that stand in for each other. */
export interface RedisTopology {
  /** Where clients begin: sentinels, or nodes of a cluster. */
  readonly ports: readonly number[];
  /** Ends the server that has a key, and waits until another one has it. */
  failOver(key: string): Promise<void>;
  stop(): Promise<void>;
}

/** The name under which the sentinels know their master. */
export const masterName = 'fleet';

const localhost = '127.0.0.1';

/** A master, two replicas and three sentinels. */
export async function startSentinels(): Promise<RedisTopology> {
  const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-sentinels-'));
  const master = await startRedisServer();
  const replicaOf = ['--replicaof', `${localhost} ${master.port}`, '--repl-diskless-sync-delay', '0'];
  const replicas = await Promise.all([1, 2].map(() => startRedisServer(...replicaOf)));
  const servers = [master, ...replicas];
  await Promise.all(
    replicas.map(({ port }) => until(port, 'INFO', 'replication', (info) => info.includes('link_status:up'))),
  );
  const sentinels = await Promise.all(
    [1, 2, 3].map(async (number) => {
      const file = join(folder, `sentinel-${number}.conf`);
      writeFileSync(
        file,
        `sentinel monitor ${masterName} ${localhost} ${master.port} 2
sentinel down-after-milliseconds ${masterName} 500
sentinel failover-timeout ${masterName} 3000
`,
      );
      return startRedisProcess(await freePort(), [file, '--sentinel']);
    }),
  );
  const ports = sentinels.map(({ port }) => port);
  // They have to know each other and the replicas.
  const isComplete = (text: string) => text.includes('num-slaves\n2') && text.includes('num-other-sentinels\n2');
  await Promise.all(ports.map((port) => until(port, 'SENTINEL', 'MASTER', masterName, isComplete)));
  const masterPort = async () =>
    Number((await ask(ports[0]!, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName)).split('\n')[1]);
  return {
    ports,
    failOver: async () => {
      const before = await masterPort();
      await servers.find(({ port }) => port === before)?.stop();
      while ((await masterPort()) === before) await delay(50);
    },
    stop: async () => {
      await Promise.all([...sentinels, ...servers].map((server) => server.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Three masters with a replica each. */
export async function startCluster(): Promise<RedisTopology> {
  const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-cluster-'));
  const nodes: RedisServer[] = [];
  for (let i = 0; i < 6; i++) {
    // The nodes speak to each other at a port that is 10,000 higher.
    const port = await freePort(55_535);
    const own = ['--dir', folder, '--cluster-config-file', `nodes-${port}.conf`, '--repl-diskless-sync-delay', '0'];
    nodes.push(
      await startRedisProcess(port, [
        ...['--save', '', '--appendonly', 'no', '--cluster-enabled', 'yes', '--cluster-node-timeout', '1000'],
        ...own,
      ]),
    );
  }
  const ports = nodes.map(({ port }) => port);
  const addresses = ports.map((port) => `${localhost}:${port}`);
  const create = ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'];
  await promisify(execFile)('redis-cli', create);
  for (const port of ports) {
    await until(port, 'CLUSTER', 'INFO', (info) => info.includes('cluster_state:ok'));
    await until(port, 'INFO', 'replication', (info) => info.includes('role:master') || info.includes('link_status:up'));
  }
  const living = new Set(nodes);
  /** The port of the master that has a key, as one of the living sees it. */
  const portOf = async (key: string) => {
    const [{ port }] = [...living] as [RedisServer];
    const slot = Number(await ask(port, 'CLUSTER', 'KEYSLOT', key));
    const nodesText = await ask(port, 'CLUSTER', 'NODES');
    const line = nodesText.split('\n').find((text) => / (?:myself,)?master /.test(text) && hasSlot(text, slot));
    return Number(/:(\d+)@/.exec(line ?? '')?.[1]);
  };
  return {
    ports,
    failOver: async (key) => {
      const before = await portOf(key);
      const node = nodes.find(({ port }) => port === before)!;
      living.delete(node);
      await node.stop();
      while ((await portOf(key)) === before) await delay(50);
      for (const { port } of living) await until(port, 'CLUSTER', 'INFO', (info) => info.includes('cluster_state:ok'));
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hasSlot(line: string, slot: number): boolean {
  return line
    .split(' ')
    .slice(8)
    .some((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return slot >= first! && slot <= last!;
    });
}

/** Asks a server until the answer is what is waited for. */
async function until(port: number, ...command: [...string[], (answer: string) => boolean]): Promise<void> {
  const isDone = command.at(-1) as (answer: string) => boolean;
  const args = command.slice(0, -1) as string[];
  while (!isDone(await ask(port, ...(args as [string])))) await delay(50);
}

/** Sends one command; resolves with the reply as text, one line for each part. */
async function ask(port: number, command: string, ...args: string[]): Promise<string> {
  const redis = new Redis({ host: localhost, port, retryStrategy: () => null }).on('error', () => undefined);
  try {
    return textOf(await redis.call(command, args));
  } finally {
    redis.disconnect();
  }
}

function textOf(reply: unknown): string {
  return Array.isArray(reply) ? reply.map(textOf).join('\n') : String(reply);
}
