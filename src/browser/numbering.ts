import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Epochs } from './epochs.js';
import { isCount, nextEpoch } from './epochs.js';
import type { MaybePromise } from './memory.js';
import { whenKnown } from './memory.js';

/** The place of an announcement among all: the number of the tab that polls, and a count of its announcements. */
export type Order = readonly [epoch: number, counter: number];

/** Numbers the announcements of this tab while it holds the lock. */
export interface Numbering {
  /** The number of the last announcement; `undefined` while this tab does not hold the lock. */
  readonly last: () => Order | undefined;
  /**
   * Numbers an announcement of something that was requested at a given time; `undefined` when that was before this tab took
   * its number, because others may have something newer under an earlier number.
   */
  readonly next: (requestedAtMs: number) => Order | undefined;
  /** Takes a number for this tab, above the stored one and above the highest known one. */
  readonly start: (known: Order | undefined) => MaybePromise<void>;
  readonly stop: () => void;
  /** Tells whether this tab still has the highest number; another one may have taken one while this one was stopped. */
  readonly confirm: () => MaybePromise<boolean>;
  /** Emits when `confirm` finds that another tab has taken a higher number. */
  readonly deposed$: Observable<void>;
}

export function createNumbering(epochs: Epochs, nowMs: () => number): Numbering {
  const deposed$ = new Subject<void>();
  let order: Order | undefined;
  let takenAtMs = 0;
  let latestStart: symbol | undefined;
  return {
    last: () => order,
    next: (requestedAtMs) => {
      // After the clock was set back, what is requested from now on counts.
      takenAtMs = Math.min(takenAtMs, nowMs());
      if (!order || requestedAtMs < takenAtMs) return undefined;
      return (order = [order[0], order[1] + 1]);
    },
    start: (known) => {
      const current = (latestStart = Symbol('start'));
      return whenKnown(nextEpoch(epochs, nowMs(), Math.max(order?.[0] ?? 0, known?.[0] ?? 0)), (epoch) => {
        if (latestStart !== current) return;
        order = epoch === undefined ? undefined : [epoch, 0];
        takenAtMs = nowMs();
      });
    },
    stop: () => {
      order = latestStart = undefined;
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
        // The stored number is smaller after storage was cleared.
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
