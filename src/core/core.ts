import { ReplaySubject, Subject, concat, distinctUntilChanged, map, pairwise, switchMap, takeUntil } from 'rxjs';
import type { State, Step } from '../acquisition/outcome.js';
import { createTrampoline } from '../acquisition/trampoline.js';
import { guarded } from '../arguments.js';
import type { Layers } from '../overrides/overlay.js';
import { compile } from '../evaluation/compile.js';
import { evaluate } from '../evaluation/evaluate.js';
import type { Ruleset } from '../evaluation/ruleset.js';
import { createLifetime } from '../lifetime/lifetime.js';
import { countedAsLive } from '../lifetime/live-clients.js';
import { createLog } from '../logging/logger.js';
import * as logEvents from '../logging/events.js';
import { redactor } from '../logging/redact.js';
import { maskSdkKey } from '../mask-sdk-key.js';
import { reportTo } from './evaluate.js';
import type { User } from '../model/user.js';
import type { OpenStore } from './config-store.js';
import { beginningOf, cacheStateOf, isLocalOnly, openStore as openOwnStore } from './config-store.js';
import { sessionSymbol } from '../session.js';
import type { Core, Data, ResolvedOptions, SessionParts } from './source.js';
import { cacheKeyOf } from './source.js';
import type { CacheState } from './types.js';
import { createDefaultUser } from './default-user.js';
import { createDispatcher } from './dispatcher.js';
import { createEvents } from './events.js';
import { rememberLast } from '../remember-last.js';
import type { InternalSnapshot, SnapshotContext, SnapshotParts } from './snapshot.js';
import { createSnapshot, publicSnapshotOf } from './snapshot.js';

/** Joins acquisition, evaluation and logging, and starts the work. */
export function createCore(
  options: ResolvedOptions,
  createFanOut: Data['createFanOut'],
  parts: SnapshotParts,
  openStore: OpenStore = openOwnStore,
): Core {
  const { sdkKey } = options;
  const trampoline = createTrampoline();
  const events = createEvents(trampoline, options);
  const lifetime = createLifetime(options, new Subject());
  const ready$ = new ReplaySubject<CacheState>(1);
  const { textOf } = options.texts;
  const log = createLog(options, textOf, redactor(sdkKey), (text, error) => {
    if (events.hasListeners()) events.emit({ type: 'error', message: text(), error: error() });
  });
  const cacheKey = cacheKeyOf(options);
  const store = openStore(options, cacheKey, trampoline, lifetime.disposed$);
  const dispatcher = createDispatcher(store.state, options.delivery?.createSlices(options.time.scheduler));
  const defaultUser = createDefaultUser(options.defaultUser, trampoline, dispatcher.dispatchUserChange);
  const context: SnapshotContext = {
    ...parts,
    // Only whoever wants to read how flags are evaluated pays for writing it down.
    evaluateWithLog: log.isEnabled('info') ? parts.evaluateWithLog : undefined,
    evaluate,
    log,
    report: reportTo(log, options.texts, () => store.state().content),
    events,
    cacheState: (state) => cacheStateOf(state, options),
  };
  let lastRuleset: Ruleset | undefined;
  const rulesetOf = rememberLast((layers: Layers) => (lastRuleset = compile(layers, lastRuleset)));
  let last: InternalSnapshot | undefined;
  // Every read comes by here.
  const snapshot = (state: State<Layers>, user: User | undefined): InternalSnapshot =>
    last?.state === state && last.defaultUser === user
      ? last
      : (last = createSnapshot(state, state.content && rulesetOf(state.content), user, context));
  const snapshotOf = (state: State<Layers>) => snapshot(state, undefined);
  const data: Data = {
    createFanOut,
    switchMap: (answers$) => switchMap(answers$),
    state: store.state,
    snapshotOf,
    snapshot: () => snapshot(store.state(), defaultUser.current()),
    snapshot$: dispatcher.state$.pipe(
      distinctUntilChanged((a, b) => a.content === b.content),
      map(snapshotOf),
    ),
    cacheState: (toleranceMs) => cacheStateOf(store.state(), options, toleranceMs),
    ready$: concat(beginningOf(store, options), ready$),
  };
  const core: Core = { options, store, data, defaultUser, dispatcher, lifetime, context, parts: new Map() };

  lifetime.disposed$.subscribe({
    complete: () => {
      dispatcher.slices?.flush();
      store.dispose();
      ready$.complete();
      events.complete();
    },
  });
  if (!isLocalOnly(options)) warnOfOthers(core, cacheKey);
  // The first to subscribe, which starts the work, and no reader before: from now on states can be read.
  store.step$.pipe(pairwise()).subscribe((steps) => {
    announceStep(steps, { core, ready$, after: trampoline });
    dispatcher.dispatchState(steps[1].state);
  });
  if (options.hold) (options.hold[sessionSymbol] as SessionParts).attach(core);
  events.started();
  return core;
}

/** Says when several clients of an SDK key work at a time, who poll twice by accident. */
function warnOfOthers(core: Core, cacheKey: string): void {
  const { log } = core.context;
  const { sdkKey } = core.options;
  const live$ = countedAsLive(core, cacheKey, (count, foreign) => {
    log(logEvents.secondClient, { sdkKey: maskSdkKey(sdkKey), count, foreign });
  });
  core.store.permission.whileGiven(live$).pipe(takeUntil(core.lifetime.disposed$)).subscribe();
}

/** Who is told of steps. */
interface Announcement {
  readonly core: Core;
  readonly ready$: ReplaySubject<CacheState>;
  /** Runs a task when the step in hand has reached everybody. */
  readonly after: (task: () => void) => void;
}

/** Logs what went wrong in a step, and tells what happened as events, in the order of protocol section 11. */
function announceStep<C>(
  [{ state: before }, { state, outcome }]: readonly [Step<C>, Step<C>],
  { core: { options, data, context }, ready$, after }: Announcement,
): void {
  const { log, events } = context;
  for (const entry of outcome.log ?? []) log(...entry);
  const { result, isInitiatedByUser = false } = outcome;
  if (result) events.emit({ type: 'configFetched', result, isInitiatedByUser });
  if (state.entry.configText !== before.entry.configText) {
    const changed = publicSnapshotOf(data.snapshot());
    events.emit({ type: 'configChanged', snapshot: changed });
    after(() => {
      guarded(
        () => options.onConfigChanged?.(changed),
        (error) => {
          log(logEvents.methodFailed, { method: 'onConfigChanged' }, error);
        },
      );
    });
  }
  if (state.isInitialised && !before.isInitialised) {
    events.emit({ type: 'ready', cacheState: data.cacheState() });
    ready$.next(data.cacheState());
    ready$.complete();
  }
}
