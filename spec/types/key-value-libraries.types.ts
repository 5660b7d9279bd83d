/*
 * Programs that must compile: checked by `npm run typecheck`, never run.
 */
import type { Redis } from 'ioredis';
import Keyv from 'keyv';
import type { RedisClientType } from 'redis';
import { createStorage, prefixStorage } from 'unstorage';
import { keyValueCache } from '../../src/key-value';

declare const ioredis: Redis;
declare const nodeRedis: RedisClientType;

export function stores(): void {
  keyValueCache(new Keyv());
  keyValueCache(createStorage());
  keyValueCache(prefixStorage(createStorage(), 'flags'));
  keyValueCache(ioredis);
  keyValueCache(nodeRedis);
}
