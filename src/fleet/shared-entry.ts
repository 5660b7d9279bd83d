import type { Observable, SchedulerLike } from 'rxjs';
import { EMPTY, ReplaySubject, Subject, merge, switchMap, timer } from 'rxjs';
import type { Adoption, Contest } from './adoption.js';
import { trackAdoption } from './adoption.js';
import { fromAnnouncement } from './announcement.js';
import type { Engine, Order, Stored } from './engine.js';
import type { Faults } from './faults.js';
import { attempt } from './faults.js';
import { toPayload, toUsablePayload } from './payload.js';
import { createWriter } from './writer.js';

/** What makes an entry the one of a fleet. */
export interface SharedEntryOptions {
  readonly engineOf: (key: string) => Engine;
  readonly faults: Faults;
  readonly scheduler: SchedulerLike;
  /** How long to wait before what has failed is tried again. */
  readonly retryMs: number;
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
  readonly changes$: Observable<unknown>;
  /** Whether the client's own config and the one of the fleet are in no order; replays it. */
  readonly contest$: Observable<Contest>;
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
  const { engineOf, faults, scheduler, retryMs, takeOver, lostLease } = options;
  const adoption = trackAdoption(scheduler);
  const { ordered, latest, contest$ } = adoption;
  const { engine$, engine, requireKey } = openOnce(engineOf);
  const news$ = new Subject<void>();
  const changes$ = new Subject<void>();
  /** Whether something has failed that nothing else would try again before the next poll. */
  const owes$ = new Subject<boolean>();
  let isAlone = false;

  const read = async (): Promise<Stored | undefined> => {
    const before = ordered();
    const stored = await attempt(faults, 'read', () => engine().read());
    owes$.next(!stored);
    const payload = toUsablePayload(stored?.text);
    if (!stored || !payload) return stored;
    const kind = adoption.learn(stored, payload, before, writer.fence() !== undefined || isAlone);
    if (kind) adopted();
    if (kind === 'foreign') void writer.writeNext(payload);
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
    failed: () => {
      owes$.next(true);
    },
  });
  const adopted = () => {
    writer.giveWay(ordered()?.order.fence ?? 0);
    news$.next();
  };
  const seize = async (after: Order | undefined) => {
    const granted = await attempt(faults, 'write', () => takeOver(after));
    if (granted !== undefined) writer.lead(granted);
    return writer.begun();
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
      const isBased = adoption.isBased(payload);
      const isWorthwhile = isAlone || payload.content !== latest()?.content;
      const after = ordered()?.order;
      adoption.fetched(payload);
      const begun = () => (writer.fence() === undefined ? isWorthwhile && seize(after) : writer.begun());
      if (isBased && (await begun()) && latest() === payload) await writer.writeNext(payload);
      if (contest$.value === 'none' && latest() === payload) return;
      // The fleet has written meanwhile. The client looks at that as soon as it knows that its own has been dealt with.
      scheduler.schedule(() => {
        if (latest() !== payload) adoption.leaveUnread();
        changes$.next();
      });
    },
    engine$,
    news$,
    changes$: merge(changes$, owes$.pipe(switchMap((owes) => (owes ? timer(retryMs, scheduler) : EMPTY)))),
    contest$,
    isEmpty: () => latest() === undefined,
    knownFence: () => Math.max(writer.fence() ?? 0, ordered()?.order.fence ?? 0),
    hear: (message) => {
      const heard = fromAnnouncement(message);
      // Whoever polls knows what it has written itself, and that it was not refused.
      if (!heard || heard.order.fence <= (writer.fence() ?? -1)) return false;
      const verdict = adoption.hear(heard);
      if (verdict === 'adopted') adopted();
      return verdict !== 'ignored';
    },
    lead: (number, alone) => {
      isAlone = alone;
      writer.lead(number);
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
