import type { Observable, SchedulerLike } from 'rxjs';
import {
  Subject,
  catchError,
  defer,
  expand,
  filter,
  finalize,
  map,
  merge,
  of,
  startWith,
  switchMap,
  timer,
} from 'rxjs';
import { released } from './announcement.js';
import type { Engine, Order } from './engine.js';

/**
 * Who a process is among those of a fleet: the one that polls for all, one that is told, or one that polls by itself,
 * because the engine does not answer or nobody has told it anything for long.
 */
export type FleetRole = 'leader' | 'follower' | 'alone';

/** How a round of the lease ended. */
export interface LeaseRound {
  readonly role: FleetRole;
  /** The number of the lease, for the leader. */
  readonly fence?: number;
  readonly waitMs: number;
}

/** What a lease is made of. */
export interface LeaseOptions {
  readonly engine: Pick<Engine, 'lease' | 'renew' | 'release'>;
  /** Names this process among all that want the lease. */
  readonly owner: string;
  readonly leaseMs: number;
  /** The highest fence that is known. */
  readonly knownFence: () => number;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
}

/** A part in the lease that one process holds at a time. */
export interface Lease {
  /**
   * Renews the lease in time, or waits for its end. Emits after each round; gives the lease back when unsubscribed from.
   *
   * @param wake$ - starts a round at once.
   */
  readonly rounds: (wake$: Observable<unknown>) => Observable<LeaseRound>;
  /** Takes the lease from its holder, provided that nothing was written after this order. */
  readonly takeOver: (after: Order | undefined) => Promise<number | undefined>;
  /** Gives the lease back without leaving: others come first for a while. */
  readonly giveBack: () => void;
  /** Gives back what is held. */
  readonly release: () => void;
  /** Told when it has shown that a lease is held no more. */
  readonly lost: (fence: number) => void;
}

export function openLease(options: LeaseOptions): Lease {
  const { engine, owner, leaseMs, knownFence, random, scheduler } = options;
  const renewalMs = leaseMs / 3;
  const first$ = new Subject<Observable<LeaseRound>>();
  let fence: number | undefined;
  let isResting = false;

  /** Not all of them at the same moment, and never in a rush. */
  const spread = (ms: number) => Math.max(ms, 0) + (leaseMs * (1 + 9 * random())) / 100;
  const leading = (number: number): LeaseRound => {
    // Two replies may have changed places.
    fence = Math.max(number, fence ?? 0);
    return { role: 'leader', fence, waitMs: renewalMs };
  };
  const granted$ = defer(() => engine.lease(owner, leaseMs, { above: knownFence() })).pipe(
    map(({ fence: granted, leftMs }): LeaseRound => {
      const held = granted ?? fence;
      return held === undefined ? { role: 'follower', waitMs: spread(leftMs) } : leading(held);
    }),
  );
  const renewed$ = (held: number) =>
    defer(() => engine.renew(owner, leaseMs)).pipe(
      switchMap((isHeld) => {
        if (!isHeld && fence === held) fence = undefined;
        return isHeld && fence !== undefined ? of(leading(fence)) : granted$;
      }),
    );
  const round$ = defer(() => {
    isResting = false;
    return fence === undefined ? granted$ : renewed$(fence);
  }).pipe(catchError(() => of<LeaseRound>({ role: 'alone', waitMs: renewalMs })));

  const release = () => {
    fence = undefined;
    // Should the engine be gone, the lease ends by itself.
    engine.release(owner, released).catch(() => undefined);
  };
  return {
    rounds: (wake$) =>
      merge(
        wake$.pipe(
          filter(() => !isResting),
          map(() => round$),
        ),
        first$,
      ).pipe(
        startWith(round$),
        switchMap((begin$) =>
          begin$.pipe(expand(({ waitMs }) => timer(waitMs, scheduler).pipe(switchMap(() => round$)))),
        ),
        finalize(release),
      ),
    takeOver: async (after) => {
      const { fence: granted } = await engine.lease(owner, leaseMs, {
        above: knownFence(),
        takeOverAfter: after ?? 'nothing',
      });
      if (granted !== undefined) first$.next(of(leading(granted)));
      return granted;
    },
    giveBack: () => {
      release();
      isResting = true;
      first$.next(of({ role: 'follower', waitMs: spread(leaseMs) }));
    },
    release: () => {
      if (fence !== undefined) release();
    },
    lost: (number) => {
      if (fence === number) fence = undefined;
      first$.next(round$);
    },
  };
}
