import type { SchedulerLike } from 'rxjs';
import { asyncScheduler } from 'rxjs';
import { requireDurationMs, requireType } from '../arguments.js';
import type { FleetMember } from '../fleet/share.js';
import { joinFleet } from '../fleet/share.js';
import type { RedisClient } from './connection.js';
import { connectionOf } from './connection.js';
import { redisEngine } from './engine.js';
import { guarded } from './guard.js';

/** Options of `redisShared()`. */
export interface RedisSharedOptions {
  /**
   * Separates fleets on one Redis that must not share configs, such as those of staging and production: each name has a
   * lease, an order and a channel of its own.
   *
   * @defaultValue the key prefix of the connection (`keyPrefix` of `ioredis`), or none
   */
  readonly name?: string;
  /**
   * How long the polling process may be silent before another takes over, in milliseconds, from 100; it renews its lease
   * three times in that time. Where that is no longer than the poll interval, the death of that process costs two
   * intervals at most.
   *
   * @defaultValue `10000`
   */
  readonly leaseMs?: number;
  /**
   * How long a process receives no announcement before it polls by itself, in milliseconds, from 100: announcements may be
   * lost. A polling process that has stored nothing for as long, because it cannot reach the server, gives the lease to
   * another. Set it to some poll intervals.
   *
   * @defaultValue `180000`
   */
  readonly maxSilenceMs?: number;
  /** Clock and timers, for tests in virtual time. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
  /** Numbers from 0 up to 1 that spread what processes would do at the same time. Default: `Math.random`. */
  readonly random?: () => number;
}

/** What makes a client one of a fleet: two of its options, and who it is. */
export type RedisShared = FleetMember;

const minMs = 100;
/** The longest time in milliseconds: half of it may be added, and timers beyond 31 bits would fire at once. */
const maxMs = 1_400_000_000;

/**
 * Makes processes that share a Redis (or Valkey) one fleet: a single one polls, and all of them have a new config a few
 * milliseconds after it. Who polls is decided by a lease in Redis, which passes on when its holder ends or dies. Each
 * lease has a higher number than the one before, and Redis refuses what is written under an older one: no process goes
 * back to an older config, whatever the clocks say and however long one of them was stopped. Without Redis every process
 * polls by itself, which is logged once (event 2200); when it is back, they find together again.
 *
 * Takes a connection of `ioredis` or `redis`, neither of which it loads. A second one, for listening, is made with
 * `client.duplicate()`; it ends, and the lease is given back, when the client is disposed. One call serves clients of one
 * SDK key.
 *
 * @throws TypeError or RangeError naming the argument or option that is wrong.
 * Source: protocol section 9.
 *
 * @example
 * const client = createClientWithAutoPoll(sdkKey, { ...redisShared(new Redis()) });
 */
export function redisShared(client: RedisClient, options: RedisSharedOptions = {}): RedisShared {
  const { leaseMs = 10_000, maxSilenceMs = 180_000, scheduler = asyncScheduler, random = Math.random } = options;
  requireDurationMs('options.leaseMs', leaseMs, minMs, maxMs);
  requireDurationMs('options.maxSilenceMs', maxSilenceMs, minMs, maxMs);
  const connection = connectionOf(client);
  const { keyPrefix } = connection;
  const { name = keyPrefix } = options;
  requireType('options.name', name, 'string');
  const send = guarded(connection.send, scheduler);
  return joinFleet({
    engineOf: (key) => redisEngine(send, connection, { key, keyPrefix, name }),
    leaseMs,
    maxSilenceMs,
    scheduler,
    random,
  });
}
