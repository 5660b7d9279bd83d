import { setImmediate } from 'node:timers';
import { VirtualTimeScheduler } from 'rxjs';

/** A scheduler whose time passes only when a spec says so, promises included. */
export interface VirtualClock {
  readonly scheduler: VirtualTimeScheduler;
  /** Lets time pass: runs what becomes due, and lets the promises in between settle. */
  advance(ms: number): Promise<void>;
}

export function createVirtualClock(): VirtualClock {
  const scheduler = new VirtualTimeScheduler();
  scheduler.maxFrames = 0;
  return {
    scheduler,
    advance: async (ms) => {
      const end = scheduler.maxFrames + ms;
      await settlePromises();
      for (;;) {
        const due = scheduler.actions
          .map((action) => (action as unknown as { delay: number }).delay)
          .filter((delay) => delay <= end)
          .sort((a, b) => a - b)[0];
        if (due === undefined) break;
        scheduler.maxFrames = Math.max(scheduler.frame, due);
        scheduler.flush();
        await settlePromises();
      }
      scheduler.maxFrames = end;
      scheduler.frame = end;
    },
  };
}

/** Waits until no promise is left that could settle by itself. */
export function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
