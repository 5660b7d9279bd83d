import { sha1Hex } from '../hash.js';
import type { Observable, Subscription } from 'rxjs';
import { Subject, filter, isObservable, take, takeUntil } from 'rxjs';
import type { InitialPolicy } from '../core/options.js';
import type { InternalSnapshot, SnapshotContext } from '../core/snapshot.js';
import type { Core } from '../core/source.js';
import { partOf } from '../core/source.js';
import type { DefaultValue, Evaluation } from '../evaluation/evaluate.js';
import { evaluate, isFailure } from '../evaluation/evaluate.js';
import type { HeldDecision, HeldValue } from '../evaluation/held-value.js';
import { methodFailed } from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import type { User } from '../model/user.js';
import { formOf, isSameUser } from '../model/user-copy.js';
import { heldContexts } from './held-contexts.js';
import type { HeldEntry, SessionStore } from './session-store.js';

/** What ends holds before the session ends: a stream, or a boolean flag by its key. */
export type ReleaseSource = Observable<unknown> | string | undefined;

/** The values that a session holds, as evaluation meets them. */
export interface HeldValues {
  readonly releaseKey: string | undefined;
  /** Ends what is held for a user. */
  readonly leave: (user: User | undefined) => void;
  /** Follows what releases for as long as a client lives that shows flags by this session. */
  readonly follow: (core: Core) => void;
  /** Tells a client once that the storage of the session fails. */
  readonly tellProblem: (core: Core) => void;
  /** What snapshots of a client are read by to hold, when its streams begin in a certain way. */
  readonly contextOf: (core: Core, initial: InitialPolicy) => SnapshotContext;
  /** What this session needs of a client, made once. */
  readonly partsOf: (core: Core) => HoldParts;
}

/** What a session needs of a client. */
interface HoldParts {
  /** What is known of flags is not merely what a cache of unknown age had. */
  readonly isReal: () => boolean;
  readonly becameReal$: Observable<void>;
  readonly contexts: Map<InitialPolicy, SnapshotContext>;
}

/** What looks like the number of an object in the form of a user: after a reload it is that of another object. */
const objectNumber = /#\d+;/;

/** Joins the store of a session with what releases its values. */
export function createHeldValues(store: SessionStore, release: ReleaseSource): HeldValues {
  const releaseKey = typeof release === 'string' ? release : undefined;
  let isReleasing = false;
  let following: Subscription | undefined;

  const userName = (user: User | undefined) => {
    const form = user ? formOf(user) : '';
    return sha1Hex([store.id(), objectNumber.test(form) ? store.page : '', form].join());
  };
  const leave = (user: User | undefined) => {
    store.deleteUser(userName(user));
  };
  const createParts = (core: Core) => createHoldParts(core, leave);
  const partsOf = (core: Core) => partOf(core, createParts);

  const isReleased = (key: string, { ruleset }: InternalSnapshot, user: User | undefined) => {
    // What releases others is never held itself.
    if (isReleasing || key === releaseKey) return true;
    const release = releaseKey && evaluate(ruleset, releaseKey, false, user, () => undefined);
    return release && !isFailure(release) && release.value === true;
  };

  const holdingContext = ({ options, context }: Core, initial: InitialPolicy, parts: HoldParts): SnapshotContext => {
    const { scheduler } = options.time;
    const { evaluateWithLog } = heldContexts.get(context) ?? context;
    const prefix = sha1Hex(options.sdkKey).slice(0, 16);
    const placeOf = (user: User | undefined, key: string) => [userName(user), `${prefix};${key}`] as const;

    const evaluateAndHold: typeof evaluateWithLog = (snapshot, key, defaultValue, user, shown) => {
      const live = evaluateWithLog
        ? evaluateWithLog(snapshot, key, defaultValue, user, shown)
        : context.evaluate(snapshot.ruleset, key, defaultValue, user, snapshot.context.report);
      const place = placeOf(user, key);
      if (isReleased(key, snapshot, user)) {
        store.delete(...place);
        return live;
      }
      const known = heldValue(store.get(...place), live, defaultValue);
      if (known) return decisionOf(known, live);
      if (isFailure(live) || live.value === undefined || !(initial === 'cached' || parts.isReal())) return live;
      const { value, variationId } = live;
      const entry = { value, variationId, sinceMs: scheduler.now() };
      store.set(...place, entry);
      tellProblem(context.log, store);
      const held: HeldDecision = { ...live, held: heldValue(entry, live, defaultValue)! };
      return held;
    };
    const holding: SnapshotContext = { ...context, evaluateWithLog: evaluateAndHold };
    heldContexts.set(holding, {
      evaluateWithLog,
      heldOf: (snapshot, key, user, live) =>
        isReleased(key, snapshot, user) ? undefined : heldValue(store.get(...placeOf(user, key)), live, undefined),
    });
    return holding;
  };

  return {
    releaseKey,
    leave,
    partsOf,
    tellProblem: ({ context: { log } }) => {
      tellProblem(log, store);
    },
    contextOf: (core, initial) => {
      const parts = partsOf(core);
      const context = parts.contexts.get(initial) ?? holdingContext(core, initial, parts);
      parts.contexts.set(initial, context);
      return context;
    },
    follow: ({ lifetime, context: { log } }) => {
      tellProblem(log, store);
      if (following || !isObservable(release)) return;
      following = new Subject<void>().subscribe();
      const subscription = release.pipe(takeUntil(lifetime.disposed$)).subscribe({
        next: (value) => {
          const isNews = value !== false || isReleasing;
          isReleasing = value === true;
          // What is shown when the release ends is held from then on.
          if (isNews) store.clear();
        },
        error: (error: unknown) => {
          log(methodFailed, { method: 'release$' }, error);
        },
      });
      subscription.add(() => (following = undefined));
    },
  };
}

