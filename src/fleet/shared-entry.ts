import type { Observable, SchedulerLike } from 'rxjs';
import {
  EMPTY,
  ReplaySubject,
  Subject,
  distinctUntilChanged,
  filter,
  firstValueFrom,
  map,
  merge,
  race,
  share,
  switchMap,
  timer,
} from 'rxjs';
import type { Adoption, Conflict } from './adoption.js';
import { trackAdoption } from './adoption.js';
import { fromAnnouncement } from './announcement.js';
import type { Engine, Order, Stored } from './engine.js';
import { isLater } from './engine.js';
import type { Faults } from './faults.js';
import { attempt } from './faults.js';
import type { Payload } from './payload.js';
import { toPayload, toUsablePayload } from './payload.js';
import { createWriter } from './writer.js';

/** Options of `openSharedEntry()`. */
export interface SharedEntryOptions {
  readonly engineOf: (key: string) => Engine;
  readonly faults: Faults;
  readonly scheduler: SchedulerLike;
  /** How long to wait before a failed operation is tried again. */
  readonly retryMs: number;
  /** Takes the lease from its holder, provided that nothing was written after this order; resolves with the fence. */
  readonly takeOver: (after: Order | undefined) => Promise<number | undefined>;
  /** Called when the engine has refused a write: the lease of that number is held no more. */
  readonly lostLease: (fence: number) => void;
}

/** How long a client that has a config waits for a read at most: it gives up a cache that does not answer for longer. */
const maxReadMs = 1000;

/** The entry of one config that the processes of a fleet share. */
export interface SharedEntry {
  readonly get: (key: string) => string | undefined | Promise<string | undefined>;
  readonly set: (key: string, text: string) => Promise<void>;
  /** The engine of the entry; replays it once the key is known. */
  readonly engine$: Observable<Engine>;
  /** Emits when a payload was adopted or stored: somebody keeps the entry up to date. */
  readonly news$: Observable<void>;
  /** Emits when the client should read the entry for a reason other than an announcement. */
  readonly changes$: Observable<unknown>;
  /** The conflict between the client's own config and that of the fleet; replays it. */
  readonly conflict$: Observable<Conflict>;
  readonly isEmpty: () => boolean;
  /** The order of the fleet's last write, where it has the content of this payload. */
  readonly orderOf: (text: string) => Order | undefined;
  /** The highest fence that is known. */
  readonly knownFence: () => number;
  /** Handles what the engine says of the last write, of which this process should have been told. */
  readonly onLastWrite: (order: Order) => void;
  /** Emits when an announcement was missed: the entry is read then, and others may be missed as well. */
  readonly missed$: Observable<Order>;
  /** Handles a message of another process; returns whether the client should read the entry. */
  readonly onMessage: (message: string) => boolean;
  /** Sets the lease under which this process polls for all, if it does, and whether it polls for itself alone. */
  readonly setLeader: (fence: number | undefined, isAlone: boolean) => void;
}

