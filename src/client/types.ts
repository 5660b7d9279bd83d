import type { Observable } from 'rxjs';
import type { RefreshResult } from '../acquisition/outcome.js';
import type { FlagSource } from '../core/source.js';
import type { CacheState, EvaluationDetails, Snapshot } from '../core/types.js';
import type { ClientEvent } from '../core/events.js';
import type { Explanation } from '../evaluation/explanation.js';
import type { KeyAndValue } from '../evaluation/variations.js';
import type { ConfigChange } from '../flags/changes.js';
import type { FlagState } from '../flags/flag-state.js';
import type { HoldOptions } from '../flags/held-source.js';
import type { ReadOptions } from '../flags/reads.js';
import type { ClientStatus } from '../flags/status.js';
import type { FlagStreamOptions } from '../flags/stream.js';
import type { UserSource } from '../flags/users.js';
import type { Watch } from '../flags/watch.js';
import type { DisposedByUsing } from './disposal.js';
import type { JsonMethods } from './json-methods.js';
import type { AnyFlags, DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';

/**
 * Feature flags of one SDK key. Streams never error, complete on `dispose()`, and replay at once what is known.
 * A live subscription keeps a Node process alive; a client that nobody watches does not. One that is forgotten without
 * `dispose()` ends when it is collected, unless it has `onConfigChanged`, or a subscription, a call under way, or a stream
 * that somebody keeps.
 */
export interface ConfigCatClient<F extends FlagTypes<F> = AnyFlags>
  extends FlagSource<F>, JsonMethods<F>, DisposedByUsing {
  /**
   * The value that a user should see, each time it changes. Waits for the first config, at most as long as the polling
   * mode says; then emits the value, or the default value when the flag cannot be evaluated.
   *
   * @param key - the flag, case-sensitive.
   * @param defaultValue - its type must be that of the flag.
   * @param user - whom to evaluate for; without it the stream follows the default user.
   * @throws Error or TypeError when the key is empty or an argument is of a wrong type.
   *
   * @example
   * client.flag$('darkMode', false).subscribe((isDark) => document.body.classList.toggle('dark', isDark));
   */
  flag$<K extends FlagKey<F>, D extends F[K] | null>(
    key: K,
    defaultValue: D,
    user?: UserSource,
    options?: FlagStreamOptions,
  ): Observable<FlagValue<F[K], D>>;
  /**
   * The same without a default value: `undefined` while the flag cannot be evaluated.
   *
   * @example
   * client.flag$('greeting', currentUser$).subscribe(console.log);
   */
  flag$<K extends FlagKey<F>>(key: K, user?: UserSource): Observable<F[K] | undefined>;
  /**
   * Like `flag$`, with variation ID, matched rule and error. Emits when one of these or the user differs.
   *
   * @example
   * client.flagDetails$('darkMode', false).subscribe(({ value, variationId }) => track(value, variationId));
   */
  flagDetails$<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: UserSource,
    options?: FlagStreamOptions,
  ): Observable<EvaluationDetails<FlagValue<F[K], D>>>;
  /**
   * Like `flag$`, with how good the value is. Waits for nothing: emits at once, and each time something of it changes.
   *
   * @example
   * client.flagState$('darkMode', false).subscribe(({ value, status, isFetching }) => {
   *   render(value, { isStale: status === 'cached', isLoading: status === 'initial' || isFetching });
   * });
   */
  flagState$<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: UserSource,
    options?: HoldOptions,
  ): Observable<FlagState<FlagValue<F[K], D>>>;
  /**
   * Several flags at once: each emission is of one config and one user, never a mixed state as it can be seen between
   * two `flag$` that are combined. One emission per config and user that changes any of them.
   *
   * @param defaults - default values by flag key. What is logged does not show them.
   * @throws Error or TypeError when a key is empty or a default value is of a wrong type.
   *
   * @example
   * client.flags$({ darkMode: false, theme: 'light' }).subscribe(({ darkMode, theme }) => render(darkMode, theme));
   */
  flags$<D extends { readonly [K in FlagKey<F>]?: DefaultFor<F[K]> }>(
    defaults: D & { readonly [K in keyof D]: K extends FlagKey<F> ? unknown : never },
    user?: UserSource,
    options?: HoldOptions,
  ): Observable<{ readonly [K in keyof D]: FlagValue<F[K & FlagKey<F>], D[K]> }>;
  /**
   * All flags at once; `null` for one that cannot be evaluated. The same object as long as no value differs.
   *
   * @example
   * client.allFlags$(currentUser$).subscribe((values) => console.table(values));
   */
  allFlags$(user?: UserSource, options?: HoldOptions): Observable<Readonly<Record<string, SettingValue | null>>>;
  /**
   * What a new config changes: flags whose own rules differ, and those that it reaches through segments and prerequisite
   * flags. Silent for the first config, and for one that changes nothing.
   *
   * @example
   * client.changes$.subscribe(({ flags }) => console.log(flags.map(({ key, reasons }) => `${key}: ${reasons}`)));
   */
  readonly changes$: Observable<ConfigChange>;
  /** The keys of all flags, in the order of the config, each time that they change. */
  readonly keys$: Observable<readonly string[]>;
  /** A snapshot of each config that differs from the one before, from the first one on. */
  readonly snapshot$: Observable<Snapshot<F>>;
  /** State of the config and of fetching, each time it changes. */
  readonly status$: Observable<ClientStatus>;
  /**
   * Emits once, when reads need not wait any more, and completes; says what there is then. Completes without a value
   * when the client is disposed first.
   *
   * @example
   * client.ready$.subscribe((cacheState) => console.log(cacheState)); // 'up-to-date', 'cached' or 'no-flag-data'
   */
  readonly ready$: Observable<CacheState>;
  /**
   * What happens from now on. Events of the past are not replayed, as the state streams tell what they led to; but what
   * happens while the client is made, as that it is ready at once, is told to whoever subscribes in the same tick.
   */
  readonly events$: Observable<ClientEvent>;

  /**
   * The value of a flag once the client is ready, or the default value when it cannot be evaluated; rejects only
   * when `options.signal` is aborted. In lazy loading an expired config is fetched first.
   *
   * @throws Error or TypeError at once when an argument is of a wrong type.
   *
   * @example
   * const limit = await client.getValue('uploadLimit', 10, user); // number
   */
  getValue<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
    options?: ReadOptions,
  ): Promise<FlagValue<F[K], D>>;
  /** Like `getValue()`, with variation ID, matched rule and error. */
  getValueDetails<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
    options?: ReadOptions,
  ): Promise<EvaluationDetails<FlagValue<F[K], D>>>;
  /** All keys, in the order of the config; empty when none is known. */
  getAllKeys(): Promise<readonly string[]>;
  /** All values by key; `null` for a flag that cannot be evaluated, empty when no config is known. */
  getAllValues(user?: User): Promise<Readonly<Record<string, SettingValue | null>>>;
  /** The details of all flags, in the order of the config; the value of one that cannot be evaluated is `null`. */
  getAllValueDetails(user?: User): Promise<readonly EvaluationDetails<SettingValue | null>[]>;
  /** The flag and the value that a variation ID stands for; `null` when there is none. */
  getKeyAndValue(variationId: string): Promise<KeyAndValue | null>;
  /**
   * The evaluation of a flag as a tree, and as ConfigCat's evaluation log text, once the client is ready; never rejects.
   * What cannot be read of the user is part of the explanation.
   *
   * @throws Error or TypeError at once when an argument is of a wrong type.
   *
   * @example
   * const { setting, text } = await client.explain('darkMode', user);
   */
  explain(key: FlagKey<F>, user?: User): Promise<Explanation>;
  /**
   * A flag as user interfaces want it: read at any time, with a call when it has changed. Made for adapters.
   *
   * @example
   * const dark = client.watch('darkMode', false);
   * const isDark = useSyncExternalStore(dark.subscribe, dark.current, dark.current);
   */
  watch<K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
  ): Watch<FlagValue<F[K], D>>;
  /** The present state for synchronous use; never waits and never fetches. */
  snapshot(): Snapshot<F>;
  /**
   * The state for synchronous use, having waited for what `getValue()` would. Evaluates nothing and logs nothing.
   *
   * @example
   * const flags = await client.getSnapshot();
   */
  getSnapshot(): Promise<Snapshot<F>>;

  /**
   * Resolves when reads need not wait any more, and says what there is then. Rejects when the client is disposed first;
   * whoever does not listen to that is not troubled by it, as with all promises of a client.
   *
   * @throws Error (rejection) when the client is disposed first.
   */
  waitForReady(options?: ReadOptions): Promise<CacheState>;
  /**
   * Fetches; never rejects. A fetch under way may be too old to answer it: it is waited for, two seconds at most, then
   * ended, and whoever calls meanwhile shares the one that follows. Does not wait for the external cache to be written.
   * Offline it reads the external cache instead, and fails with error 3200 when there is none.
   */
  forceRefresh(): Promise<RefreshResult>;
  /**
   * Lets the client send requests; in auto polling it fetches at once. Has no effect after `dispose()`.
   * Source: protocol section 8.6.
   */
  setOnline(): void;
  /**
   * Keeps the client from sending requests. A fetch under way ends as it would have, and the external cache is read as
   * before. Has no effect after `dispose()`.
   *
   * @example
   * fromEvent(window, 'offline').subscribe(() => client.setOffline());
   */
  setOffline(): void;
  /** Requests may be sent: the client is neither switched offline nor disposed. */
  readonly isOnline: boolean;
  /**
   * Sets the user of all evaluations that name none. Streams that follow the default user emit its values.
   *
   * @throws TypeError when it is no object.
   */
  setDefaultUser(user: User): void;
  /** Evaluates for nobody from now on, where no user is named. Streams that follow the default user emit the values. */
  clearDefaultUser(): void;
  /** Ends all work and completes all streams. Evaluations go on with what is known. */
  dispose(): void;
}

/**
 * A client of whatever flags. Take it where a function works with any client: `ConfigCatClient` without a type argument is
 * one whose keys nobody knows, and what is typed with `ConfigCatClient<MyFlags>` is none.
 *
 * @example
 * function disposeLater(client: AnyClient, delayMs: number): void {
 *   setTimeout(() => client.dispose(), delayMs);
 * }
 * disposeLater(createClient<MyFlags>(sdkKey), 1000);
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Nothing else fits in both directions.
export type AnyClient = ConfigCatClient<any>;
