import type { Observable, SchedulerLike } from 'rxjs';
import {
  ReplaySubject,
  asyncScheduler,
  combineLatest,
  distinctUntilChanged,
  filter,
  map,
  share,
  startWith,
  switchMap,
  tap,
  timer,
} from 'rxjs';
import { requireDurationMs } from '../arguments.js';
import type { ConfigCache } from '../index.js';
import type { RedisClient } from './connection.js';
import { connectionOf } from './connection.js';
import { guarded } from './guard.js';
import type { FleetRole } from './lease.js';
import { leaseRoles, released } from './lease.js';
import { channelOf, openShelf } from './shelf.js';

/** How a fleet shares one Redis. */
export interface RedisSharedOptions {
  /**
   * How long the polling process may be silent before another takes over, in milliseconds, from 100; it renews its lease
   * three times in that time. Where that is no longer than the poll interval, the death of that process costs two
   * intervals at most.
   *
   * @defaultValue `10000`
   */
  readonly leaseMs?: number;
  /**
   * How long a process goes without news before it polls by itself, in milliseconds, from 100: a net under the
   * announcements, and under a polling process that cannot reach the server. Some poll intervals.
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
export interface RedisShared {
  /** The shared cache, under the key and in the format of all ConfigCat SDKs. */
  readonly cache: ConfigCache & { readonly changes$: Observable<unknown> };
  /** The gate of auto polling: `false` while another process polls for this one. */
  readonly pollWhile$: Observable<boolean>;
  /** Who polls, who is told, who is on its own; replays the current role. Never errors. */
  readonly role$: Observable<FleetRole>;
}

/** How long a process without any config waits for the polling one to fetch it. */
const firstSilenceMs = 2000;
const minMs = 100;
/** A silence may be half as long again, and longer timers would fire at once. */
const maxMs = 1_400_000_000;

/**
 * Makes processes that share a Redis (or Valkey) one fleet: a single one polls, and all of them have a new config a few
 * milliseconds after it. Who polls is decided by a lease in Redis, which passes on when its holder ends or dies. Without
 * Redis every process polls by itself, which is logged once (event 2200); when it is back, they find together again.
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
  const send = guarded(connection.send, scheduler);
  const shelf = openShelf(send);
  const { get, set, key$, news$ } = shelf;

  const signal$ = key$.pipe(
    switchMap((key) => connection.signals(channelOf(key))),
    map((signal) => ({
      isLost: signal === 'lost',
      isWaking: typeof signal === 'string' || signal.message === released,
      // Whatever was announced before somebody listened was missed.
      isNews: typeof signal === 'string' ? signal === 'listening' : shelf.hear(signal.message),
    })),
    // Connected for as long as a client, or whoever watches the role, is there.
    share(),
  );
  const lease$ = key$.pipe(
    switchMap((key) => {
      const lease = { leaseKey: `${channelOf(key)}:lease`, channel: channelOf(key), holder: crypto.randomUUID() };
      const wake$ = signal$.pipe(filter(({ isWaking }) => isWaking));
      return leaseRoles({ ...lease, send, leaseMs, random, scheduler }, wake$);
    }),
    tap(({ role, error }) => {
      shelf.went(error);
      shelf.lead(role === 'leader');
    }),
    map(({ role }) => role),
  );
  const isForgotten$ = news$.pipe(
    startWith(undefined),
    switchMap(() =>
      timer((shelf.isEmpty() ? firstSilenceMs : maxSilenceMs) * (1 + random() / 2), scheduler).pipe(
        map(() => true),
        startWith(false),
      ),
    ),
  );
  // Who does not listen is not told; that Redis is reached again over the other connection does not change it.
  const isDeaf$ = signal$.pipe(
    map(({ isLost }) => isLost),
    startWith(false),
  );
  const role$ = combineLatest([lease$, isForgotten$, isDeaf$]).pipe(
    map(([role, isForgotten, isDeaf]): FleetRole => (role === 'follower' && (isForgotten || isDeaf) ? 'alone' : role)),
    distinctUntilChanged(),
    // Takes part in the lease for as long as somebody watches.
    share({ connector: () => new ReplaySubject(1) }),
  );
  return {
    cache: { get, set, changes$: signal$.pipe(filter(({ isNews }) => isNews)) },
    pollWhile$: role$.pipe(
      map((role) => role !== 'follower'),
      distinctUntilChanged(),
    ),
    role$,
  };
}
