/*
 * What fleets share an entry through: for each engine its servers, and how a process joins by each client package.
 */
import type { FleetMember, FleetOptions } from 'configcat-rx/fleet';
import { postgresShared } from 'configcat-rx/postgres';
import type { RedisClient } from 'configcat-rx/redis';
import { redisShared } from 'configcat-rx/redis';
import { Cluster, Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { Pool } from 'pg';
import postgres from 'postgres';
import { createClient, createCluster, createSentinel } from 'redis';
import { startPostgresServer } from './postgres-server';
import { findProgram } from './programs';
import { startRedisServer, startValkeyServer } from './redis-server';
import { masterName, startCluster, startSentinels } from './redis-topologies';

/** The servers of an engine. */
export interface FleetServers {
  /** Where clients begin. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
  /** Starts what was stopped; absent where several servers stand in for each other. */
  start?(): Promise<void>;
  /** Ends the server that has a key, and waits until another one has it; absent where there is no other. */
  failOver?(key: string): Promise<void>;
}

/** Joins a fleet by one client package. */
type Join = (ports: readonly number[], options: FleetOptions) => FleetMember | Promise<FleetMember>;

export interface FleetEngine {
  /** A program without which there is no server. */
  readonly program: string;
  readonly start: () => Promise<FleetServers>;
  /** By client package: processes take them in turn. */
  readonly join: Readonly<Record<string, Join>>;
}

const host = '127.0.0.1';
// Servers come and go here; what that means for flags is what counts.
const ignore = () => undefined;
const nodes = (ports: readonly number[]) => ports.map((port) => ({ host, port }));
const at = ([port = 0]: readonly number[]) => ({ host, port });

/** A client that says what went wrong; nobody would be told otherwise, and the process would end. */
type Client = RedisClient & { on(event: 'error', listener: () => void): unknown };

/** Shares through a client that connects by itself. */
function by(open: (ports: readonly number[]) => Client): Join {
  return (ports, options) => {
    const client = open(ports);
    client.on('error', ignore);
    return redisShared(client, options);
  };
}

/** Shares through a client that has to be connected. */
function byConnected(open: (ports: readonly number[]) => Client & { connect(): Promise<unknown> }): Join {
  return async (ports, options) => {
    const client = open(ports);
    client.on('error', ignore);
    await client.connect();
    return redisShared(client, options);
  };
}

const nodeRedis = byConnected((ports) => createClient({ socket: at(ports) }));

export const engines: Readonly<Record<string, FleetEngine>> = {
  redis: {
    program: 'redis-server',
    start: async () => withPorts(await startRedisServer()),
    join: { ioredis: by((ports) => new Redis(at(ports))), redis: nodeRedis },
  },
  sentinel: {
    program: 'redis-server',
    start: startSentinels,
    join: {
      ioredis: by((ports) => new Redis({ sentinels: nodes(ports), name: masterName })),
      redis: byConnected((ports) => createSentinel({ sentinelRootNodes: nodes(ports), name: masterName })),
    },
  },
  cluster: {
    program: 'redis-server',
    start: startCluster,
    join: {
      ioredis: by((ports) => new Cluster(nodes(ports))),
      redis: byConnected((ports) => createCluster({ rootNodes: nodes(ports).map((socket) => ({ socket })) })),
    },
  },
  valkey: {
    program: 'valkey-server',
    start: async () => withPorts(await startValkeyServer()),
    join: { iovalkey: by((ports) => new Valkey(at(ports))), redis: nodeRedis },
  },
  postgres: {
    program: 'postgres',
    start: async () => withPorts(await startPostgresServer()),
    join: {
      pg: (ports, options) =>
        postgresShared(new Pool({ ...at(ports), user: 'postgres', max: 2 }).on('error', ignore), options),
      postgres: (ports, options) =>
        postgresShared(postgres({ ...at(ports), user: 'postgres', max: 2, onnotice: ignore }), options),
    },
  },
};

/** Starts the servers of an engine; rejects with what is missing. */
export async function startEngine(name: string): Promise<FleetServers> {
  const engine = engines[name];
  if (!engine) throw new Error(`There is no engine '${name}', but ${Object.keys(engines).join(', ')}.`);
  if (!findProgram(engine.program)) {
    throw new Error(`The engine '${name}' needs ${engine.program}, which is not installed here.`);
  }
  return engine.start();
}

function withPorts<S extends { readonly port: number }>(server: S): S & { readonly ports: readonly number[] } {
  return Object.assign(server, { ports: [server.port] });
}
