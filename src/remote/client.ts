import type { Observable } from 'rxjs';
import { distinctUntilChanged, filter, map, pairwise } from 'rxjs';
import type { RefreshResult } from '../acquisition/outcome.js';
import { requireBaseUrl, requireKnown, requireNumber, requireObject, requireOneOf, requireType } from '../arguments.js';
import type { DisposedByUsing } from '../client/disposal.js';
import type { ClientEvent } from '../core/events.js';
import { requireInitialPolicy } from '../core/options.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import type { Core, FlagSource } from '../core/source.js';
import { asSource } from '../core/source.js';
import type { CacheState, CoreSnapshot, EvaluationDetails, Snapshot } from '../core/types.js';
import { evaluateAllDecided } from '../decided/evaluate.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { allFlagsBy } from '../flags/all-flags.js';
import type { allValues as allValuesByRules } from '../flags/all-values.js';
import { allKeys, allValuesBy } from '../flags/all-values.js';
import { detailsOf } from '../flags/details.js';
import { events$ } from '../flags/events.js';
import { flagDetails$ } from '../flags/flag-details.js';
import { flag$ } from '../flags/flag.js';
import { flags$ } from '../flags/flags.js';
import type { HoldOptions } from '../flags/held-source.js';
import { isOnline, setOnline } from '../flags/online.js';
import type { ReadOptions } from '../flags/reads.js';
import { afterRead, forceRefresh, getValue, getValueDetails, waitForReady } from '../flags/reads.js';
import type { ClientStatus } from '../flags/status.js';
import { status$ } from '../flags/status.js';
import type { FlagStreamOptions } from '../flags/stream.js';
import type { UserSource } from '../flags/users.js';
import type { Watch } from '../flags/watch.js';
import { watch } from '../flags/watch.js';
import { untilDisposed } from '../lifetime/until-disposed.js';
import { logLevels } from '../logging/logger.js';
import type { SettingValue } from '../model/config.js';
import type { AnyFlags, DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import { createRemoteParts } from './core.js';
import type { RemoteCore } from './create-remote.js';
import { createRemoteSnapshot, membersOf } from './create-remote.js';
import type { RemoteOptions } from './options.js';
import { resolveRemoteOptions } from './options.js';

/**
 * The present values for synchronous use: whatever arrives later, it gives the same answers. It knows of no rules, and
 * `setting()` of nothing.
 */
export interface RemoteSnapshot<F extends FlagTypes<F> = AnyFlags>
  extends CoreSnapshot<F>, Pick<Snapshot<F>, 'details' | 'keys' | 'values' | 'setting'> {}

/** That values are others than before. */
export interface RemoteChange {
  /** The flags whose value or variation is another one, that are new, or that are gone. */
  readonly flags: readonly { readonly key: string }[];
}

/**
 * Values of one user, as a relay has decided them, with methods. They keep the promises of `ConfigCatClient`: streams never
 * error, complete on `dispose()`, replay at once what is known, and show no mixed state and no value that is older than one
 * that has been shown. A question for another user than the client's own gets the default value, which is logged.
 *
 * @typeParam F - keys and types of the flags. Default: any.
 */
export interface RemoteClient<F extends FlagTypes<F> = AnyFlags>
  extends FlagSource<F>, DisposedByUsing, Omit<RemoteCore<F>, 'snapshot' | keyof FlagSource<F>> {
  /** The value that the user should see, each time it changes. Waits for the first values, five seconds at most. */
  flag$<K extends FlagKey<F>, D extends F[K] | null>(
    key: K,
    defaultValue: D,
    user?: UserSource,
    options?: FlagStreamOptions,
  ): Observable<FlagValue<F[K], D>>;
  /** The same without a default value: `undefined` while there is no value. */
  flag$<K extends FlagKey<F>>(key: K, user?: UserSource): Observable<F[K] | undefined>;
  /** Like `flag$`, with variation ID, user and error. */
  flagDetails$<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: UserSource,
    options?: FlagStreamOptions,
  ): Observable<EvaluationDetails<FlagValue<F[K], D>>>;
  /** Several flags at once, all of one config and one user. */
  flags$<D extends { readonly [K in FlagKey<F>]?: DefaultFor<F[K]> }>(
    defaults: D & { readonly [K in keyof D]: K extends FlagKey<F> ? unknown : never },
    user?: UserSource,
    options?: HoldOptions,
  ): Observable<{ readonly [K in keyof D]: FlagValue<F[K & FlagKey<F>], D[K]> }>;
  /** All flags at once; `null` for one that the relay cannot evaluate. */
  allFlags$(user?: UserSource, options?: HoldOptions): Observable<Readonly<Record<string, SettingValue | null>>>;
  /** What is other than before, each time that something is. Silent for the first values. */
  readonly changes$: Observable<RemoteChange>;
  /** How good the values are, and how the connection is. */
  readonly status$: Observable<ClientStatus>;
  /** What happens from now on. */
  readonly events$: Observable<ClientEvent>;
  /** The value of a flag once the client is ready, or the default value; rejects only when `options.signal` is aborted. */
  getValue<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
    options?: ReadOptions,
  ): Promise<FlagValue<F[K], D>>;
  /** Like `getValue()`, with variation ID, user and error. */
  getValueDetails<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
    options?: ReadOptions,
  ): Promise<EvaluationDetails<FlagValue<F[K], D>>>;
  /** A flag as user interfaces want it: read at any time, with a call when it has changed. */
  watch<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
  ): Watch<FlagValue<F[K], D>>;
  /** The present values for synchronous use; never waits and never asks the relay. */
  snapshot(): RemoteSnapshot<F>;
  /** The same, having waited for what `getValue()` would. */
  getSnapshot(): Promise<RemoteSnapshot<F>>;
  /** Resolves when reads need not wait any more; rejects when the client is disposed first. */
  waitForReady(options?: ReadOptions): Promise<CacheState>;
  /** The same as `refresh()`, by the name of `ConfigCatClient`. */
  forceRefresh(): Promise<RefreshResult>;
  /** Connects again. Has no effect after `dispose()`. */
  setOnline(): void;
  /** Closes the connection, and keeps it closed. Values stay as they are. */
  setOffline(): void;
  /** The client is neither switched offline nor disposed. */
  readonly isOnline: boolean;
  /** Asks for nobody in particular from now on: `setUser(undefined)`. */
  clearDefaultUser(): void;
}

