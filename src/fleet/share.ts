import type { Observable, SchedulerLike } from 'rxjs';
import {
  EMPTY,
  ReplaySubject,
  Subject,
  asyncScheduler,
  combineLatest,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  map,
  merge,
  share,
  startWith,
  switchMap,
  tap,
  timer,
} from 'rxjs';
import { requireDurationMs, requireType } from '../arguments.js';
import type { ConfigCache } from '../index.js';
import { released } from './announcement.js';
import type { Engine, Order } from './engine.js';
import type { Faults } from './faults.js';
import { trackFaults, watched } from './faults.js';
import type { FleetRole, Lease } from './lease.js';
import { openLease } from './lease.js';
import type { SharedEntry } from './shared-entry.js';
import { openSharedEntry } from './shared-entry.js';

/** Options of all that share configs: of `joinFleet()`, `redisShared()` and the like. */
export interface FleetOptions {
  /**
   * How long the polling process may be silent before another takes over, in milliseconds, from 100; it renews its lease
   * three times in that time. Where that is no longer than the poll interval, the death of that process costs two
   * intervals at most.
   *
   * @defaultValue `10000`
   */
  readonly leaseMs?: number;
  /**
   * How long a process receives no announcement before it polls by itself, in milliseconds, from 100: announcements may be
   * lost. A polling process that has stored nothing for as long, because it cannot reach the server, gives the lease to
   * another. Set it to some poll intervals.
   *
   * @defaultValue `180000`
   */
  readonly maxSilenceMs?: number;
  /** Clock and timers, for tests in virtual time. Default: the real ones. */
  readonly scheduler?: SchedulerLike;
  /** Numbers from 0 up to 1 that spread what processes would do at the same time. Default: `Math.random`. */
  readonly random?: () => number;
}

/** The two client options that make a client a member of a fleet, and its role there. */
export interface FleetMember {
  /** The shared cache, under the key and in the format of all ConfigCat SDKs. */
  readonly cache: ConfigCache & {
    readonly changes$: Observable<unknown>;
    readonly refreshOn$: Observable<unknown>;
    readonly isOrdered: true;
  };
  /** Whether auto polling runs: `false` while another process polls for this one. */
  readonly pollWhile$: Observable<boolean>;
  /** The role of this process in the fleet; replays the current one. Never errors. */
  readonly role$: Observable<FleetRole>;
  /**
   * The order under which the fleet has written what a client has: relays show it to their readers, so that nobody goes
   * back who moves from one to another.
   *
   * @param cacheText - `snapshot.cacheText` of the client.
   * @returns `undefined` where the client has it from elsewhere, or the fleet has written another config since.
   *
   * @example
   * const shared = redisShared(new Redis());
   * const client = createClientWithAutoPoll(sdkKey, { ...shared });
   * const relay = createRelay({ client, user, fleet: shared });
   */
  readonly orderOf: (cacheText: string) => Order | undefined;
}

/** How long a process without a config waits for the leader to fetch it. */
const firstSilenceMs = 2000;

const minMs = 100;
/** The longest time in milliseconds: half of it may be added, and timers beyond 31 bits would fire at once. */
const maxMs = 1_400_000_000;

/**
 * Makes this process one of those that share configs through an engine: one of them polls, under a lease, and all adopt
 * what it fetches in the order in which it was written, whatever their clocks say. While the engine fails, every process
 * polls by itself, which is logged once (event 2200); after that they find together again.
 *
 * For engines of your own: `configcat-rx/redis` brings one. `engineContract()` of `configcat-rx/testing` holds them to what
 * this function expects of them.
 *
 * @param engineOf - opens the engine for the key under which all ConfigCat SDKs store an entry; called once, when the client
 * is created.
 * @returns two options of a client. One call serves clients of one SDK key.
 * @throws TypeError or RangeError naming the argument or option that is wrong.
 *
 * @example
 * const shared = joinFleet((key) => engineInMyDatabase(key), { leaseMs: 10_000 });
 * const client = createClientWithAutoPoll(sdkKey, { ...shared });
 */
