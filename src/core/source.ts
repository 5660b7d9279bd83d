import { platform } from '#platform';
import type { Observable, OperatorFunction } from 'rxjs';
import { requireMade } from '../arguments.js';
import type { State } from '../acquisition/outcome.js';
import type { Store } from '../acquisition/store.js';
import type { CacheOpener } from '../acquisition/external-cache.js';
import type { Permission, PermissionContext } from '../acquisition/permission.js';
import type { Home } from '../acquisition/fetch.js';
import type { PollingPlan } from '../acquisition/polling/mode.js';
import type { RuntimeLimits } from '../acquisition/runtime-limits.js';
import type { Trigger } from '../acquisition/triggers.js';
import type { Lifetime } from '../lifetime/lifetime.js';
import type { User } from '../model/user.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import type { Layers } from '../overrides/overlay.js';
import type { ConfigFormat } from '../model/format.js';
import type { Platform } from '../platform/platform.js';
import type { Time } from '../time.js';
import type { CommonOptions } from './options.js';
import type { LogTexts } from './evaluate.js';
import type { DefaultUser } from './default-user.js';
import type { Dispatcher } from './dispatcher.js';
import type { FanOut } from './snapshot.js';
import type { InternalSnapshot, SnapshotContext } from './snapshot.js';
import type { Session } from '../session.js';
import type { CacheState, HasFlags } from './types.js';

/** The joined parts of a client, with which the functions that answer questions work. */
export interface Core extends FlagSource {
  readonly options: ResolvedOptions;
  readonly store: Store<Layers>;
  readonly data: Data;
  readonly defaultUser: DefaultUser;
  /** Tells each change to those whom it concerns. */
  readonly dispatcher: Dispatcher;
  readonly lifetime: Lifetime;
  /** What evaluation works with beside the config, and who is told of it. */
  readonly context: SnapshotContext;
  /** What functions have made of this core, each when it was first asked for: see `partOf()`. */
  readonly parts: Map<unknown, unknown>;
}

/** Options as the inside of the library knows them: complete and trusted. */
export interface ResolvedOptions
  extends
    Required<
      Pick<
        CommonOptions,
        'dataGovernance' | 'requestTimeoutMs' | 'maxConfigBytes' | 'logger' | 'logLevel' | 'initial' | 'offline'
      >
    >,
    Pick<
      CommonOptions,
      'fetch' | 'agent' | 'logFilter' | 'defaultUser' | 'onConfigChanged' | 'overrides' | 'delivery' | 'session'
    > {
  /** The session in which values are held unless a stream says otherwise. */
  readonly hold?: Session | false | undefined;
  readonly sdkKey: string;
  readonly polling: PollingPlan;
  readonly cache?: CacheOpener | undefined;
  /** Readers of other formats than the current one: of the previous one, or `configV5Missing` in its place. */
  readonly formats: readonly ConfigFormat[];
  readonly time: Time;
  /** What asks for a config besides polling mode and cache. */
  readonly triggers: readonly Trigger[];
  /** Creates what tells when the client may work by itself. Default: it always may. */
  readonly createPermission?: ((context: PermissionContext) => Permission) | undefined;
  /** What the runtime lets acquisition wait for. */
  readonly limits: RuntimeLimits;
  /** Keeps the process alive until the returned function is called, where live subscriptions must. */
  readonly holdProcess: (() => () => void) | undefined;
  /** Clock and timers are not the real ones. */
  readonly isVirtualTime: boolean;
  readonly home: Home;
  readonly texts: LogTexts;
  /** Chooses how requests are sent. Default: as the platform does. */
  readonly createTransport?: Platform['createTransport'];
  /** What is known to begin with, overrides not included. Default: nothing. */
  readonly first?: State<Layers> | undefined;
}

/** The flag data of a client, and how good it is. */
export interface Data {
  /** Makes what brings flags to those who follow them: each kind of source has its own. */
  readonly createFanOut: (core: Core) => FanOut;
  /** RxJS's `switchMap`, or what does the same for streams of users and is less to load. */
  readonly switchMap: <T>(answers$: (user: User | undefined) => Observable<T>) => OperatorFunction<User | undefined, T>;
  readonly state: () => State<Layers>;
  /** A state for users that are named. */
  readonly snapshotOf: (state: State<Layers>) => InternalSnapshot;
  /** The present state under the default user. */
  readonly snapshot: () => InternalSnapshot;
  /** The present state and those to come, one per config that differs, for users that are named. */
  readonly snapshot$: Observable<InternalSnapshot>;
  /** How good the data is, counted as up to date for this much longer than it is. */
  readonly cacheState: (toleranceMs?: number) => CacheState;
  /** Emits once, when reads need not wait any more. */
  readonly ready$: Observable<CacheState>;
}

/** What a session is made of, as far as cores know. */
export interface SessionParts {
  /** Makes a core hold values, however it is read. */
  readonly attach: (core: Core) => void;
}

/** Under this symbol cores and clients keep what they are made of, also for other copies of this version of the library. */
export const coreSymbol: unique symbol = Symbol.for('configcat-rx/1');

/**
 * Where flags come from: a core, or a client, which is a core with methods. Functions of `configcat-rx/core` take either.
 *
 * @typeParam F - keys and types of the flags, see {@link FlagTypes}. Default: any.
 */
export interface FlagSource<F extends FlagTypes<F> = AnyFlags> extends HasFlags<F> {
  /** @internal */
  readonly [coreSymbol]?: Core;
}

/** Makes an object a source. Hidden, so that it is in nobody's way. */
export function asSource<T extends object>(object: T, core: Core): T & FlagSource {
  return Object.defineProperty(object, coreSymbol, { value: core });
}

/**
 * The core behind a source.
 *
 * @throws TypeError when it is no source of flags.
 */
export function coreOf(source: FlagSource): Core {
  return requireMade('source', source, coreSymbol, 'a core, or a client');
}

/**
 * What a function has made of a core, made when it is first asked for: so nobody pays for what he does not use. What is
 * made lives as long as the core, and must not hold the core itself, which could then never be collected.
 */
export function partOf<T>(core: Core, create: (core: Core) => T): T {
  const { parts } = core;
  if (!parts.has(create)) parts.set(create, create(core));
  return parts.get(create) as T;
}

/**
 * Where the external cache keeps the config of an SDK key, for SDKs in every language: nobody can tell the key by it.
 * Source: protocol section 9.
 */
export function cacheKeyOf({ sdkKey }: Pick<ResolvedOptions, 'sdkKey'>): string {
  return platform.sha1(`${sdkKey}_config_v6.json_v2`);
}
