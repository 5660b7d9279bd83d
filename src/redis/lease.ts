import type { Observable, SchedulerLike } from 'rxjs';
import { catchError, defer, expand, finalize, from, map, of, startWith, switchMap, timer } from 'rxjs';
import type { Send } from './guard.js';

/**
 * Who a process is among those that share a Redis: the one that polls for all, one that is told, or one that polls by
 * itself, because Redis does not answer or nobody has told it anything for long.
 */
export type FleetRole = 'leader' | 'follower' | 'alone';

/** How a round of the lease ended. */
export interface LeaseRound {
  readonly role: FleetRole;
  readonly waitMs: number;
  /** Why there is no telling who holds the lease. */
  readonly error?: unknown;
}

/** What a lease is made of. */
export interface LeaseOptions {
  readonly send: Send;
  readonly leaseKey: string;
  /** Told when the lease is given back. */
  readonly channel: string;
  /** Names this process among all that want the lease. */
  readonly holder: string;
  readonly leaseMs: number;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
}

/** What is announced when a lease is given back. */
export const released = 'released';

/** Takes or renews the lease; replies with 0, or the milliseconds that somebody else may still hold it. */
const takeScript = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.call('PTTL', KEYS[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 0`;

const releaseScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return redis.call('PUBLISH', ARGV[2], ARGV[3])`;

/**
 * Takes part in a lease that one process holds at a time: renews it in time, or waits for its end. Emits after each
 * round; gives the lease back when unsubscribed from.
 *
 * @param wake$ - starts a round at once.
 */
export function leaseRoles(options: LeaseOptions, wake$: Observable<unknown>): Observable<LeaseRound> {
  const { send, leaseKey, channel, holder, leaseMs, random, scheduler } = options;
  const renewalMs = leaseMs / 3;

  const round$ = defer(() => from(send('EVAL', takeScript, '1', leaseKey, holder, String(leaseMs)))).pipe(
    map(Number),
    map((leftMs): LeaseRound => {
      if (leftMs === 0) return { role: 'leader', waitMs: renewalMs };
      // Not all of them at the same moment, and never in a rush.
      return { role: 'follower', waitMs: Math.max(leftMs, 0) + (leaseMs * (1 + 9 * random())) / 100 };
    }),
    catchError((error: unknown) => of<LeaseRound>({ role: 'alone', waitMs: renewalMs, error })),
  );
  return wake$.pipe(
    startWith(undefined),
    switchMap(() => round$.pipe(expand(({ waitMs }) => timer(waitMs, scheduler).pipe(switchMap(() => round$))))),
    finalize(() => {
      // Should Redis be gone, the lease ends by itself.
      send('EVAL', releaseScript, '1', leaseKey, holder, channel, released).catch(() => undefined);
    }),
  );
}