export function joinFleet(engineOf: (key: string) => Engine, options: FleetOptions = {}): FleetMember {
  requireType('engineOf', engineOf, 'function');
  const { leaseMs, maxSilenceMs, scheduler, random } = completeOptions(options);
  const faults = trackFaults();
  const newLease$ = new Subject<void>();
  let lease: Lease | undefined;
  let takesPart = false;
  let heldFence: number | undefined;

  const entry = openSharedEntry({
    engineOf: (key) => {
      const engine = engineOf(key);
      const { knownFence } = entry;
      lease = openLease({
        engine: leasingFrom(engine, faults),
        owner: crypto.randomUUID(),
        leaseMs,
        knownFence,
        noteLastWrite: entry.onLastWrite,
        random,
        scheduler,
      });
      return engine;
    },
    faults,
    scheduler,
    retryMs: leaseMs / 3,
    takeOver: async (after) => lease?.takeOver(after),
    lostLease: (fence) => lease?.lost(fence),
  });
  const { alive$, message$ } = hear(entry, faults);
  const wake$ = merge(alive$, message$.pipe(filter(({ isRelease }) => isRelease)));

  const round$ = entry.engine$.pipe(
    switchMap(() => {
      takesPart = true;
      return lease!.rounds(wake$);
    }),
    finalize(() => {
      takesPart = false;
    }),
    tap(({ fence }) => {
      const isNew = fence !== undefined && fence !== heldFence;
      heldFence = fence;
      if (isNew) newLease$.next();
    }),
  );
  const silenceMs = () => (entry.isEmpty() && heldFence === undefined ? firstSilenceMs : maxSilenceMs);
  const isSilent$ = watchSilence(merge(entry.news$, newLease$), () => silenceMs() * (1 + random() / 2), scheduler).pipe(
    tap((isSilent) => {
      // The leader fetches or stores nothing: another process may be able to.
      if (isSilent && heldFence !== undefined) lease?.stepDown();
    }),
  );
  // Without the subscription no announcement arrives, even if commands reach the engine again.
  const isDisconnected$ = alive$.pipe(
    map((state) => state !== true),
    startWith(false),
  );
  const role$ = defer(() => combineLatest([isSilent$, isDisconnected$, entry.conflict$, round$])).pipe(
    map(([isSilent, isDisconnected, conflict, { role, fence }]) => {
      const isAlone = role === 'follower' && (isSilent || isDisconnected || conflict !== 'none');
      const shownRole: FleetRole = isAlone ? 'alone' : role;
      entry.setLeader(fence, shownRole === 'alone');
      return shownRole;
    }),
    distinctUntilChanged(),
    // The process takes part in the lease as long as somebody is subscribed.
    share({ connector: () => new ReplaySubject(1) }),
  );
  const changes$ = merge(
    message$.pipe(filter(({ isChange }) => isChange)),
    // Announcements from before this moment were missed.
    alive$.pipe(filter((state) => state === true)),
    entry.changes$,
  );
  const clientOptions: Omit<FleetMember, 'role$' | 'orderOf'> = {
    cache: {
      get: entry.get,
      set: async (key, text) => {
        await entry.set(key, text);
        // A process that does not poll took the lease for this write only.
        if (!takesPart) lease?.release();
      },
      changes$,
      // Requests are spread after an outage: what the first fetches resolves the conflict of all with the same config.
      refreshOn$: entry.conflict$.pipe(
        switchMap((conflict) => (conflict === 'known' ? timer((leaseMs * random()) / 10, scheduler) : EMPTY)),
      ),
      isOrdered: true,
    },
    pollWhile$: role$.pipe(
      map((role) => role !== 'follower'),
      distinctUntilChanged(),
    ),
  };
  return withHidden(clientOptions, { role$, orderOf: entry.orderOf });
}

/** The connection of an entry: whether announcements arrive, and those that do. Listens while subscribed to. */
function hear(entry: SharedEntry, faults: Faults) {
  /** The state of the connection and the messages, from one subscription: they share a connection in the engine. */
  const heard$ = entry.engine$.pipe(
    switchMap((engine) =>
      entry.missed$.pipe(
        startWith(undefined),
        // What was missed may have been sent into a connection whose other end has gone without a word.
        switchMap(() =>
          merge(engine.alive$.pipe(map((state) => ({ state }))), engine.listen().pipe(map((message) => ({ message })))),
        ),
      ),
    ),
    share(),
  );
  const alive$ = heard$.pipe(
    filter((heard) => 'state' in heard),
    map(({ state }) => state),
    tap((state) => {
      if (state !== false) faults.note('listen', faults.begin(), state === true ? undefined : state);
    }),
    share(),
  );
  const message$ = heard$.pipe(
    filter((heard) => 'message' in heard),
    map(({ message }) => ({
      isRelease: message === released,
      isChange: message !== released && entry.onMessage(message),
    })),
    share(),
  );
  return { alive$, message$ };
}

function completeOptions(options: FleetOptions): Required<FleetOptions> {
  const { leaseMs = 10_000, maxSilenceMs = 180_000, scheduler = asyncScheduler, random = Math.random } = options;
  requireDurationMs('options.leaseMs', leaseMs, minMs, maxMs);
  requireDurationMs('options.maxSilenceMs', maxSilenceMs, minMs, maxMs);
  return { leaseMs, maxSilenceMs, scheduler, random };
}

/** Adds members that are not enumerable: members of a fleet are spread into client options, where these do not belong. */
function withHidden<T extends object, H extends object>(object: T, hidden: H): T & H {
  for (const [name, value] of Object.entries(hidden)) Object.defineProperty(object, name, { value: value as unknown });
  return object as T & H;
}

/** Emits `true` when there was no activity for the time that `maxMs` returns after the last one, `false` on activity. */
function watchSilence(
  activity$: Observable<unknown>,
  maxMs: () => number,
  scheduler: SchedulerLike,
): Observable<boolean> {
  return activity$.pipe(
    startWith(undefined),
    switchMap(() =>
      timer(maxMs(), scheduler).pipe(
        map(() => true),
        startWith(false),
      ),
    ),
  );
}

/** The methods of an engine that a lease calls, with their failures recorded. */
function leasingFrom(engine: Engine, faults: Faults): Pick<Engine, 'lease' | 'renew' | 'release'> {
  return {
    lease: (...args) => watched(faults, 'lease', () => engine.lease(...args)),
    renew: (...args) => watched(faults, 'lease', () => engine.renew(...args)),
    release: (...args) => engine.release(...args),
  };
}
