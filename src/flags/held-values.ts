import { sha1Hex } from '../hash.js';
import type { Observable, Subscription } from 'rxjs';
import {
  Subject,
  defer,
  distinctUntilChanged,
  filter,
  ignoreElements,
  isObservable,
  map,
  merge,
  share,
  skip,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import type { InitialPolicy } from '../core/options.js';
import type { InternalSnapshot, SnapshotContext } from '../core/snapshot.js';
import type { Core } from '../core/source.js';
import { partOf } from '../core/source.js';
import type { DefaultValue, Evaluation } from '../evaluation/evaluate.js';
import { evaluate, isFailure } from '../evaluation/evaluate.js';
import type { HeldDecision, HeldValue } from '../evaluation/held-value.js';
import { methodFailed } from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import type { SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import { formOf, isSameUser } from '../model/user-copy.js';
import type { HeldContext } from './held-contexts.js';
import { heldContexts } from './held-contexts.js';
import type { HeldEntry, SessionStore } from './session-store.js';

/** What ends holds before the session ends: a stream, or a boolean flag by its key. */
export type ReleaseSource = Observable<unknown> | string | undefined;

/** The values that a session holds, as evaluation meets them. */
export interface HeldValues {
  readonly releaseKey: string | undefined;
  /** Emits when flags that are held are to be looked at again, although there is no other config or user. */
  readonly renewal$: (core: Core) => Observable<unknown>;
  /** Ends what is held for a user. */
  readonly leave: (user: User | undefined) => void;
  /** Tells a client once that the storage of the session fails. */
  readonly tellProblem: (core: Core) => void;
  /** What snapshots of a client are read by to hold, when its streams begin in a certain way. */
  readonly contextOf: (core: Core, initial: InitialPolicy) => SnapshotContext;
}

/** What a session needs of a client. */
interface HoldParts {
  /** What is known of flags is not merely what a cache of unknown age had. */
  readonly isReal: () => boolean;
  readonly renewal$: Observable<unknown>;
  readonly contexts: Map<InitialPolicy, SnapshotContext>;
}

/** Whether a reader can use a value. */
type Fits = (value: SettingValue) => boolean;

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
  const createParts = (core: Core) => createHoldParts(core, store, leave);

  const isReleased = (key: string, { ruleset }: InternalSnapshot, user: User | undefined) => {
    // What releases others is never held itself.
    if (isReleasing || key === releaseKey) return true;
    const release = releaseKey && evaluate(ruleset, releaseKey, false, user, () => undefined);
    return release && !isFailure(release) && release.value === true;
  };

  const holdingContext = ({ options, context }: Core, initial: InitialPolicy, parts: HoldParts): SnapshotContext => {
    const { scheduler } = options.time;
    const live = heldContexts.get(context)?.live ?? { ...context };
    const { evaluateWithLog } = live;
    const prefix = sha1Hex(options.sdkKey).slice(0, 16);
    const placeOf = (user: User | undefined, key: string) => [userName(user), `${prefix};${key}`] as const;

    const holding =
      (fits: Fits): typeof evaluateWithLog =>
      (snapshot, key, defaultValue, user, shown) => {
        const live = evaluateWithLog
          ? evaluateWithLog(snapshot, key, defaultValue, user, shown)
          : context.evaluate(snapshot.ruleset, key, defaultValue, user, snapshot.context.report);
        const place = placeOf(user, key);
        if (isReleased(key, snapshot, user)) {
          store.delete(...place);
          return live;
        }
        const known = heldValue(store.get(...place), live, defaultValue, fits);
        if (known) return decisionOf(known, live);
        if (isFailure(live) || live.value === undefined || !(initial === 'cached' || parts.isReal())) return live;
        const { value, variationId } = live;
        if (!fits(value)) return live;
        const entry = { value, variationId, sinceMs: scheduler.now() };
        store.add(...place, entry);
        tellProblem(context.log, store);
        const held: HeldDecision = { ...live, held: { held: heldAs(entry, live, defaultValue) } };
        return held;
      };
    const known: HeldContext = {
      live,
      heldOf: (snapshot, key, user, evaluation) =>
        isReleased(key, snapshot, user)
          ? undefined
          : heldValue(store.get(...placeOf(user, key)), evaluation, undefined, fitsAny),
      fitting: (snapshot, fits) => ({
        ...snapshot,
        context: { ...snapshot.context, evaluateWithLog: holding(fits) },
      }),
    };
    const held: SnapshotContext = { ...live, evaluateWithLog: holding(fitsAny) };
    heldContexts.set(held, known);
    return held;
  };

  /** Follows what releases for as long as a client lives that shows flags by this session. */
  const follow = ({ lifetime, context: { log } }: Core) => {
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
  };

  return {
    releaseKey,
    leave,
    renewal$: (core) =>
      defer(() => {
        follow(core);
        return partOf(core, createParts).renewal$;
      }),
    tellProblem: ({ context: { log } }) => {
      tellProblem(log, store);
    },
    contextOf: (core, initial) => {
      const parts = partOf(core, createParts);
      const context = parts.contexts.get(initial) ?? holdingContext(core, initial, parts);
      parts.contexts.set(initial, context);
      return context;
    },
  };
}

/** Says once that a storage fails. */
function tellProblem(log: Log, { takeProblem }: SessionStore): void {
  const problem = takeProblem();
  if (problem) log(methodFailed, { method: 'session.storage' }, problem.error);
}

function createHoldParts(
  { store: { state, step$ }, data, dispatcher, defaultUser, lifetime }: Core,
  session: SessionStore,
  leave: (user: User | undefined) => void,
): HoldParts {
  let isReal = data.cacheState() === 'local-only';
  let renewalCount = 0;
  const becameReal$ = new Subject<void>();
  // A good answer of the server, or an entry of a cache that counts as up to date; what comes later is newer.
  const real$ = step$.pipe(
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
  // One for all streams of the client: the dispatcher tells them in their order, outer ones before those inside of them.
  const asking$ = merge(session.released$, becameReal$).pipe(
    tap(() => {
      renewalCount++;
      dispatcher.dispatchState(state());
    }),
    ignoreElements(),
    share(),
    takeUntil(lifetime.disposed$),
  );
  const renewal$ = merge(
    asking$,
    dispatcher.state$.pipe(
      map(() => renewalCount),
      distinctUntilChanged(),
      skip(1),
    ),
  );
  return { isReal: () => isReal, renewal$, contexts: new Map() };
}

/** The first value that is held and of use to a reader. */
function heldValue(
  entries: readonly HeldEntry[],
  live: Evaluation,
  defaultValue: DefaultValue,
  fits: Fits,
): HeldValue | undefined {
  const isFailed = isFailure(live);
  const current = isFailed ? defaultValue : live.value;
  // Another type is another flag, in the config or in the program.
  const isAny = isFailed && (defaultValue === undefined || defaultValue === null);
  const entry = entries.find(({ value }) => (isAny || typeof value === typeof current) && fits(value));
  return entry && heldAs(entry, live, defaultValue);
}

function heldAs({ value, variationId, sinceMs }: HeldEntry, live: Evaluation, defaultValue: DefaultValue): HeldValue {
  const isFailed = isFailure(live);
  return {
    value,
    variationId,
    since: new Date(sinceMs),
    currentValue: isFailed ? defaultValue : live.value,
    currentVariationId: isFailed ? undefined : live.variationId,
  };
}

const fitsAny: Fits = () => true;

/** What is shown of a held value: how it came about only while that is why it would be shown now. */
function decisionOf(held: HeldValue, live: Evaluation): HeldDecision {
  const { variationId } = held;
  const value = held.value!;
  const isLive = !isFailure(live) && Object.is(live.value, value) && live.variationId === variationId;
  const decision = isLive
    ? live
    : { errorCode: 0 as const, value, variationId, ruleIndex: undefined, optionIndex: undefined };
  return { ...decision, held: { held } };
}
