import type { Observable, SchedulerLike } from 'rxjs';
import { ReplaySubject, Subject } from 'rxjs';
import type { Adoption } from './adoption.js';
import { trackAdoption } from './adoption.js';
import { fromAnnouncement, toAnnouncement } from './announcement.js';
import type { Engine, Order, Stored } from './engine.js';
import { isLater } from './engine.js';
import type { Faults } from './faults.js';
import type { Payload } from './payload.js';
import { toPayload, toUsablePayload } from './payload.js';

/** What makes an entry the one of a fleet. */
export interface SharedEntryOptions {
  readonly engineOf: (key: string) => Engine;
  readonly faults: Faults;
  readonly scheduler: SchedulerLike;
  /** Asks for the lease, whoever holds it, provided that nothing was written after this order. */
  readonly takeOver: (after: Order | undefined) => Promise<number | undefined>;
  /** Told when it has shown that the lease of that number is held no more. */
  readonly lostLease: (fence: number) => void;
}

/** The entry of one config that processes share. */
export interface SharedEntry {
  readonly get: (key: string) => string | undefined | Promise<string | undefined>;
  readonly set: (key: string, text: string) => Promise<void>;
  /** The engine of the entry; replays it once the key is known. */
  readonly engine$: Observable<Engine>;
  /** Emits when something was adopted, or stored: signs that somebody keeps the entry up to date. */
  readonly news$: Observable<void>;
  /** Emits when there may be something to read, other than by an announcement. */
  readonly changes$: Observable<void>;
  readonly isEmpty: () => boolean;
  /** The highest fence that is known. */
  readonly knownFence: () => number;
  /** Takes note of an announcement; tells whether there is something to read. */
  readonly hear: (message: string) => boolean;
  /** Tells under which lease this process polls for all, if it does, or that it polls for itself. */
  readonly lead: (fence: number | undefined, isAlone: boolean) => void;
}

/** Opens an entry; which one, the first use says. */
export function openSharedEntry(options: SharedEntryOptions): SharedEntry {
  const { engineOf, faults, scheduler, takeOver, lostLease } = options;
  const adoption = trackAdoption(scheduler);
  const { ordered, latest } = adoption;
  const { engine$, engine, requireKey } = openOnce(engineOf);
  const news$ = new Subject<void>();
  const changes$ = new Subject<void>();
  let fence: number | undefined;
  let counter = 0;
  let isAlone = false;

  const loseLease = (number: number) => {
    if (fence === number) fence = undefined;
    lostLease(number);
  };
  const adopted = () => {
    if (fence !== undefined && (ordered()?.order.fence ?? 0) > fence) loseLease(fence);
    news$.next();
  };
  const write = async (payload: Payload, order: Order): Promise<void> => {
    const isNewContent = payload.content !== ordered()?.payload.content;
    const announcement = toAnnouncement(order, payload, isNewContent);
    const isWritten = await attempt(faults, 'write', () => engine().write(payload.text, order, announcement));
    if (isWritten === false) loseLease(order.fence);
    if (isWritten) adoption.written(payload, order);
    if (isWritten !== undefined) (isWritten ? news$ : changes$).next();
  };
  const writeNext = async (payload: Payload) => {
    if (fence !== undefined) await write(payload, { fence, counter: ++counter });
  };
  const read = async (): Promise<Stored | undefined> => {
    const before = ordered();
    const stored = await attempt(faults, 'read', () => engine().read());
    const payload = toUsablePayload(stored?.text);
    if (!stored || !payload) return stored;
    const kind = adoption.learn(stored, payload, before, fence !== undefined || isAlone);
    if (kind) adopted();
    if (kind === 'foreign') void writeNext(payload);
    return stored;
  };
  const begin = async (number: number) => {
    const [known, orderedBefore] = [latest(), ordered()];
    const stored = await read();
    if (!stored || fence !== number) return;
    if (latest() !== known) {
      adoption.leaveUnread();
      changes$.next();
    } else if (known && counter === 0 && hasLost(stored, orderedBefore?.order)) {
      await write(known, { fence: number, counter: 0 });
    }
  };
  const lead = (number: number | undefined) => {
    if (number === fence) return;
    fence = number;
    counter = 0;
    if (number !== undefined) void begin(number);
  };

  return {
    get: (name) => {
      requireKey(name);
      return adoption.takeUnread()?.text ?? readForClient(read, adoption, faults);
    },
    set: async (name, text) => {
      requireKey(name);
      const payload = toPayload(text);
      if (!payload) return;
      // It may be older than what was adopted meanwhile, which the client is told once more.
      if (adoption.isRaced(payload)) {
        changes$.next();
        return;
      }
      const isWorthwhile = isAlone || payload.content !== latest()?.content;
      const after = ordered()?.order;
      adoption.fetched(payload);
      if (fence === undefined && isWorthwhile) {
        const granted = await attempt(faults, 'write', () => takeOver(after));
        if (granted !== undefined) lead(granted);
        // Somebody has written something else meanwhile, or there is no telling.
        else changes$.next();
      }
      await writeNext(payload);
    },
    engine$,
    news$,
    changes$,
    isEmpty: () => latest() === undefined,
    knownFence: () => Math.max(fence ?? 0, ordered()?.order.fence ?? 0),
    hear: (message) => {
      const heard = fromAnnouncement(message);
      // Whoever polls knows what it has written itself, and that it was not refused.
      if (!heard || (fence !== undefined && heard.order.fence <= fence)) return false;
      const verdict = adoption.hear(heard);
      if (verdict === 'adopted') adopted();
      return verdict !== 'ignored';
    },
    lead: (number, alone) => {
      isAlone = alone;
      lead(number);
    },
  };
}

/** The engine of the one key that is used. */
function openOnce(engineOf: (key: string) => Engine) {
  const engine$ = new ReplaySubject<Engine>(1);
  let key: string | undefined;
  let engine!: Engine;
  return {
    engine$,
    engine: () => engine,
    requireKey: (given: string) => {
      if (key === undefined) {
        key = given;
        engine$.next((engine = engineOf(given)));
      }
      if (key !== given) throw new Error('What processes share is for clients of one SDK key.');
    },
  };
}

async function attempt<T>(faults: Faults, operation: 'read' | 'write', work: () => Promise<T>): Promise<T | undefined> {
  try {
    const result = await work();
    faults.note(operation);
    return result;
  } catch (error) {
    faults.note(operation, error);
    return undefined;
  }
}

async function readForClient(
  read: () => Promise<Stored | undefined>,
  adoption: Adoption,
  faults: Faults,
): Promise<string | undefined> {
  faults.tell();
  const stored = await read();
  faults.tell();
  if (stored?.text === undefined) return undefined;
  adoption.takeUnread();
  // Of what is broken, the client says what is wrong with it.
  return toUsablePayload(stored.text) ? adoption.latest()?.text : stored.text;
}

/** An engine that was restarted may have forgotten what the fleet knows, or the end of it. */
function hasLost({ text, order }: Stored, known: Order | undefined): boolean {
  return text === undefined || (known !== undefined && isLater(known, order));
}
