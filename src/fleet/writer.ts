import type { Subject } from 'rxjs';
import type { Adoption } from './adoption.js';
import { toAnnouncement } from './announcement.js';
import type { Engine, Order, Stored } from './engine.js';
import { isLater } from './engine.js';
import type { Faults } from './faults.js';
import { attempt } from './faults.js';
import type { Payload } from './payload.js';

/** What a writer needs. */
export interface WriterOptions {
  readonly engine: () => Engine;
  readonly adoption: Adoption;
  readonly faults: Faults;
  /** Reads the entry and adopts what is new; resolves with `undefined` when the engine fails. */
  readonly read: () => Promise<Stored | undefined>;
  readonly news$: Subject<void>;
  readonly changes$: Subject<void>;
  /** Told when it has shown that the lease of that number is held no more. */
  readonly lostLease: (fence: number) => void;
  /** Told when the engine did not take what was to be written, and did not refuse it either. */
  readonly failed: () => void;
}

/** Writes the entry under a lease, and never without one. */
export interface Writer {
  /** The number of the lease. */
  readonly fence: () => number | undefined;
  /** Takes note of the lease that is held from now on, if any. */
  readonly lead: (fence: number | undefined) => void;
  /** Ends the lease if there is a later one. */
  readonly giveWay: (fence: number) => void;
  /** Tells whether it is known what was written under the leases before. */
  readonly begun: () => Promise<boolean>;
  /** Writes what comes next. */
  readonly writeNext: (payload: Payload) => Promise<void>;
}

export function createWriter(options: WriterOptions): Writer {
  const { engine, adoption, faults, read, news$, changes$, lostLease, failed } = options;
  const { ordered, latest } = adoption;
  let fence: number | undefined;
  let counter = 0;
  let hasBegun = false;
  let isBeginning = false;
  let beginning = Promise.resolve();

  const lose = (number: number) => {
    if (fence === number) fence = undefined;
    lostLease(number);
  };
  const write = async (payload: Payload, order: Order) => {
    const isNewContent = payload.content !== ordered()?.payload.content;
    const announcement = toAnnouncement(order, payload, isNewContent);
    const isWritten = await attempt(faults, 'write', () => engine().write(payload.text, order, announcement));
    if (isWritten === undefined) failed();
    if (isWritten === false) lose(order.fence);
    if (!isWritten) return;
    adoption.written(payload, order);
    news$.next();
  };
  /** Reads what was written under the leases before: after the grant, nobody writes under them any more. */
  const begin = async (number: number) => {
    const [known, orderedBefore] = [latest(), ordered()];
    isBeginning = true;
    const stored = await read();
    isBeginning = false;
    if (!stored || fence !== number) return;
    hasBegun = true;
    if (latest() !== known) {
      adoption.leaveUnread();
      changes$.next();
    } else if (known && counter === 0 && hasLost(stored, orderedBefore?.order)) {
      await write(known, { fence: number, counter: 0 });
    }
  };

  return {
    fence: () => fence,
    lead: (number) => {
      if (number !== fence) {
        fence = number;
        counter = 0;
        hasBegun = isBeginning = false;
      }
      // Each round of the lease tries again what has failed.
      if (number !== undefined && !hasBegun && !isBeginning) beginning = begin(number);
    },
    giveWay: (number) => {
      if (fence !== undefined && number > fence) lose(fence);
    },
    begun: async () => {
      await beginning;
      if (!hasBegun && fence !== undefined) await begin(fence);
      return hasBegun;
    },
    writeNext: async (payload) => {
      if (fence !== undefined) await write(payload, { fence, counter: ++counter });
    },
  };
}

/** An engine that was restarted may have forgotten what the fleet knows, or the end of it. */
function hasLost({ text, order }: Stored, known: Order | undefined): boolean {
  return text === undefined || (known !== undefined && isLater(known, order));
}
