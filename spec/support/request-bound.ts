import type { SchedulerAction, SchedulerLike } from 'rxjs';
import { Subscription } from 'rxjs';
import type { VirtualClock } from './virtual-time';
import { createVirtualClock } from './virtual-time';

/** A runtime that ends timers together with the request that set them, as workers at the edge do, in virtual time. */
export interface RequestBoundRuntime {
  readonly clock: VirtualClock;
  readonly scheduler: SchedulerLike;
  /** A request is being handled now. */
  readonly isInRequest: () => boolean;
  /** Handles a request: what `act` starts belongs to it. */
  readonly handle: (act: () => void) => BoundRequest;
}

/** One request that is handled. */
export interface BoundRequest {
  /** It has something to wait for; a request that waits without it is taken for hung. */
  readonly isAlive: () => boolean;
  /** Ends it, and with it its timers. */
  readonly end: () => void;
  /** Ends it as soon as a condition holds. */
  readonly endWhen: (isOver: () => boolean) => void;
}

export function createRequestBoundRuntime(): RequestBoundRuntime {
  const clock = createVirtualClock();
  let current: { timers: number; isOver: () => boolean } | undefined;
  const scheduler: SchedulerLike = {
    // Outside of requests there is no time.
    now: () => (current ? 1e12 + clock.scheduler.now() : 0),
    schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T) {
      const subscription = new Subscription();
      const owner = current;
      if (!owner) return subscription;
      owner.timers++;
      let isPending = true;
      const stop = () => {
        if (isPending) owner.timers--;
        isPending = false;
      };
      const timer = clock.scheduler.schedule(() => {
        if (owner.isOver() || subscription.closed) return;
        stop();
        const before = current;
        current = owner;
        work.call(subscription as SchedulerAction<T>, state);
        current = before;
      }, delay);
      subscription.add(() => {
        stop();
        timer.unsubscribe();
      });
      return subscription;
    },
  };
  return {
    clock,
    scheduler,
    isInRequest: () => current !== undefined,
    handle: (act) => {
      const request = { timers: 0, isOver: () => false };
      current = request;
      act();
      current = undefined;
      return {
        isAlive: () => request.timers > 0,
        end: () => {
          request.isOver = () => true;
        },
        endWhen: (isOver) => {
          request.isOver = isOver;
        },
      };
    },
  };
}