/**
 * Connects to a relay (`configcat-rx/relay`), with methods. A page then holds neither the rules of its flags nor the SDK key, and
 * is told of changes at once; when the relay is away, it goes on with what it has and comes back by itself.
 *
 * @typeParam F - keys and types of the flags. Default: any.
 * @throws Error, TypeError or RangeError naming the option that is wrong.
 *
 * @example
 * const client = createRemoteClient({ url: '/flags', storage: localStorageValues() });
 * client.flag$('darkMode', false).subscribe((isDark) => document.body.classList.toggle('dark', isDark));
 * session.user$.subscribe((user) => client.setUser(user));
 */
export function createRemoteClient<F extends FlagTypes<F> = AnyFlags>(options: RemoteOptions): RemoteClient<F> {
  requireOptions(options);
  const parts = createRemoteParts(resolveRemoteOptions(options), { createPublicSnapshot: createFullSnapshot });
  const { core } = parts;
  const bind = (question: (source: Core, ...args: never[]) => unknown): unknown => question.bind(undefined, core);
  const members = membersOf(parts);
  const { dispose } = core.lifetime;
  const client = {
    ...members,
    flag$: bind(flag$),
    flagDetails$: bind(flagDetails$),
    flags$: bind(flags$),
    allFlags$: allFlagsBy.bind(undefined, allValues, core),
    changes$: changesOf(core),
    status$: status$(core),
    events$: events$(core),
    getValue: bind(getValue),
    getValueDetails: bind(getValueDetails),
    watch: bind(watch),
    getSnapshot: () => afterRead(core, publicSnapshotOf),
    waitForReady: bind(waitForReady),
    forceRefresh: bind(forceRefresh),
    setOnline: setOnline.bind(undefined, core, true),
    setOffline: setOnline.bind(undefined, core, false),
    get isOnline() {
      return isOnline(core);
    },
    clearDefaultUser: members.setUser.bind(undefined, undefined),
    // Runtimes without these symbols get nothing but dispose().
    [symbols.asyncDispose ?? 'dispose']: () => {
      dispose();
      return Promise.resolve();
    },
    [symbols.dispose ?? 'dispose']: dispose,
    dispose,
  };
  // The public types narrow keys and values; at run time any may come.
  return asSource(client, core) as unknown as RemoteClient<F>;
}

