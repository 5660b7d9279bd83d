import { lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { toCacheText } from '../acquisition/entry.js';
import type { ExternalCache } from '../acquisition/external-cache.js';
import { openerOf } from '../acquisition/external-cache.js';
import type { RefreshResult } from '../acquisition/outcome.js';
import type { RefreshHints } from '../acquisition/refresh-on.js';
import type { PollingMode } from '../acquisition/polling/mode.js';
import { planOf } from '../acquisition/polling/mode.js';
import { requireObject } from '../arguments.js';
import { createCore as joinParts } from '../core/core.js';
import { valueOf } from '../core/evaluate.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import type { Core, FlagSource, ResolvedOptions } from '../core/source.js';
import { asSource } from '../core/source.js';
import type { CacheState, CoreSnapshot, Snapshot } from '../core/types.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { createFanOut } from '../flags/fan-out.js';
import { ready$ } from '../flags/ready.js';
import { forceRefresh } from '../flags/reads.js';
import { anchor } from '../lifetime/anchor.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import type { CommonOptions } from '../core/options.js';
import type { LogTexts } from '../core/evaluate.js';
import type { Session } from '../session.js';
import { configV5Missing } from '../formats/v5-missing.js';
import type { ConfigFormat } from '../model/format.js';
import { completeOptions, givenOf } from './complete-options.js';
import { links } from './log-texts.js';

/** Options of `createCore()`. */
export interface CoreOptions extends Omit<
  CommonOptions,
  'cache' | 'refreshOn$' | 'minRefreshAgeSeconds' | 'workWhile$' | 'hold'
> {
  /**
   * Holds the first real value of each flag for the session of a user, whatever configs arrive: `session()`. Default: nothing
   * is held.
   */
  readonly hold?: Session | false;
  /** When to fetch: `autoPoll()`, `lazyLoad()` or `manualPoll()`. There is no default, so that you pay for one only. */
  readonly polling: PollingMode;
  /**
   * A cache outside the process, shared with other ConfigCat SDKs: `externalCache(cache)`. Default: memory only.
   */
  readonly cache?: ExternalCache;
  /** What makes the core fetch besides its polling mode: `refreshOn(stream$)`. Default: nothing. */
  readonly refreshOn?: RefreshHints;
  /**
   * Readers of other formats than the current one: `[configV5]` for what ConfigCat's former config JSON served. Default: none.
   * A core that meets such a document says in its log what to pass.
   */
  readonly formats?: readonly ConfigFormat[];
  /**
   * What log entries and error messages say: `logTexts` for ConfigCat's texts. Default: where the documentation of the
   * event is, and what it is about.
   */
  readonly texts?: LogTexts;
}

/** What every question about flags needs. The questions are functions, of which bundles have those that are imported. */
export interface FlagCore<F extends FlagTypes<F> = AnyFlags> extends FlagSource<F> {
  /** The present state for synchronous use; never waits and never fetches. */
  snapshot(): CoreSnapshot<F>;
  /** Emits once, when reads need not wait any more, and completes; says what there is then. */
  readonly ready$: Observable<CacheState>;
  /** Fetches by a request that begins now or later, whatever the polling mode; never rejects. */
  refresh(): Promise<RefreshResult>;
  /** Evaluates for another user from now on, where none is named; `undefined` for nobody. */
  setDefaultUser(user: User | undefined): void;
  /** Ends all work and completes all streams. Evaluations go on with what is known. */
  dispose(): void;
  /** `dispose()`, once the external cache has what is being written: after two seconds at most. */
  disposeWhenWritten(): Promise<void>;
}

/**
 * Creates a core, which starts to work at once. It is a client without methods: pass it to the functions of
 * `configcat-rx/core`, and a bundle has those that you import. Log level `info` does not write evaluations down.
 *
 * @typeParam F - keys and types of the flags, see {@link FlagTypes}. Default: any.
 * @param sdkKey - identifies config and environment; see the ConfigCat dashboard.
 * @throws TypeError when there are no options, or no polling mode among them; all others are taken as they are.
 *
 * @example
 * import { autoPoll, createCore, flag$ } from 'configcat-rx/core';
 *
 * const core = createCore(sdkKey, { polling: autoPoll() });
 * flag$(core, 'darkMode', false).subscribe(render);
 */
export function createCore<F extends FlagTypes<F> = AnyFlags>(sdkKey: string, options: CoreOptions): FlagCore<F> {
  requireObject('options', options);
  return toFlagCore<F>(
    anchor(joinParts(resolveCoreOptions(sdkKey, options), createFanOut, { createPublicSnapshot: createCoreSnapshot })),
  );
}

/** A core as it is handed out. */
export function toFlagCore<F extends FlagTypes<F>>(core: Core): FlagCore<F> {
  const { data, defaultUser, lifetime, store } = core;
  const members = {
    snapshot: () => publicSnapshotOf(data.snapshot()),
    ready$: ready$(core),
    refresh: () => forceRefresh(core),
    setDefaultUser: (user: User | undefined) => {
      if (user !== undefined) requireObject('user', user);
      defaultUser.set(user);
    },
    dispose: lifetime.dispose,
    disposeWhenWritten: () =>
      lifetime.pending(lastValueFrom(store.written$, { defaultValue: undefined })).then(lifetime.dispose),
  };
  // `F` is the caller's word about the config: nothing at run time depends on it.
  return asSource(members, core) as unknown as FlagCore<F>;
}

/** Options are what their types say: checks are for the clients of the package root. */
export function resolveCoreOptions(sdkKey: string, options: CoreOptions): ResolvedOptions {
  const { formats = [], texts = links, polling, cache, refreshOn, ...given } = givenOf(options);
  if (refreshOn) requireObject('options.refreshOn', refreshOn);
  return completeOptions(sdkKey, given, {
    polling: planOf('options.polling', polling),
    cache: cache && openerOf('options.cache', cache),
    formats: [...formats, configV5Missing],
    texts,
    triggers: refreshOn ? [refreshOn.trigger] : [],
  });
}

/** A snapshot without methods but for values. */
export function createCoreSnapshot(snapshot: InternalSnapshot): Snapshot {
  const { state, defaultUser, hasConfig, context } = snapshot;
  const { fetchedAtMs, configText } = state.entry;
  const publicSnapshot = {
    value: (key: string, defaultValue: DefaultValue, user: User | undefined = defaultUser) =>
      valueOf(snapshot, 'Snapshot.value', key, defaultValue, user),
    defaultUser,
    hasConfig,
    get cacheState() {
      return context.cacheState(state);
    },
    fetchedAt: fetchedAtMs === undefined ? undefined : new Date(fetchedAtMs),
    get cacheText() {
      return configText && toCacheText(state.entry);
    },
  };
  // Whoever has it from a core is told by its type what is not there.
  return publicSnapshot as unknown as Snapshot;
}
