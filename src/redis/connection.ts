import { Observable } from 'rxjs';

/** The members of an `ioredis` client that this package calls. */
export interface IoRedisClient {
  call(command: string, args: string[]): Promise<unknown>;
  duplicate(): IoRedisSubscriber;
  readonly options?: { readonly keyPrefix?: string | undefined };
}

/** The members of an `ioredis` connection that this package subscribes with. */
export interface IoRedisSubscriber extends RedisSubscriber {
  subscribe(channel: string): Promise<unknown>;
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  on(event: string, listener: () => void): unknown;
  disconnect(): void;
}

/** The members of a client of the package `redis` (node-redis) that this package calls. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
  duplicate(): NodeRedisSubscriber;
}

/** The members of a `redis` connection that this package subscribes with. */
export interface NodeRedisSubscriber extends RedisSubscriber {
  subscribe(channel: string, listener: (message: string) => unknown): Promise<unknown>;
  destroy(): void;
}

/** The members of a subscribing connection that both packages have. */
export interface RedisSubscriber {
  connect(): Promise<unknown>;
  on(event: string, listener: () => void): unknown;
}

/** A connected client of `ioredis` or `redis`, for Redis or Valkey. */
export type RedisClient = IoRedisClient | NodeRedisClient;

/**
 * An event of a subscription to a channel: a message; the subscription began (again); the connection was lost; or Redis
 * refused the subscription, and why.
 */
export type ChannelEvent = 'listening' | 'lost' | { readonly message: string } | { readonly refusal: unknown };

/** A connection to Redis, alike for both packages. */
export interface Connection {
  /** The prefix that the package puts before each key it sends. */
  readonly keyPrefix: string;
  /** Sends a command; resolves with the reply. */
  readonly send: (command: string, ...args: string[]) => Promise<unknown>;
  /** Subscribes to a channel, on a connection of its own, which ends with the subscription. */
  readonly events: (channel: string) => Observable<ChannelEvent>;
}

/**
 * Wraps a client of either package.
 *
 * @throws TypeError when it is a client of neither package.
 */
export function connectionOf(client: RedisClient): Connection {
  if (hasMethods(client, 'duplicate', 'call')) {
    const redis = client as IoRedisClient;
    return {
      keyPrefix: redis.options?.keyPrefix ?? '',
      send: (command, ...args) => redis.call(command, args),
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
  if (hasMethods(client, 'duplicate', 'sendCommand')) {
    const redis = client as NodeRedisClient;
    return {
      keyPrefix: '',
      send: (...args) => redis.sendCommand(args),
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
  throw new TypeError('Invalid argument `client`. Expected a client of the package `ioredis` or `redis`.');
}

/** The two calls that differ between the packages. */
interface SubscriberCalls {
  readonly subscribe: () => Promise<unknown>;
  readonly end: () => void;
}

function listen<S extends RedisSubscriber>(
  open: () => S,
  prepare: (subscriber: S, onMessage: (message: string) => void) => SubscriberCalls,
): Observable<ChannelEvent> {
  return new Observable((observer) => {
    const subscriber = open();
    const { subscribe, end } = prepare(subscriber, (message) => {
      observer.next({ message });
    });
    const ignore = () => undefined;
    // Both packages reconnect by themselves. Without an error listener `redis` would end the process, `ioredis` print a trace.
    subscriber.on('error', ignore);
    subscriber.on('reconnecting', () => {
      observer.next('lost');
    });
    // Both packages also subscribe again by themselves, but only a call of ours says when that is done.
    subscriber.on('ready', () => {
      subscribe().then(
        () => {
          observer.next('listening');
        },
        (refusal: unknown) => {
          observer.next({ refusal });
        },
      );
    });
    // `ioredis` rejects this call when it already connects by itself.
    subscriber.connect().catch(ignore);
    return () => {
      try {
        end();
      } catch {
        // The connection was closed already.
      }
    };
  });
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown> | undefined)?.[name] === 'function');
}
