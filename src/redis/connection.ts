import type { Observable } from 'rxjs';
import type { ChannelEvent } from './listen.js';
import { listen } from './listen.js';
import type { ClusterNode } from './listen-in-cluster.js';
import { listenInCluster } from './listen-in-cluster.js';
import { listenBehindSentinels } from './listen-behind-sentinels.js';

/** The members of a client of `ioredis` or `iovalkey` that this package calls. */
export interface IoRedisClient {
  call(command: string, args: string[]): Promise<unknown>;
  duplicate(): IoRedisSubscriber;
  readonly options?: { readonly keyPrefix?: string | undefined };
}

/** The members of a `Cluster` of `ioredis` or `iovalkey` that this package calls. */
export interface IoRedisCluster {
  call(command: string, args: string[]): Promise<unknown>;
  duplicate(): unknown;
  nodes(role: 'master'): readonly IoRedisClusterNode[];
  readonly options?: {
    readonly keyPrefix?: string | undefined;
    readonly redisOptions?: { readonly keyPrefix?: string | undefined } | undefined;
  };
}

/** A node of a `Cluster` of `ioredis` or `iovalkey`. */
export interface IoRedisClusterNode {
  duplicate(): IoRedisSubscriber;
  readonly options: { readonly host?: string | undefined; readonly port?: number | undefined };
}

/** The members of an `ioredis` connection that this package subscribes with. */
export interface IoRedisSubscriber extends RedisSubscriber {
  subscribe(channel: string): Promise<unknown>;
  ssubscribe?(channel: string): Promise<unknown>;
  readonly options?: { readonly keyPrefix?: string | undefined };
  on(event: 'message' | 'smessage', listener: (channel: string, message: string) => void): unknown;
  on(event: string, listener: () => void): unknown;
  disconnect(): void;
}

/** The members of a client of the package `redis` (node-redis) that this package calls. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
  duplicate(): NodeRedisSubscriber;
}

/** The members of a cluster of the package `redis` (`createCluster()`) that this package calls. */
export interface NodeRedisCluster {
  sendCommand(firstKey: string | undefined, isReadonly: boolean | undefined, args: string[]): Promise<unknown>;
  readonly masters: readonly NodeRedisClusterNode[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- It takes what `masters` has, whose type is theirs.
  nodeClient(node: any): Promise<{ duplicate(): NodeRedisSubscriber }> | { duplicate(): NodeRedisSubscriber };
}

/** A node of a cluster of the package `redis`. */
export interface NodeRedisClusterNode {
  readonly address: string;
}

/** The members of a client behind sentinels of the package `redis` (`createSentinel()`) that this package calls. */
export interface NodeRedisSentinel {
  sendCommand(isReadonly: boolean | undefined, args: string[]): Promise<unknown>;
  duplicate(): NodeRedisSentinelSubscriber;
  getSentinelNode(): unknown;
}

/** The members of a client behind sentinels of the package `redis` that this package subscribes with. */
export interface NodeRedisSentinelSubscriber extends RedisSubscriber {
  subscribe(channel: string, listener: (message: string) => unknown): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: 'topology-change', listener: (event: { readonly type: string }) => void): unknown;
  on(event: string, listener: () => void): unknown;
  destroy(): Promise<unknown>;
}

/** The members of a `redis` connection that this package subscribes with. */
export interface NodeRedisSubscriber extends RedisSubscriber {
  subscribe(channel: string, listener: (message: string) => unknown): Promise<unknown>;
  sSubscribe?(channel: string, listener: (message: string) => unknown): Promise<unknown>;
  destroy(): void;
}

/** The members of a subscribing connection that all packages have. */
export interface RedisSubscriber {
  connect(): Promise<unknown>;
  on(event: string, listener: () => void): unknown;
}

/** A client of `ioredis`, `iovalkey` or `redis`: of one server, behind sentinels, or of a cluster. */
export type RedisClient = IoRedisClient | IoRedisCluster | NodeRedisClient | NodeRedisCluster | NodeRedisSentinel;

/** A connection to Redis, alike for all packages. */
export interface Connection {
  /** The prefix before each key in Redis. */
  readonly keyPrefix: string;
  /** Whether messages go through the part of a cluster alone that has a key of the name of their channel. */
  readonly isSharded: boolean;
  /** Sends a command whose keys are without the prefix; resolves with the reply. */
  readonly send: (command: string, ...args: string[]) => Promise<unknown>;
  /** Subscribes to a channel, on a connection of its own, which ends with the subscription. */
  readonly events: (channel: string) => Observable<ChannelEvent>;
}

/**
 * Wraps a client of any package.
 *
 * @throws TypeError when it is a client of none.
 */
export function connectionOf(client: RedisClient): Connection {
  if (isIoRedisCluster(client)) return ofIoRedisCluster(client);
  if (isIoRedis(client)) return ofIoRedis(client);
  if (isNodeRedisCluster(client)) return ofNodeRedisCluster(client);
  if (isNodeRedisSentinel(client)) return ofNodeRedisSentinel(client);
  if (isNodeRedis(client)) return ofNodeRedis(client);
  const expected = 'Expected a client of the package `ioredis`, `iovalkey` or `redis`, and no pool of them';
  throw new TypeError(`Invalid argument \`client\`. ${expected}.`);
}

