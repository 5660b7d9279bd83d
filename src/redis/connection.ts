import { Observable } from 'rxjs';

/** What is used of a client of the package `ioredis`. */
export interface IoRedisClient {
  call(command: string, args: string[]): Promise<unknown>;
  duplicate(): IoRedisSubscriber;
  readonly options?: { readonly keyPrefix?: string | undefined };
}

/** What is used of an `ioredis` connection that listens. */
export interface IoRedisSubscriber extends RedisSubscriber {
  subscribe(channel: string): Promise<unknown>;
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  on(event: string, listener: () => void): unknown;
  disconnect(): void;
}

/** What is used of a client of the package `redis` (node-redis). */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
  duplicate(): NodeRedisSubscriber;
}

/** What is used of a `redis` connection that listens. */
export interface NodeRedisSubscriber extends RedisSubscriber {
  subscribe(channel: string, listener: (message: string) => unknown): Promise<unknown>;
  destroy(): void;
}

/** What is used of a connection that listens, whatever its package. */
export interface RedisSubscriber {
  connect(): Promise<unknown>;
  on(event: string, listener: () => void): unknown;
}

/** A connected client of `ioredis` or `redis`, for Redis or Valkey. */
export type RedisClient = IoRedisClient | NodeRedisClient;

/**
 * What comes over a channel: a message; or that it is listened to (again), that the connection was lost, or why Redis does
 * not let anybody listen.
 */
export type Signal = 'listening' | 'lost' | { readonly message: string } | { readonly refusal: unknown };

/** The same two abilities from both packages. */
export interface Connection {
  /** What is put before all keys that are sent. */
  readonly keyPrefix: string;
  /** Sends a command; resolves with the reply. */
  readonly send: (command: string, ...args: string[]) => Promise<unknown>;
  /** Listens to a channel, on a connection of its own, which ends with the subscription. */
  readonly signals: (channel: string) => Observable<Signal>;
}

/**
 * @throws TypeError when it is a client of neither package.
 */
export function connectionOf(client: RedisClient): Connection {
  if (hasMethods(client, 'duplicate', 'call')) {
    const redis = client as IoRedisClient;
    return {
      keyPrefix: redis.options?.keyPrefix ?? '',
      send: (command, ...args) => redis.call(command, args),
      signals: (channel) =>
        listen(
          () => redis.duplicate(),
          (subscriber, hear) => {
            subscriber.on('message', (_, message) => hear(message));
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
      signals: (channel) =>
        listen(
          () => redis.duplicate(),
          (subscriber, hear) => ({
            subscribe: () => subscriber.subscribe(channel, hear),
            end: () => subscriber.destroy(),
          }),
        ),
    };
  }
  throw new TypeError('Invalid argument `client`. Expected a client of the package `ioredis` or `redis`.');
}

interface Listening {
  readonly subscribe: () => Promise<unknown>;
  readonly end: () => void;
}

function listen<S extends RedisSubscriber>(
  open: () => S,
  prepare: (subscriber: S, hear: (message: string) => void) => Listening,
): Observable<Signal> {
  return new Observable((observer) => {
    const subscriber = open();
    const { subscribe, end } = prepare(subscriber, (message) => {
      observer.next({ message });
    });
    const ignore = () => undefined;
    // Both packages reconnect by themselves. Without a listener `redis` would end the process, `ioredis` print a trace.
    subscriber.on('error', ignore);
    subscriber.on('reconnecting', () => {
      observer.next('lost');
    });
    // Both subscribe again by themselves, but only our own call tells when that has been done.
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
    // `ioredis` refuses where it connects by itself.
    subscriber.connect().catch(ignore);
    return () => {
      try {
        end();
      } catch {
        // It was closed already, which is all that is wanted.
      }
    };
  });
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown> | undefined)?.[name] === 'function');
}
