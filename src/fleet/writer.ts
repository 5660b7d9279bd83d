import type { Subject } from 'rxjs';
import type { Adoption } from './adoption.js';
import { toAnnouncement } from './announcement.js';
import type { Engine, Order, Stored } from './engine.js';
import { isLater } from './engine.js';
import type { Faults } from './faults.js';
import { attempt } from './faults.js';
import type { Payload } from './payload.js';

/** Options of `createWriter()`. */
export interface WriterOptions {
  readonly engine: () => Engine;
  readonly adoption: Adoption;
  readonly faults: Faults;
  /** Reads the entry and adopts what is new; resolves with `undefined` when the engine fails. */
  readonly read: () => Promise<Stored | undefined>;
  readonly news$: Subject<void>;
  readonly changes$: Subject<void>;
  /** Called when the engine has refused a write: the lease of that number is held no more. */
  readonly lostLease: (fence: number) => void;
  /** Called when a write has failed without being refused, such as when the engine cannot be reached. */
  readonly failed: () => void;
}

/** Writes the entry under a lease, and never without one. */
export interface Writer {
  /** The number of the lease that is held, if any. */
  readonly fence: () => number | undefined;
  /** Sets the lease that is held from now on, if any. */
  readonly setFence: (fence: number | undefined) => void;
  /** Gives the lease up if that of the given number is later. */
  readonly yieldTo: (fence: number) => void;
  /** Reads what was written under earlier leases, unless that is done; resolves with whether it is known. */
  readonly catchUp: () => Promise<boolean>;
  /** Writes a payload as the next one under the lease, if one is held. */
  readonly writeNext: (payload: Payload) => Promise<void>;
}

/** Creates a writer, which holds no lease at first. */
export function createWriter(options: WriterOptions): Writer {
  const { engine, adoption, faults, read, news$, changes$, lostLease, failed } = options;
  const { lastWrite, latest } = adoption;
  let fence: number | undefined;
  let counter = 0;
  let hasCaughtUp = false;
  let isCatchingUp = false;
  let catchingUp = Promise.resolve();
  /** What the engine has refused last, and the last write that was known when it was sent. */
  let refused: { readonly payload: Payload; readonly after: Order | undefined } | undefined;

  const lose = (number: number) => {
    if (fence === number) fence = undefined;
    lostLease(number);
  };
  const write = async (payload: Payload, order: Order) => {
    const isNewContent = payload.content !== lastWrite()?.payload.content;
    const announcement = toAnnouncement(order, payload, isNewContent);
    const after = lastWrite()?.order;
    const isWritten = await attempt(faults, 'write', () => engine().write(payload.text, order, announcement));
    if (isWritten === undefined) failed();
    if (isWritten === false) {
      refused = { payload, after };
      lose(order.fence);
    }
    if (!isWritten) return;
    adoption.noteWritten(payload, order);
    news$.next();
  };
  /** Reads what was written under earlier leases: once this one is granted, nobody writes under them any more. */
  const readEarlierWrites = async (number: number) => {
    const [known, writeBefore] = [latest(), lastWrite()];
    isCatchingUp = true;
    const stored = await read();
    isCatchingUp = false;
    if (!stored || fence !== number) return;
    hasCaughtUp = true;
    if (latest() !== known) {
      adoption.markUnread();
      changes$.next();
    } else if (known && counter === 0 && hasLost(stored, writeBefore?.order)) {
      await write(known, { fence: number, counter: 0 });
    } else if (known && known === refused?.payload && isSame(lastWrite()?.order, refused.after)) {
      // Nobody has written meanwhile: the later lease was one of this process, whose requests for it overtook each other.
      await writeNext(known);
    }
  };
  const writeNext = async (payload: Payload) => {
    if (fence !== undefined) await write(payload, { fence, counter: ++counter });
  };

  return {
    fence: () => fence,
    setFence: (number) => {
      if (number !== fence) {
        fence = number;
        counter = 0;
        hasCaughtUp = isCatchingUp = false;
      }
      // A read that failed is tried again at each round of the lease.
      if (number !== undefined && !hasCaughtUp && !isCatchingUp) catchingUp = readEarlierWrites(number);
    },
    yieldTo: (number) => {
      if (fence !== undefined && number > fence) lose(fence);
    },
    catchUp: async () => {
      await catchingUp;
      if (!hasCaughtUp && fence !== undefined) await readEarlierWrites(fence);
      return hasCaughtUp;
    },
    writeNext,
  };
}

function isSame(order: Order | undefined, other: Order | undefined): boolean {
  return order?.fence === other?.fence && order?.counter === other?.counter;
}

/** Tells whether the engine has lost writes that the fleet knows, as it may by a restart. */
function hasLost({ text, order }: Stored, known: Order | undefined): boolean {
  return text === undefined || (known !== undefined && isLater(known, order));
}
