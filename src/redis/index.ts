export type {
  IoRedisClient,
  IoRedisCluster,
  IoRedisClusterNode,
  IoRedisSubscriber,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisClusterNode,
  NodeRedisSentinel,
  NodeRedisSentinelSubscriber,
  NodeRedisSubscriber,
  RedisClient,
  RedisSubscriber,
} from './clients.js';
export type { FleetRole } from '../fleet/lease.js';
export type { Order } from '../fleet/engine.js';
export type { FleetMember, FleetOptions } from '../fleet/share.js';
export type { RedisShared, RedisSharedOptions } from './shared.js';
export { redisShared } from './shared.js';
