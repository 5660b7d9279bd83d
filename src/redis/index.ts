export type {
  IoRedisClient,
  IoRedisSubscriber,
  NodeRedisClient,
  NodeRedisSubscriber,
  RedisClient,
  RedisSubscriber,
} from './connection.js';
export type { FleetRole } from './lease.js';
export type { RedisShared, RedisSharedOptions } from './shared.js';
export { redisShared } from './shared.js';