const symbols: { readonly dispose?: symbol; readonly asyncDispose?: symbol } = Symbol;

const allValues: typeof allValuesByRules = (...asked) => allValuesBy(evaluateAllDecided, ...asked);

function createFullSnapshot(snapshot: InternalSnapshot): Snapshot {
  const { defaultUser } = snapshot;
  return Object.assign(createRemoteSnapshot(snapshot), {
    details: (key: string, defaultValue: DefaultValue, user: User | undefined = defaultUser) =>
      detailsOf(snapshot, 'Snapshot.details', key, defaultValue, user),
    keys: () => allKeys(snapshot),
    values: (user: User | undefined = defaultUser) => allValues(snapshot, 'Snapshot.values', user),
    setting: () => undefined,
  });
}

function changesOf({ data, lifetime }: Core): Observable<RemoteChange> {
  const change$ = data.snapshot$.pipe(
    filter(({ ruleset }) => ruleset !== undefined),
    distinctUntilChanged((a, b) => a.ruleset === b.ruleset),
    pairwise(),
    map(([{ ruleset: before }, { ruleset: after }]) => {
      const keys = [...new Set([...before!.keys, ...after!.keys])];
      return { flags: keys.filter((key) => before!.get(key) !== after!.get(key)).map((key) => ({ key })) };
    }),
    filter(({ flags }) => flags.length > 0),
  );
  return untilDisposed(lifetime, change$, () => change$.pipe(filter(() => false)));
}

/** A check that takes values of one type. */
const type =
  (expected: string) =>
  (culprit: string, value: unknown): void => {
    requireType(culprit, value, expected);
  };
/** A check that takes objects with these methods. */
const object =
  (...methods: string[]) =>
  (culprit: string, value: unknown): void => {
    requireObject(culprit, value, ...methods);
  };
const oneOf =
  (...allowed: string[]) =>
  (culprit: string, value: unknown): void => {
    requireOneOf(culprit, value, allowed);
  };
const seconds =
  (min: number) =>
  (culprit: string, value: number): void => {
    requireNumber(culprit, value, 86_400, min);
  };

/** The checks of each option. Made when they are needed, so that bundles without them can be. */
const createChecks = (): { readonly [K in keyof RemoteOptions]-?: (culprit: string, value: never) => void } => ({
  url: requireBaseUrl,
  user: object(),
  initial: requireInitialPolicy,
  maxInitWaitTimeSeconds: seconds(0),
  storage: object('get', 'set'),
  rendered: object(),
  live: type('boolean'),
  pollIntervalSeconds: seconds(1),
  offline: type('boolean'),
  headers: (culprit, value) => {
    if (typeof value !== 'function') requireObject(culprit, value);
  },
  credentials: oneOf('omit', 'same-origin', 'include'),
  fetch: type('function'),
  logger: object('log'),
  logLevel: oneOf(...logLevels),
  scheduler: object('now', 'schedule'),
  random: type('function'),
});

function requireOptions(options: RemoteOptions): void {
  requireObject('options', options);
  const checks = createChecks();
  requireKnown('options', options, Object.keys(checks));
  for (const [name, check] of Object.entries(checks)) {
    const value: unknown = options[name as keyof RemoteOptions];
    if (value !== undefined && value !== null) check(`options.${name}`, value as never);
  }
}
