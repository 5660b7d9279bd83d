import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Epochs } from './epochs.js';
import { isCount, nextEpoch } from './epochs.js';
import type { MaybePromise } from './memory.js';
import { whenKnown } from './memory.js';

/** The number of the tab that polls, and which of its announcements this is. */
export type Order = readonly [epoch: number, counter: number];

/** The numbers of what this tab announces while it holds the lock. */
export interface Numbering {
  /** That of the last announcement; `undefined` while this tab does not hold the lock. */
  readonly last: () => Order | undefined;
  readonly next: () => Order | undefined;
  /** Takes a number that no other tab speaks under, as far as that can be seen or was heard of. */
  readonly begin: (heard: Order | undefined) => MaybePromise<void>;
  readonly end: () => void;
  /** Tells whether no other tab has begun since, which may happen while this one is stopped. */
  readonly confirm: () => MaybePromise<boolean>;
  /** Emits when it shows that another tab has begun since. */
  readonly deposed$: Observable<void>;
}

export function createNumbering(epochs: Epochs, nowMs: () => number): Numbering {
  const deposed$ = new Subject<void>();
  let order: Order | undefined;
  let begun: symbol | undefined;
  return {
    last: () => order,
    next: () => (order = order && [order[0], order[1] + 1]),
    begin: (heard) => {
      const current = (begun = Symbol('begun'));
      return whenKnown(nextEpoch(epochs, nowMs(), Math.max(order?.[0] ?? 0, heard?.[0] ?? 0)), (epoch) => {
        if (begun === current) order = epoch === undefined ? undefined : [epoch, 0];
      });
    },
    end: () => {
      order = begun = undefined;
    },
    confirm: () => {
      if (!order) return false;
      const [epoch] = order;
      return whenKnown(epochs.read(), (stored = epoch) => {
        if (stored > epoch) {
          order = undefined;
          deposed$.next();
          return false;
        }
        // Smaller where storage was cleared.
        return stored === epoch || whenKnown(epochs.write(epoch), () => true);
      });
    },
    deposed$,
  };
}

/** Tells whether something is the number of an announcement. */
export function isOrder(value: unknown): value is Order {
  return Array.isArray(value) && value.length === 2 && value.every(isCount);
}