/** Says once that a storage fails. */
function tellProblem(log: Log, { takeProblem }: SessionStore): void {
  const problem = takeProblem();
  if (problem) log(methodFailed, { method: 'session.storage' }, problem.error);
}

function createHoldParts(
  { store, context, data, dispatcher, defaultUser }: Core,
  leave: (user: User | undefined) => void,
): HoldParts {
  let isReal = context.isLocalOnly;
  const becameReal$ = new Subject<void>();
  // A good answer of the server, or an entry of a cache that counts as up to date; what comes later is newer.
  const real$ = store.step$.pipe(
    filter(({ outcome }) => outcome.result?.isSuccess === true || data.cacheState() === 'up-to-date'),
    take(1),
  );
  real$.subscribe(() => {
    isReal = true;
    becameReal$.next();
    becameReal$.complete();
  });
  let user = defaultUser.current();
  dispatcher.collectors.push({
    // It has no groups.
    renew: () => false,
    ofState: () => undefined,
    ofUser: () => {
      const last = user;
      user = defaultUser.current();
      if (!isSameUser(last, user)) leave(last);
    },
  });
  return { isReal: () => isReal, becameReal$, contexts: new Map() };
}

/** A value as it is held. Another type is another flag, in the config or in the program: it holds nothing. */
function heldValue(entry: HeldEntry | undefined, live: Evaluation, defaultValue: DefaultValue): HeldValue | undefined {
  const isFailed = isFailure(live);
  const current = isFailed ? defaultValue : live.value;
  const isAny = isFailed && (defaultValue === undefined || defaultValue === null);
  if (!entry || !(isAny || typeof entry.value === typeof current)) return undefined;
  return {
    value: entry.value,
    variationId: entry.variationId,
    since: new Date(entry.sinceMs),
    currentValue: current,
    currentVariationId: isFailed ? undefined : live.variationId,
  };
}

/** What is shown of a held value: how it came about only while that is why it would be shown now. */
function decisionOf(held: HeldValue, live: Evaluation): HeldDecision {
  const { variationId } = held;
  const value = held.value!;
  if (!isFailure(live) && Object.is(live.value, value) && live.variationId === variationId) return { ...live, held };
  return { errorCode: 0, value, variationId, ruleIndex: undefined, optionIndex: undefined, held };
}
