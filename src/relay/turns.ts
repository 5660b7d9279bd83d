import type { SchedulerLike } from 'rxjs';

/** Does something for many, some at a time, so that others get their turn in between. */
export interface Turns<T> {
  /** Adds those for whom there is something to do; who waits already keeps his place. */
  readonly add: (items: readonly T[]) => void;
  readonly remove: (item: T) => void;
}

/** Creates turns, each of which does something for so many. */
export function createTurns<T>(act: (item: T) => void, perTurn: number, scheduler: SchedulerLike): Turns<T> {
  // In the order in which they came.
  const waiting = new Set<T>();
  let isScheduled = false;
  const schedule = () => {
    if (isScheduled || waiting.size === 0) return;
    isScheduled = true;
    scheduler.schedule(takeTurn, 0);
  };
  const takeTurn = () => {
    isScheduled = false;
    let left = perTurn;
    for (const item of waiting) {
      if (left-- === 0) break;
      waiting.delete(item);
      act(item);
    }
    schedule();
  };
  return {
    add: (items) => {
      for (const item of items) waiting.add(item);
      schedule();
    },
    remove: (item) => {
      waiting.delete(item);
    },
  };
}
