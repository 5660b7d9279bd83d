import { sha1Hex } from '../hash.js';
import type { Observable } from 'rxjs';
import { defer, distinctUntilChanged, ignoreElements, map, merge, share, skip, takeUntil, tap } from 'rxjs';
import type { InitialPolicy } from '../core/options.js';
import type { SnapshotContext } from '../core/snapshot.js';
import type { Core } from '../core/source.js';
import { partOf } from '../core/source.js';
import type { DefaultValue, Evaluation } from '../evaluation/evaluate.js';
import { isFailure } from '../evaluation/evaluate.js';
import type { HeldDecision, HeldValue } from '../evaluation/held-value.js';
import { methodFailed } from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import type { SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import { formOf } from '../model/user-copy.js';
import type { HeldContext } from './held-contexts.js';
import { heldContexts } from './held-contexts.js';
import { watchForHolds } from './hold-watch.js';
import type { ReleaseSource } from './releasing.js';
import { createReleasing } from './releasing.js';
import type { HeldEntry } from './held-entries.js';
import type { SessionStore } from './session-store.js';

/** The values that a session holds, as evaluation meets them. */
export interface HeldValues {
  readonly releaseKey: string | undefined;
  /** Emits when flags that are held are to be looked at again, although there is no other config or user. */
  readonly renewal$: (core: Core) => Observable<unknown>;
  /** Ends what is held for a user. */
  readonly leave: (user: User | undefined) => void;
  /** Tells a client once that the storage of the session fails. */
  readonly tellProblem: (core: Core) => void;
  /** Ends what is held for default users as soon as they are left, and not only when something is read. */
  readonly followDefaultUser: (core: Core) => void;
  /** What snapshots of a client are read by to hold, when its streams begin in a certain way. */
  readonly contextOf: (core: Core, initial: InitialPolicy) => SnapshotContext;
}

/** What a session needs of a client. It must not hold the core, whose other half would then keep it for ever. */
interface HoldParts {
  /** What is known of flags is not merely what a cache of unknown age had. */
  readonly isReal: () => boolean;
  /** Ends what is held for the default users who have been left. */
  readonly noteLeft: () => void;
  /** Does so each time that one has been left. */
  readonly left$: Observable<never>;
  readonly renewal$: Observable<unknown>;
  readonly contexts: Map<InitialPolicy, SnapshotContext>;
}

/** Whether a reader can use a value. */
type Fits = (value: SettingValue) => boolean;

/** What looks like the number of an object in the form of a user: after a reload it is that of another object. */
const objectNumber = /#\d+;/;

/** Joins the store of a session with what releases its values. */
export function createHeldValues(store: SessionStore, release: ReleaseSource): HeldValues {
  const releasing = createReleasing(store, release);
  const userName = (user: User | undefined) => {
    const form = user ? formOf(user) : '';
    return sha1Hex([store.id(), objectNumber.test(form) ? store.page : '', form].join());
  };
  const leave = (user: User | undefined) => {
    store.deleteUser(userName(user));
  };
  // In no core, which would keep the session of each visitor for as long as it lives.
  const partsByCore = new WeakMap<object, HoldParts>();
  const partsOf = (core: Core) => {
    const parts = partsByCore.get(core.parts) ?? createHoldParts(core, store, leave);
    partsByCore.set(core.parts, parts);
    return parts;
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
        parts.noteLeft();
        const live = evaluateWithLog
          ? evaluateWithLog(snapshot, key, defaultValue, user, shown)
          : context.evaluate(snapshot.ruleset, key, defaultValue, user, snapshot.context.report);
        if (releasing.isReleased(key, snapshot, user)) {
          store.delete(...placeOf(user, key));
          return live;
        }
        const find = () => heldValue(store.get(...placeOf(user, key)), live, defaultValue, fits);
        const known = find();
        if (known) return decisionOf(known, live);
        if (isFailure(live) || live.value === undefined || !(initial === 'cached' || parts.isReal())) return live;
        const { value, variationId } = live;
        if (!fits(value)) return live;
        store.catchUp();
        const others = find();
        if (others) return decisionOf(others, live);
        const entry = { value, variationId, sinceMs: scheduler.now() };
        store.add(...placeOf(user, key), entry);
        tellProblem(context.log, store);
        const held: HeldDecision = { ...live, held: { held: heldAs(entry, live, defaultValue) } };
        return held;
      };
    const known: HeldContext = {
      live,
      heldOf: (snapshot, key, user, evaluation) =>
        releasing.isReleased(key, snapshot, user)
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

  return {
    releaseKey: releasing.key,
    leave,
    renewal$: (core) =>
      defer(() => {
        tellProblem(core.context.log, store);
        releasing.follow(core);
        return partsOf(core).renewal$;
      }),
    tellProblem: ({ context: { log } }) => {
      tellProblem(log, store);
    },
    followDefaultUser: (core) => {
      partsOf(core).left$.pipe(takeUntil(core.lifetime.disposed$)).subscribe();
    },
    contextOf: (core, initial) => {
      const parts = partsOf(core);
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

function createHoldParts(core: Core, session: SessionStore, leave: (user: User | undefined) => void): HoldParts {
  const { store, dispatcher, lifetime } = core;
  const watch = partOf(core, watchForHolds);
  let seenCount = watch.leftCount();
  const noteLeft = () => {
    const count = watch.leftCount();
    if (count === seenCount) return;
    const left = watch.leftSince(seenCount);
    seenCount = count;
    left.forEach(leave);
  };
  const left$ = watch.left$.pipe(tap(noteLeft), ignoreElements());
  let renewalCount = 0;
  // One for all streams of the client: the dispatcher tells them in their order, outer ones before those inside of them.
  const asking$ = merge(session.released$, watch.becameReal$).pipe(
    tap(() => {
      renewalCount++;
      dispatcher.dispatchState(store.state());
    }),
    ignoreElements(),
  );
  const followed$ = merge(asking$, left$).pipe(share(), takeUntil(lifetime.disposed$));
  const renewal$ = merge(
    followed$,
    dispatcher.state$.pipe(
      map(() => renewalCount),
      distinctUntilChanged(),
      skip(1),
    ),
  );
  return { isReal: watch.isReal, noteLeft, left$, renewal$, contexts: new Map() };
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
