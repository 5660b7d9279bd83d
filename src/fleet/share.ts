import type { Observable, SchedulerLike } from 'rxjs';
import {
  EMPTY,
  ReplaySubject,
  Subject,
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
import type { ConfigCache } from '../index.js';
import { released } from './announcement.js';
import type { Engine } from './engine.js';
import type { Faults } from './faults.js';
import { trackFaults, watched } from './faults.js';
import type { FleetRole, Lease } from './lease.js';
import { openLease } from './lease.js';
import { openSharedEntry } from './shared-entry.js';

/** How processes share an entry. */
export interface FleetOptions {
  /** Opens the place where the entry of a key is shared. */
  readonly engineOf: (key: string) => Engine;
  /** How long the polling process may be silent before another takes over, in milliseconds. */
  readonly leaseMs: number;
  /** How long a process goes without news before it polls by itself, and the polling one before it gives way. */
  readonly maxSilenceMs: number;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** What makes a client one of a fleet: two of its options, and who it is. */
export interface FleetMember {
  /** The shared cache, under the key and in the format of all ConfigCat SDKs. */
  readonly cache: ConfigCache & {
    readonly changes$: Observable<unknown>;
    readonly refreshOn$: Observable<unknown>;
    readonly isOrdered: true;
  };
  /** The gate of auto polling: `false` while another process polls for this one. */
  readonly pollWhile$: Observable<boolean>;
  /** Who polls, who is told, who is on its own; replays the current role. Never errors. */
  readonly role$: Observable<FleetRole>;
}

/** How long a process without any config waits for the polling one to fetch it. */
const firstSilenceMs = 2000;

/**
 * Makes this process one of those that share an engine: one of them polls, under a lease, and all adopt what it fetches
 * in the order in which it was written, whatever their clocks say.
 */
export function joinFleet({ engineOf, leaseMs, maxSilenceMs, scheduler, random }: FleetOptions): FleetMember {
  const faults = trackFaults();
  const leads$ = new Subject<void>();
  let lease: Lease | undefined;
  let isTakingPart = false;
  let ledFence: number | undefined;

  const entry = openSharedEntry({
    engineOf: (key) => {
      const engine = engineOf(key);
      const { knownFence } = entry;
      lease = openLease({
        engine: leasingFrom(engine, faults),
        owner: crypto.randomUUID(),
        leaseMs,
        knownFence,
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
  const alive$ = entry.engine$.pipe(
    switchMap((engine) => engine.alive$),
    tap((state) => {
      if (state !== false) faults.note('listen', faults.begin(), state === true ? undefined : state);
    }),
    share(),
  );
  const message$ = entry.engine$.pipe(
    switchMap((engine) => engine.listen()),
    map((message) => ({ isRelease: message === released, isChange: message !== released && entry.hear(message) })),
    // Listened to for as long as a client, or whoever watches the role, is there.
    share(),
  );
  const wake$ = merge(alive$, message$.pipe(filter(({ isRelease }) => isRelease)));

  const round$ = entry.engine$.pipe(
    switchMap(() => {
      isTakingPart = true;
      return lease!.rounds(wake$);
    }),
    finalize(() => {
      isTakingPart = false;
    }),
    tap(({ fence }) => {
      const isNew = fence !== undefined && fence !== ledFence;
      ledFence = fence;
      if (isNew) leads$.next();
    }),
  );
  const silenceMs = () => (entry.isEmpty() && ledFence === undefined ? firstSilenceMs : maxSilenceMs);
  const isSilent$ = watchSilence(merge(entry.news$, leads$), () => silenceMs() * (1 + random() / 2), scheduler).pipe(
    tap((isSilent) => {
      // What this process fetches, or cannot fetch, reaches nobody: another may do better.
      if (isSilent && ledFence !== undefined) lease?.giveBack();
    }),
  );
  // Who does not listen is not told; that the engine is reached again in another way does not change it.
  const isDisconnected$ = alive$.pipe(
    map((state) => state !== true),
    startWith(false),
  );
  const role$ = defer(() => combineLatest([isSilent$, isDisconnected$, entry.contest$, round$])).pipe(
    map(([isSilent, isDisconnected, contest, { role, fence }]) => {
      const isAlone = role === 'follower' && (isSilent || isDisconnected || contest !== 'none');
      const known: FleetRole = isAlone ? 'alone' : role;
      entry.lead(fence, known === 'alone');
      return known;
    }),
    distinctUntilChanged(),
    // Takes part in the lease for as long as somebody watches.
    share({ connector: () => new ReplaySubject(1) }),
  );
  const changes$ = merge(
    message$.pipe(filter(({ isChange }) => isChange)),
    // Whatever was announced before somebody listened was missed.
    alive$.pipe(filter((state) => state === true)),
    entry.changes$,
  );
  const options: Omit<FleetMember, 'role$'> = {
    cache: {
      get: entry.get,
      set: async (key, text) => {
        await entry.set(key, text);
        // Without polls there is no use in keeping what was taken to write.
        if (!isTakingPart) lease?.release();
      },
      changes$,
      // Of many that ask after an outage, the first decides for all whose answer is the same.
      refreshOn$: entry.contest$.pipe(
        switchMap((contest) => (contest === 'known' ? timer((leaseMs * random()) / 10, scheduler) : EMPTY)),
      ),
      isOrdered: true,
    },
    pollWhile$: role$.pipe(
      map((role) => role !== 'follower'),
      distinctUntilChanged(),
    ),
  };
  // Options of a client are made of all that is enumerable, of which this is none.
  return Object.defineProperty(options as FleetMember, 'role$', { value: role$ });
}

/** Whether there was no sign for so long: asked anew after each. */
function watchSilence(sign$: Observable<unknown>, maxMs: () => number, scheduler: SchedulerLike): Observable<boolean> {
  return sign$.pipe(
    startWith(undefined),
    switchMap(() =>
      timer(maxMs(), scheduler).pipe(
        map(() => true),
        startWith(false),
      ),
    ),
  );
}

/** What a lease needs of an engine; its failures are told. */
function leasingFrom(engine: Engine, faults: Faults): Pick<Engine, 'lease' | 'renew' | 'release'> {
  return {
    lease: (...args) => watched(faults, 'lease', () => engine.lease(...args)),
    renew: (...args) => watched(faults, 'lease', () => engine.renew(...args)),
    release: (...args) => engine.release(...args),
  };
}