// Their members are methods of prototypes, which is why no type says who has them.
const isIoRedisCluster = (client: object): client is IoRedisCluster => hasMethods(client, 'duplicate', 'call', 'nodes');
const isIoRedis = (client: object): client is IoRedisClient => hasMethods(client, 'duplicate', 'call');
const isNodeRedisCluster = (client: object): client is NodeRedisCluster =>
  hasMethods(client, 'sendCommand', 'nodeClient');
const isNodeRedisSentinel = (client: object): client is NodeRedisSentinel =>
  hasMethods(client, 'sendCommand', 'duplicate', 'getSentinelNode');
const isNodeRedis = (client: object): client is NodeRedisClient =>
  hasMethods(client, 'sendCommand', 'duplicate', 'subscribe');

function ofIoRedis(redis: IoRedisClient): Connection {
  return {
    keyPrefix: redis.options?.keyPrefix ?? '',
    isSharded: false,
    // Not all versions find the keys of a command in capitals.
    send: (command, ...args) => redis.call(command.toLowerCase(), args),
    events: (channel) =>
      listen(
        () => redis.duplicate(),
        (subscriber, onMessage) => {
          subscriber.on('message', (_, message) => onMessage(message));
          return { subscribe: () => subscriber.subscribe(channel), end: () => subscriber.disconnect() };
        },
      ),
  };
}

function ofIoRedisCluster(redis: IoRedisCluster): Connection {
  const keyPrefix = redis.options?.keyPrefix ?? redis.options?.redisOptions?.keyPrefix ?? '';
  const nodes = (): readonly ClusterNode[] =>
    redis.nodes('master').map((node) => ({
      address: `${node.options.host}:${node.options.port}`,
      open: async () => {
        const subscriber = node.duplicate();
        return Promise.resolve({
          subscriber,
          onMessage: (listener) => {
            for (const event of ['message', 'smessage'] as const)
              subscriber.on(event, (_, message) => listener(message));
          },
          subscribe: (channel) => subscriber.subscribe(keyPrefix + channel),
          // The package puts a prefix before what lies in a slot, if the node itself was given one.
          subscribeSharded: (channel) =>
            subscriber.ssubscribe?.((subscriber.options?.keyPrefix ? '' : keyPrefix) + channel),
          moved: 'moved',
          end: () => subscriber.disconnect(),
        });
      },
    }));
  return {
    keyPrefix,
    isSharded: true,
    // Not all versions find the keys of a command in capitals.
    send: (command, ...args) => redis.call(command.toLowerCase(), args),
    events: (channel) => listenInCluster(nodes, channel),
  };
}

function ofNodeRedis(redis: NodeRedisClient): Connection {
  const keyPrefix = keyPrefixOf(redis);
  return {
    keyPrefix,
    isSharded: false,
    send: (...command) => redis.sendCommand(withPrefix(command, keyPrefix)),
    events: (channel) =>
      listen(
        () => redis.duplicate(),
        (subscriber, onMessage) => ({
          subscribe: () => subscriber.subscribe(channel, onMessage),
          end: () => subscriber.destroy(),
        }),
      ),
  };
}

function ofNodeRedisCluster(redis: NodeRedisCluster): Connection {
  const keyPrefix = keyPrefixOf(redis);
  const nodes = (): readonly ClusterNode[] =>
    redis.masters.map((master) => ({
      address: master.address,
      open: async () => {
        const subscriber = (await redis.nodeClient(master)).duplicate();
        let onMessage: (message: string) => void = () => undefined;
        return {
          subscriber,
          onMessage: (listener) => {
            onMessage = listener;
          },
          subscribe: (channel) => subscriber.subscribe(keyPrefix + channel, (message) => onMessage(message)),
          subscribeSharded: (channel) => subscriber.sSubscribe?.(keyPrefix + channel, (message) => onMessage(message)),
          moved: 'sharded-channel-moved',
          end: () => subscriber.destroy(),
        };
      },
    }));
  return {
    keyPrefix,
    isSharded: true,
    send: (...command) => {
      const args = withPrefix(command, keyPrefix);
      return redis.sendCommand(keysOf(args)[0], false, args);
    },
    events: (channel) => listenInCluster(nodes, channel),
  };
}

function ofNodeRedisSentinel(redis: NodeRedisSentinel): Connection {
  const keyPrefix = keyPrefixOf(redis);
  return {
    keyPrefix,
    isSharded: false,
    send: (...command) => redis.sendCommand(false, withPrefix(command, keyPrefix)),
    events: (channel) => listenBehindSentinels(() => redis.duplicate(), channel),
  };
}

/** The prefix of keys that a client of `redis` was given, which its commands have and what is sent by hand lacks. */
function keyPrefixOf(redis: object): string {
  const { _keyPrefix: keyPrefix } = redis as { readonly _keyPrefix?: unknown };
  return typeof keyPrefix === 'string' ? keyPrefix : '';
}

/** Puts the prefix before the keys of a script; other commands that are sent have no keys but channels. */
function withPrefix(command: readonly string[], keyPrefix: string): string[] {
  const keys = keysOf(command).map((key) => keyPrefix + key);
  return keyPrefix ? [...command.slice(0, 3), ...keys, ...command.slice(3 + keys.length)] : [...command];
}

/** The keys of a script. */
function keysOf([name, , count = '0', ...args]: readonly string[]): readonly string[] {
  return name === 'EVAL' ? args.slice(0, Number(count)) : [];
}

function hasMethods(value: object, ...names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown> | undefined)?.[name] === 'function');
}
