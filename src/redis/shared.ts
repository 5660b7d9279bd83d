import { asyncScheduler } from 'rxjs';
import { requireType } from '../arguments.js';
import { guarded } from '../fleet/guard.js';
import type { FleetMember, FleetOptions } from '../fleet/share.js';
import { joinFleet } from '../fleet/share.js';
import type { RedisClient } from './clients.js';
import { connectionOf } from './connection.js';
import { redisEngine } from './engine.js';
import { namingRefused, toFailure } from './failure.js';

/** Options of `redisShared()`. */
export interface RedisSharedOptions extends FleetOptions {
  /**
   * Separates fleets on one Redis that must not share configs, such as those of staging and production: each name has a
   * lease, an order and a channel of its own.
   *
   * @defaultValue the key prefix of the connection (`keyPrefix` of `ioredis`), or none
   */
  readonly name?: string;
}

/** What makes a client one of a fleet: two of its options, and who it is. */
export type RedisShared = FleetMember;

/**
 * Makes processes that share a Redis (or Valkey) one fleet: a single one polls, and all of them have a new config a few
 * milliseconds after it. Who polls is decided by a lease in Redis, which passes on when its holder ends or dies. Each
 * lease has a higher number than the one before, and Redis refuses what is written under an older one: no process goes
 * back to an older config, whatever the clocks say and however long one of them was stopped. Without Redis every process
 * polls by itself, which is logged once (event 2200); when it is back, they find together again.
 *
 * Takes a client of `ioredis`, `iovalkey` or `redis`, none of which it loads: of one server, behind sentinels, or of a
 * cluster. Another connection, for listening, is made from it; it ends, and the lease is given back, when the client is
 * disposed. One call serves clients of one SDK key.
 *
 * @throws TypeError or RangeError naming the argument or option that is wrong.
 * Source: protocol section 9.
 *
 * @example
 * const client = createClientWithAutoPoll(sdkKey, { ...redisShared(new Redis()) });
 */
export function redisShared(client: RedisClient, options: RedisSharedOptions = {}): RedisShared {
  const connection = connectionOf(client);
  const { keyPrefix } = connection;
  const { name = keyPrefix, ...fleetOptions } = options;
  requireType('options.name', name, 'string');
  const send = guarded(namingRefused(connection.send), toFailure, options.scheduler ?? asyncScheduler);
  return joinFleet((key) => redisEngine(send, connection, { key, keyPrefix, name }), fleetOptions);
}
