import type { Observable } from 'rxjs';
import type {
  IoRedisClient,
  IoRedisCluster,
  IoRedisClusterNode,
  IoRedisSubscriber,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisClient,
} from './clients.js';
import type { ChannelEvent } from './listen.js';
import { listen } from './listen.js';
import type { ClusterNode } from './listen-in-cluster.js';
import { listenInCluster } from './listen-in-cluster.js';
import { listenBehindSentinels } from './listen-behind-sentinels.js';

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
        () => duplicateOf(redis),
        (subscriber, onMessage) => {
          subscriber.on('message', (_, message) => onMessage(message));
          return { subscribe: () => subscriber.subscribe(channel), end: () => subscriber.disconnect() };
        },
      ),
  };
}

/** Nobody handles what the package's own subscribing again rejects with when the connection is ended meanwhile. */
function duplicateOf(redis: IoRedisClient | IoRedisClusterNode): IoRedisSubscriber {
  return redis.duplicate({ autoResubscribe: false });
}

function ofIoRedisCluster(redis: IoRedisCluster): Connection {
  const keyPrefix = redis.options?.keyPrefix ?? redis.options?.redisOptions?.keyPrefix ?? '';
  const nodes = (): readonly ClusterNode[] =>
    redis.nodes('master').map((node) => ({
      address: `${node.options.host}:${node.options.port}`,
      open: async () => {
        const subscriber = duplicateOf(node);
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
