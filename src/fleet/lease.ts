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
  race,
  startWith,
  switchMap,
  timer,
} from 'rxjs';
import { released } from './announcement.js';
import type { Engine, LeaseRequest, Order } from './engine.js';

/**
 * The role of a process in its fleet: it polls for all (`leader`), it receives what the leader fetches (`follower`), or it
 * polls by itself because the engine does not answer or announced nothing for long (`alone`).
 */
export type FleetRole = 'leader' | 'follower' | 'alone';

/** How one attempt to get or renew the lease ended. */
export interface LeaseRound {
  readonly role: FleetRole;
  /** The number of the lease, for the leader. */
  readonly fence?: number;
  /** The time until the next attempt, in milliseconds. */
  readonly waitMs: number;
}

/** Options of `openLease()`. */
export interface LeaseOptions {
  readonly engine: Pick<Engine, 'lease' | 'renew' | 'release'>;
  /** The name of this process among all that ask for the lease. */
  readonly owner: string;
  readonly leaseMs: number;
  /** The highest fence that is known. */
  readonly knownFence: () => number;
  /** Called with the order of the last write whenever the lease is not granted. */
  readonly noteLastWrite: (order: Order) => void;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
}

/** The lease that one process of a fleet holds at a time, as seen by one of them. */
export interface Lease {
  /**
   * Renews the lease in time, or waits until it is free. Emits after each round; gives the lease back when unsubscribed from.
   *
   * @param wake$ - starts a round at once.
   */
  readonly rounds: (wake$: Observable<unknown>) => Observable<LeaseRound>;
  /** Takes the lease from its holder, provided that nothing was written after this order. */
  readonly takeOver: (after: Order | undefined) => Promise<number | undefined>;
  /** Gives the lease back, and asks for it again only after the time of one lease, so that others come first. */
  readonly stepDown: () => void;
  /** Gives the lease back if this process holds it. */
  readonly release: () => void;
  /** Has to be called when the engine has refused a write under this fence: the lease is held no more. */
  readonly lost: (fence: number) => void;
}

/** Takes part in the lease for one process. */
export function openLease(options: LeaseOptions): Lease {
  const { engine, owner, leaseMs, knownFence, noteLastWrite, random, scheduler } = options;
  const renewalMs = leaseMs / 3;
  const startWithRound$ = new Subject<Observable<LeaseRound>>();
  let fence: number | undefined;
  let hasSteppedDown = false;

  /**
   * Fails a call that the engine does not answer within a third of the lease. The next round begins a third after the last
   * answer for the holder, and six tenths at most for all others, so that whoever is cut off knows within the time of the
   * lease, without a look at clocks. The last part of that time starts only when the rest is over: a process that was stopped still gets to an answer that waits for it.
   */
  const answered = <T>(call: () => Promise<T>) => {
    const restartedMs = renewalMs / 10;
    const overdue$ = timer(renewalMs - restartedMs, scheduler).pipe(
      switchMap(() => timer(restartedMs, scheduler)),
      map(() => {
        throw new Error(`No answer of the engine within ${renewalMs} ms.`);
      }),
    );
    return race(defer(call), overdue$);
  };
  /** Adds a random part, so that not all processes ask at the same moment. */
  const spread = (ms: number) => Math.max(ms, 0) + (leaseMs * (1 + 9 * random())) / 100;
  const asLeader = (number: number): LeaseRound => {
    fence = Math.max(number, fence ?? 0);
    return { role: 'leader', fence, waitMs: renewalMs };
  };
  let releaseCount = 0;
  const release = () => {
    fence = undefined;
    releaseCount++;
    // If the engine cannot be reached, the lease expires by itself.
    engine.release(owner, released).catch(() => undefined);
  };
  /** Asks for the lease. Its number counts even where nobody waits for the reply any more: the engine knows no other. */
  const request = async (conditions: Omit<LeaseRequest, 'aboveFence'> = {}) => {
    const releasesBefore = releaseCount;
    const reply = await engine.lease(owner, leaseMs, { aboveFence: knownFence(), ...conditions });
    if (reply.fence !== undefined && releaseCount > releasesBefore) {
      // Engines with several connections may have got the request after the lease was given back.
      release();
      return { ...reply, fence: undefined };
    }
    if (reply.fence === undefined && reply.lastWrite) noteLastWrite(reply.lastWrite);
    // Two replies may arrive in the wrong order.
    if (reply.fence !== undefined) fence = Math.max(reply.fence, fence ?? 0);
    return reply;
  };
  const granted$ = answered(() => request()).pipe(
    map(({ fence: granted, leftMs }): LeaseRound => {
      const held = granted ?? fence;
      // Who waited for the end of the lease of another would learn too late that the engine is out of reach.
      const waitMs = spread(Math.min(leftMs, leaseMs / 2));
      return held === undefined ? { role: 'follower', waitMs } : asLeader(held);
    }),
  );
  const renewed$ = (held: number) =>
    answered(() => engine.renew(owner, leaseMs)).pipe(
      switchMap((isHeld) => {
        if (!isHeld && fence === held) fence = undefined;
        return isHeld && fence !== undefined ? of(asLeader(fence)) : granted$;
      }),
    );
  const round$ = defer(() => {
    hasSteppedDown = false;
    return fence === undefined ? granted$ : renewed$(fence);
  }).pipe(catchError(() => of<LeaseRound>({ role: 'alone', waitMs: renewalMs })));

  return {
    rounds: (wake$) =>
      merge(
        wake$.pipe(
          filter(() => !hasSteppedDown),
          map(() => round$),
        ),
        startWithRound$,
      ).pipe(
        startWith(round$),
        switchMap((firstRound$) =>
          firstRound$.pipe(expand(({ waitMs }) => timer(waitMs, scheduler).pipe(switchMap(() => round$)))),
        ),
        finalize(release),
      ),
    takeOver: async (after) => {
      const { fence: granted } = await request({ takeOverAfter: after ?? 'nothing' });
      if (granted !== undefined) startWithRound$.next(of(asLeader(granted)));
      return granted;
    },
    stepDown: () => {
      release();
      hasSteppedDown = true;
      startWithRound$.next(of({ role: 'follower', waitMs: spread(leaseMs) }));
    },
    release: () => {
      if (fence !== undefined) release();
    },
    lost: (number) => {
      if (fence === number) fence = undefined;
      startWithRound$.next(round$);
    },
  };
}