/** Opens the entry of the key that is used first. */
export function openSharedEntry(options: SharedEntryOptions): SharedEntry {
  const { engineOf, faults, scheduler, retryMs, takeOver, lostLease } = options;
  const adoption = trackAdoption(scheduler);
  const { lastWrite, latest, conflict$ } = adoption;
  const { engine$, engine, requireKey } = openOnce(engineOf);
  const news$ = new Subject<void>();
  const changes$ = new Subject<void>();
  /** Emits whether an operation has failed that nothing else would try again before the next poll. */
  const needsRetry$ = new Subject<boolean>();
  const isUnknown = (order: Order) => writer.fence() === undefined && isLater(order, lastWrite()?.order);
  const { onLastWrite, missed$ } = watchMissed(isUnknown, options);
  let isAlone = false;

  /** Tells whether this process has adopted a foreign payload, but was refused when it wrote that for the others. */
  const isUntold = ({ isForeign }: Stored, { content }: Payload) =>
    isForeign && content === latest()?.content && content !== lastWrite()?.payload.content;
  const read = async (): Promise<Stored | undefined> => {
    const before = lastWrite();
    const stored = await attempt(faults, 'read', () => engine().read());
    needsRetry$.next(!stored);
    const payload = toUsablePayload(stored?.text);
    if (!stored || !payload) return stored;
    const kind = adoption.applyStored(stored, payload, before, writer.fence() !== undefined || isAlone);
    if (kind) adopted();
    if (kind === 'foreign' || isUntold(stored, payload)) void writer.writeNext(payload);
    return stored;
  };
  const writer = createWriter({
    engine,
    adoption,
    faults,
    read,
    news$,
    changes$,
    lostLease,
    failed: needsRetry$.next.bind(needsRetry$, true),
  });
  const adopted = () => {
    writer.yieldTo(lastWrite()?.order.fence ?? 0);
    news$.next();
  };
  /** Has the client read the entry after what is under way. */
  const readAgain = () => {
    scheduler.schedule(changes$.next.bind(changes$, undefined));
  };
  const takeOverLease = async (after: Order | undefined) => {
    const granted = await attempt(faults, 'write', () => takeOver(after));
    if (granted !== undefined) writer.setFence(granted);
    return writer.catchUp();
  };

  return {
    get: (name) => {
      requireKey(name);
      return (
        adoption.takeUnread()?.text ??
        readForClient(() => readInTime(read, adoption, changes$, options), adoption, faults, readAgain)
      );
    },
    set: async (name, text) => {
      requireKey(name);
      const payload = toPayload(text);
      if (!payload) return;
      const isBased = adoption.isBasedOnKnown(payload);
      // What the fleet has written already resolves a conflict, and is no reason to take the lease from its holder.
      const isResolved = conflict$.value !== 'none' && payload.content === lastWrite()?.payload.content;
      const isWorthwhile = !isResolved && (isAlone || payload.content !== latest()?.content);
      const after = lastWrite()?.order;
      adoption.noteFetched(payload);
      const canWrite = () => (writer.fence() === undefined ? isWorthwhile && takeOverLease(after) : writer.catchUp());
      if (isBased && (await canWrite()) && latest() === payload) await writer.writeNext(payload);
      if (conflict$.value === 'none' && latest() === payload) return;
      // The fleet has written meanwhile. The client reads that after this call, when it has finished with its own config.
      scheduler.schedule(() => {
        if (latest() !== payload) adoption.markUnread();
        changes$.next();
      });
    },
    engine$,
    news$,
    changes$: merge(
      changes$,
      missed$,
      needsRetry$.pipe(switchMap((needsRetry) => (needsRetry ? timer(retryMs, scheduler) : EMPTY))),
    ),
    conflict$,
    isEmpty: () => latest() === undefined,
    orderOf: (text) => {
      const write = lastWrite();
      return write && toPayload(text)?.content === write.payload.content ? write.order : undefined;
    },
    knownFence: () => Math.max(writer.fence() ?? 0, lastWrite()?.order.fence ?? 0),
    onLastWrite,
    missed$,
    onMessage: (message) => {
      const announcement = fromAnnouncement(message);
      // A leader knows its own writes, and nobody can write under an older lease.
      if (!announcement || announcement.order.fence <= (writer.fence() ?? -1)) return false;
      const verdict = adoption.onAnnouncement(announcement);
      if (verdict === 'adopted') adopted();
      return verdict !== 'ignored';
    },
    setLeader: (number, alone) => {
      isAlone = alone;
      writer.setFence(number);
    },
  };
}

/** Opens an engine for the first key that is used, and refuses all other keys. */
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

/** Tells of writes that a process has not been told of, though it had the time that an announcement takes. */
function watchMissed(
  isUnknown: (order: Order) => boolean,
  { retryMs, scheduler }: SharedEntryOptions,
): Pick<SharedEntry, 'onLastWrite' | 'missed$'> {
  const order$ = new Subject<Order>();
  const missed$ = order$.pipe(
    filter(isUnknown),
    // The announcement comes by another connection.
    switchMap((order) => timer(Math.min(retryMs / 3, maxReadMs), scheduler).pipe(map(() => order))),
    filter(isUnknown),
    // What is read and remains unknown, because it is broken, is not read again and again.
    distinctUntilChanged((known, order) => !isLater(order, known)),
    share(),
  );
  return {
    onLastWrite: (order) => {
      order$.next(order);
    },
    missed$,
  };
}

/**
 * Reads the entry on behalf of the client, which fetches afterwards. If it has a config already, an engine that does not answer
 * may not keep it from that: what is answered later is told to the client then.
 */
async function readInTime(
  read: () => Promise<Stored | undefined>,
  { latest, markUnread }: Adoption,
  changes$: Subject<void>,
  { retryMs, scheduler }: SharedEntryOptions,
): Promise<Stored | undefined> {
  const known = latest();
  const reading = read();
  if (!known) return reading;
  const overdue$ = timer(Math.min(retryMs, maxReadMs), scheduler).pipe(
    map(() => {
      void reading.then(() => {
        if (latest()?.content === known.content) return;
        markUnread();
        changes$.next();
      });
      return undefined;
    }),
  );
  return firstValueFrom(race(reading, overdue$), { defaultValue: undefined });
}

/** Reads the entry, and throws failures that the client has not reported yet. */
async function readForClient(
  read: () => Promise<Stored | undefined>,
  adoption: Adoption,
  faults: Faults,
  readAgain: () => void,
): Promise<string | undefined> {
  const throwPending = () => {
    try {
      faults.throwPending();
    } catch (error) {
      // The failure takes the place of what the client was to read, which may be what it was told of.
      readAgain();
      throw error;
    }
  };
  throwPending();
  const stored = await read();
  throwPending();
  if (stored?.text === undefined) return undefined;
  adoption.takeUnread();
  // A broken text goes to the client as it is, because the client reports what is wrong with it.
  return toUsablePayload(stored.text) ? adoption.latest()?.text : stored.text;
}
