import { Subject, map, of, switchMap } from 'rxjs';
import { createFixedStore } from '../acquisition/fixed-store.js';
import type { State } from '../acquisition/outcome.js';
import { manualPoll } from '../acquisition/polling/manual.js';
import { createTrampoline } from '../acquisition/trampoline.js';
import { requireObject } from '../arguments.js';
import { createDefaultUser } from '../core/default-user.js';
import { createDispatcher } from '../core/dispatcher.js';
import type { Events } from '../core/events.js';
import { createEvents } from '../core/events.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { Core, Data, ResolvedOptions } from '../core/source.js';
import { asSource } from '../core/source.js';
import type { Ruleset } from '../evaluation/ruleset.js';
import { createFanOut } from '../flags/fan-out.js';
import { contextOfText } from '../flags/snapshot-of-text.js';
import { createLifetime } from '../lifetime/lifetime.js';
import type { LogEntry } from '../logging/event-text.js';
import type { LogEvent } from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import { createLog } from '../logging/logger.js';
import type { User } from '../model/user.js';
import type { Layers } from '../overrides/overlay.js';
import { rememberLast } from '../remember-last.js';
import type { CoreOptions } from './create-core.js';
import { createCoreSnapshot, resolveCoreOptions } from './create-core.js';

/** What a core knows for good. */
export interface FixedKnowledge {
  /** It has a content where there is a ruleset. */
  readonly state: State<Layers>;
  readonly ruleset: Ruleset | undefined;
}

/**
 * Creates a core that knows the same for good. It has neither clock nor timers, and sends nothing.
 *
 * @param read - gives what it knows, and logs what is wrong with that.
 * @param silent - what it logs nothing of.
 * @throws TypeError when the options are none.
 */
export function createFixedCore(
  options: Omit<CoreOptions, 'polling'>,
  read: (options: ResolvedOptions, log: Log) => FixedKnowledge,
  silent: readonly LogEvent[],
): Core {
  requireObject('options', options);
  const resolved = resolveCoreOptions('', { ...options, polling: manualPoll() });
  const trampoline = createTrampoline();
  const events = createEvents(trampoline, resolved);
  const log = createFixedLog(resolved, events, silent);
  const { state, ruleset } = read(resolved, log);
  const store = createFixedStore(state, resolved.texts);
  const dispatcher = createDispatcher(store.state);
  const defaultUser = createDefaultUser(resolved.defaultUser, trampoline, dispatcher.dispatchUserChange);
  const context = contextOfText(state, { createPublicSnapshot: createCoreSnapshot, log, events });
  const snapshot = rememberLast((user: User | undefined): InternalSnapshot => ({
    state,
    ruleset,
    defaultUser: user,
    hasConfig: ruleset !== undefined,
    context,
    publicSnapshot: undefined,
  }));
  const cacheState = context.cacheState(state);
  const snapshotOf = () => snapshot(undefined);
  const data: Data = {
    createFanOut,
    switchMap: (answers$) => switchMap(answers$),
    state: store.state,
    snapshotOf,
    snapshot: () => snapshot(defaultUser.current()),
    snapshot$: dispatcher.state$.pipe(map(snapshotOf)),
    cacheState: () => cacheState,
    ready$: of(cacheState),
  };
  // Nobody has to wait for anything, so that no process is kept alive.
  const lifetime = createLifetime({}, new Subject());
  lifetime.disposed$.subscribe({ complete: events.complete });
  events.emit({ type: 'ready', cacheState });
  events.started();
  const core: Core = { options: resolved, store, data, defaultUser, dispatcher, lifetime, context, parts: new Map() };
  return asSource(core, core);
}

function createFixedLog(options: ResolvedOptions, events: Events, silent: readonly LogEvent[]): Log {
  const { textOf } = options.texts;
  const log = createLog(
    options,
    textOf,
    (value) => value,
    (text, error) => {
      events.emit({ type: 'error', message: text(), error: error() });
    },
  );
  const written = (...entry: LogEntry) => {
    if (!silent.includes(entry[0])) log(...entry);
  };
  return Object.assign(written, { isEnabled: log.isEnabled, textOf });
}
