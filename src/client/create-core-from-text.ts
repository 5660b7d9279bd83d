import { map, of } from 'rxjs';
import type { KnownText } from '../acquisition/cache-starting-with.js';
import { textOf } from '../acquisition/cache-starting-with.js';
import { fromCacheText } from '../acquisition/entry.js';
import { createFixedStore } from '../acquisition/fixed-store.js';
import type { State } from '../acquisition/outcome.js';
import { manualPoll } from '../acquisition/polling/manual.js';
import { createTrampoline } from '../acquisition/trampoline.js';
import { requireObject } from '../arguments.js';
import { createDefaultUser } from '../core/default-user.js';
import { createDispatcher } from '../core/dispatcher.js';
import type { Events } from '../core/events.js';
import { createEvents } from '../core/events.js';
import type { SnapshotContext } from '../core/snapshot.js';
import { createSnapshot } from '../core/snapshot.js';
import type { Core, Data, FlagSource, ResolvedOptions } from '../core/source.js';
import { asSource, coreOf } from '../core/source.js';
import type { CacheState } from '../core/types.js';
import { compile } from '../evaluation/compile.js';
import { createLifetime } from '../lifetime/lifetime.js';
import type { LogEntry } from '../logging/event-text.js';
import type { LogEvent } from '../logging/events.js';
import * as logEvents from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import { createLog } from '../logging/logger.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import { parseConfig } from '../model/parse-config.js';
import type { User } from '../model/user.js';
import type { Layers } from '../overrides/overlay.js';
import { rememberLast } from '../remember-last.js';
import type { CoreOptions, FlagCore } from './create-core.js';
import { createCoreFace, resolveCoreOptions, toFlagCore } from './create-core.js';

/** Options of `createCoreFromText()`. */
export interface TextCoreOptions extends Pick<
  CoreOptions,
  'defaultUser' | 'formats' | 'texts' | 'logger' | 'logLevel'
> {
  /** A core or client whose default user (as of now), formats and log texts hold where none are given. Default: none. */
  readonly like?: FlagSource;
}

/**
 * Creates a core that knows one config for good, which comes from a text: what a server has rendered a page by, or what
 * another client knew. It has neither an SDK key nor a clock nor timers, and sends nothing; its streams emit at once, and
 * complete on `dispose()`. All functions of `configcat-rx/core` take it. Its data counts as cached, of the time in the text.
 *
 * What is wrong with the text is logged (event 2200), and there is then no config. Of evaluations nothing is logged: the
 * client that follows the config says that.
 *
 * @typeParam F - keys and types of the flags, see {@link FlagTypes}. Default: any.
 * @param text - `snapshot.cacheText` of a core or client, or a function that gives it; nothing where there is no config.
 * @throws TypeError when `options.like` is neither core nor client.
 *
 * @example
 * const rendered = createCoreFromText(client.snapshot().cacheText, { defaultUser: { identifier: '42' } });
 * rendered.snapshot().value('darkMode', false);
 * flag$(rendered, 'darkMode', false).subscribe(render); // once
 */
export function createCoreFromText<F extends FlagTypes<F> = AnyFlags>(
  text: KnownText,
  options: TextCoreOptions = {},
): FlagCore<F> {
  requireObject('options', options);
  const resolved = resolveOptions(options);
  const trampoline = createTrampoline();
  const events = createEvents(trampoline, resolved);
  const log = createTextLog(resolved, events);
  const store = createFixedStore(readText(text, resolved, log), resolved.texts);
  const { content } = store.state();
  const cacheState: CacheState = content ? 'cached' : 'no-flag-data';
  const dispatcher = createDispatcher(store.state);
  const defaultUser = createDefaultUser(resolved.defaultUser, trampoline, dispatcher.tellUser);
  const context: SnapshotContext = {
    createFace: createCoreFace,
    log,
    report: () => undefined,
    events,
    isLocalOnly: false,
    cacheState: () => cacheState,
  };
  const ruleset = content && compile(content);
  const snapshot = rememberLast((user: User | undefined) => createSnapshot(store.state(), ruleset, user, context));
  const snapshotOf = () => snapshot(undefined);
  const data: Data = {
    state: store.state,
    snapshotOf,
    snapshot: () => snapshot(defaultUser.current()),
    snapshot$: dispatcher.state$.pipe(map(snapshotOf)),
    cacheState: () => cacheState,
    ready$: of(cacheState),
  };
  // Nobody has to wait for anything, so that no process is kept alive.
  const lifetime = createLifetime({ isRealTime: false });
  lifetime.disposed$.subscribe({ complete: events.complete });
  events.emit({ type: 'ready', cacheState });
  events.started();
  const core: Core = { options: resolved, store, data, defaultUser, dispatcher, lifetime, context, parts: new Map() };
  return toFlagCore<F>(asSource(core, core));
}

function resolveOptions({ like, ...given }: TextCoreOptions): ResolvedOptions {
  if (!like) return resolveCoreOptions('', { ...given, polling: manualPoll() });
  requireObject('options.like', like, 'snapshot');
  const { options, defaultUser } = coreOf(like);
  const { formats, texts } = options;
  const user = defaultUser.current();
  return resolveCoreOptions('', {
    formats,
    texts,
    ...(user && { defaultUser: user }),
    ...given,
    polling: manualPoll(),
  });
}

/** The last moment that a date can be. */
const latestMs = 8.64e15;

/** What a text says; nothing where it cannot be read, which is logged. Source: protocol section 9. */
function readText(
  text: KnownText,
  { formats }: ResolvedOptions,
  log: Log,
): Pick<State<Layers>, 'entry' | 'content'> | undefined {
  try {
    const known = textOf(text);
    if (known === undefined) return undefined;
    const entry = fromCacheText(known);
    const { configText, fetchedAtMs = 0 } = entry;
    if (configText === undefined) return undefined;
    // Of a clock that was wrong to the utmost: no date can say that.
    const timeMs = Math.abs(fetchedAtMs) <= latestMs ? fetchedAtMs : 0;
    const dated = { ...entry, fetchedAtMs: timeMs, requestedAtMs: timeMs };
    return { entry: dated, content: [parseConfig(configText, undefined, formats)] };
  } catch (error) {
    log(logEvents.cacheReadFailed, {}, error);
    return undefined;
  }
}

/** What evaluations log. */
const ofEvaluations: readonly LogEvent[] = [
  logEvents.configMissing,
  logEvents.settingMissing,
  logEvents.evaluationFailed,
  logEvents.variationMissing,
];

/** A log of all but evaluations. */
function createTextLog(options: ResolvedOptions, events: Events): Log {
  const { textOf } = options.texts;
  const log = createLog(
    options,
    textOf,
    (value) => value,
    (text, error) => {
      events.emit({ type: 'error', message: text(), error: error() });
    },
  );
  const quiet = (...entry: LogEntry) => {
    if (!ofEvaluations.includes(entry[0])) log(...entry);
  };
  return Object.assign(quiet, { isEnabled: log.isEnabled, textOf });
}
