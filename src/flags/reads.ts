import { lastValueFrom } from 'rxjs';
import type { RefreshFailure, RefreshResult } from '../acquisition/outcome.js';
import { observe, requireEvaluable, requireString, requireUser } from '../arguments.js';
import type { Core, FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import type { CacheState } from '../core/types.js';
import type { EvaluationDetails } from '../core/types.js';
import { detailsOf } from './details.js';
import { valueOf } from '../core/evaluate.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { KeyAndValue } from '../evaluation/variations.js';
import type { SettingValue } from '../model/config.js';
import type { DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import { allDetails, allKeys, allValues } from './all-values.js';
import { keyAndValue } from './key-and-value.js';

/** How a single read may end early. */
export interface ReadOptions {
  /**
   * Aborting it rejects the promise with the signal's reason, or with an error named `AbortError` where signals have none;
   * nobody has to listen to that. What the client fetches meanwhile goes on. Of a signal that is aborted already, nothing
   * begins.
   */
  readonly signal?: AbortSignal;
}

/**
 * The value of a flag once the source is ready, or the default value when it cannot be evaluated; rejects only when
 * `options.signal` is aborted. In lazy loading an expired config is fetched first.
 *
 * @param source - a core, or a client.
 * @throws Error or TypeError at once when an argument is of a wrong type.
 *
 * @example
 * const limit = await getValue(core, 'uploadLimit', 10, user); // number
 */
export function getValue<F extends FlagTypes<F>, K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
  source: FlagSource<F>,
  key: K,
  defaultValue: D,
  user?: User,
  options?: ReadOptions,
): Promise<FlagValue<F[K], D>>;
export function getValue(
  source: FlagSource,
  key: string,
  defaultValue: DefaultValue,
  user?: User,
  options?: ReadOptions,
): Promise<DefaultValue> {
  requireEvaluable(key, defaultValue, user);
  const read = (snapshot: InternalSnapshot) =>
    valueOf(snapshot, 'getValue', key, defaultValue, user ?? snapshot.defaultUser);
  return unlessAborted(() => afterRead(coreOf(source), read), options);
}

/**
 * Like `getValue()`, with variation ID, matched rule and error.
 *
 * @param source - a core, or a client.
 */
export function getValueDetails<F extends FlagTypes<F>, K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
  source: FlagSource<F>,
  key: K,
  defaultValue: D,
  user?: User,
  options?: ReadOptions,
): Promise<EvaluationDetails<FlagValue<F[K], D>>>;
export function getValueDetails(
  source: FlagSource,
  key: string,
  defaultValue: DefaultValue,
  user?: User,
  options?: ReadOptions,
): Promise<EvaluationDetails> {
  requireEvaluable(key, defaultValue, user);
  const read = (snapshot: InternalSnapshot) =>
    detailsOf(snapshot, 'getValueDetails', key, defaultValue, user ?? snapshot.defaultUser);
  return unlessAborted(() => afterRead(coreOf(source), read), options);
}

/**
 * All keys, in the order of the config; empty when none is known.
 *
 * @param source - a core, or a client.
 */
export function getAllKeys(source: FlagSource): Promise<readonly string[]> {
  return afterRead(coreOf(source), allKeys);
}

/**
 * All values by key; `null` for a flag that cannot be evaluated, empty when no config is known.
 *
 * @param source - a core, or a client.
 */
export function getAllValues(source: FlagSource, user?: User): Promise<Readonly<Record<string, SettingValue | null>>> {
  requireUser(user);
  return afterRead(coreOf(source), (snapshot) => allValues(snapshot, 'getAllValues', user ?? snapshot.defaultUser));
}

/**
 * The details of all flags, in the order of the config; the value of one that cannot be evaluated is `null`.
 *
 * @param source - a core, or a client.
 */
export function getAllValueDetails(source: FlagSource, user?: User): Promise<readonly EvaluationDetails[]> {
  requireUser(user);
  return afterRead(coreOf(source), (snapshot) =>
    allDetails(snapshot, 'getAllValueDetails', user ?? snapshot.defaultUser),
  );
}

/**
 * The flag and the value that a variation ID stands for; `null` when there is none.
 *
 * @param source - a core, or a client.
 */
export function getKeyAndValue(source: FlagSource, variationId: string): Promise<KeyAndValue | null> {
  requireString('variationId', variationId);
  return afterRead(coreOf(source), (snapshot) => keyAndValue(snapshot, variationId, 'getKeyAndValue'));
}

/**
 * Resolves when reads need not wait any more; rejects when the source is disposed before that.
 *
 * @param source - a core, or a client.
 */
export function waitForReady(source: FlagSource, options?: ReadOptions): Promise<CacheState> {
  const { data, lifetime } = coreOf(source);
  return unlessAborted(
    () =>
      // Nobody has to wait for it: a rejection that nobody listens to harms nobody.
      observe(
        lifetime.pending(lastValueFrom(data.ready$, { defaultValue: undefined })).then((cacheState) => {
          if (!cacheState) throw new Error('The client was disposed before it became ready.');
          return cacheState;
        }),
      ),
    options,
  );
}

/**
 * Fetches by a request that begins now or later, whatever the polling mode; never rejects.
 *
 * @param source - a core, or a client.
 */
export function forceRefresh(source: FlagSource): Promise<RefreshResult> {
  const { store, lifetime } = coreOf(source);
  return lifetime.pending(lastValueFrom(store.refresh$, { defaultValue: disposedFirst }));
}

/** Reads the present state, having waited for what the polling mode has reads wait for. */
export async function afterRead<T>(
  { store, lifetime, data }: Core,
  read: (snapshot: InternalSnapshot) => T,
): Promise<T> {
  // Most reads have nothing to wait for, and cost no more than a promise.
  const waiting$ = store.read(false);
  if (waiting$) await lifetime.pending(lastValueFrom(waiting$, { defaultValue: undefined }));
  return read(data.snapshot());
}

/**
 * Stops waiting, though not the work, when the caller has lost interest; what is aborted already is not begun. Who has
 * lost interest need not listen to the rejection either.
 */
export function unlessAborted<T>(begin: () => Promise<T>, { signal }: ReadOptions = {}): Promise<T> {
  if (!signal) return begin();
  return observe(
    new Promise<T>((resolve, reject) => {
      const abort = () => {
        reject(reasonOf(signal));
      };
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener('abort', abort);
      void begin()
        .then(resolve, reject)
        .then(() => {
          signal.removeEventListener('abort', abort);
        });
    }),
  );
}

/** Why a signal was aborted; not all runtimes say so. */
function reasonOf({ reason }: AbortSignal): Error {
  if (reason !== undefined) return reason as Error;
  return Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });
}

const disposedFirst: RefreshFailure = {
  isSuccess: false,
  errorCode: -1,
  errorMessage: 'The client was disposed before the refresh ended.',
};
