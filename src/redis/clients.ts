/** The members of a client of `ioredis` or `iovalkey` that this package calls. */
export interface IoRedisClient {
  call(command: string, args: string[]): Promise<unknown>;
  duplicate(override?: { readonly autoResubscribe?: boolean }): IoRedisSubscriber;
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
  duplicate(override?: { readonly autoResubscribe?: boolean }): IoRedisSubscriber;
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
