import { map, of } from 'rxjs';
import type { KnownText } from '../acquisition/cache-starting-with.js';
import { createFixedStore } from '../acquisition/fixed-store.js';
import { manualPoll } from '../acquisition/polling/manual.js';
import { createTrampoline } from '../acquisition/trampoline.js';
import { requireObject } from '../arguments.js';
import { createDefaultUser } from '../core/default-user.js';
import { createDispatcher } from '../core/dispatcher.js';
import type { Events } from '../core/events.js';
import { createEvents } from '../core/events.js';
import { createSnapshot } from '../core/snapshot.js';
import type { Core, Data, ResolvedOptions } from '../core/source.js';
import { asSource } from '../core/source.js';
import { compile } from '../evaluation/compile.js';
import { createFanOut } from '../flags/fan-out.js';
import { contextOfText, readText } from '../flags/snapshot-of-text.js';
import { createLifetime } from '../lifetime/lifetime.js';
import type { LogEntry } from '../logging/event-text.js';
import type { LogEvent } from '../logging/events.js';
import * as logEvents from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import { createLog } from '../logging/logger.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import { rememberLast } from '../remember-last.js';
import type { CoreOptions, FlagCore } from './create-core.js';
import { createCoreSnapshot, resolveCoreOptions, toFlagCore } from './create-core.js';

/** Options of `createCoreFromText()`. */
export type TextCoreOptions = Pick<CoreOptions, 'defaultUser' | 'formats' | 'texts' | 'logger' | 'logLevel'>;

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
 * @throws TypeError when the options are none.
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
  const resolved = resolveCoreOptions('', { ...options, polling: manualPoll() });
  const trampoline = createTrampoline();
  const events = createEvents(trampoline, resolved);
  const log = createTextLog(resolved, events);
  const state = readText(text, resolved.formats, log);
  const store = createFixedStore(state, resolved.texts);
  const dispatcher = createDispatcher(store.state);
  const defaultUser = createDefaultUser(resolved.defaultUser, trampoline, dispatcher.dispatchUserChange);
  const context = contextOfText(state, { createPublicSnapshot: createCoreSnapshot, log, events });
  const ruleset = state.content && compile(state.content);
  const snapshot = rememberLast((user: User | undefined) => createSnapshot(state, ruleset, user, context));
  const cacheState = context.cacheState(state);
  const snapshotOf = () => snapshot(undefined);
  const data: Data = {
    createFanOut,
    state: store.state,
    snapshotOf,
    snapshot: () => snapshot(defaultUser.current()),
    snapshot$: dispatcher.state$.pipe(map(snapshotOf)),
    cacheState: () => cacheState,
    ready$: of(cacheState),
  };
  // Nobody has to wait for anything, so that no process is kept alive.
  const lifetime = createLifetime({ holdProcess: undefined });
  lifetime.disposed$.subscribe({ complete: events.complete });
  events.emit({ type: 'ready', cacheState });
  events.started();
  const core: Core = { options: resolved, store, data, defaultUser, dispatcher, lifetime, context, parts: new Map() };
  return toFlagCore<F>(asSource(core, core));
}

/** What evaluations log. */
const ofEvaluations: readonly LogEvent[] = [
  logEvents.configMissing,
  logEvents.settingMissing,
  logEvents.evaluationFailed,
  logEvents.variationMissing,
  logEvents.jsonInvalid,
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
