import { lastValueFrom } from 'rxjs';
import type { RefreshFailure, RefreshResult } from '../acquisition/outcome.js';
import { observe, requireEvaluable, requireString, requireUser } from '../arguments.js';
import type { Core } from '../core/source.js';
import type { CacheState } from '../core/types.js';
import type { EvaluationDetails } from '../core/types.js';
import { detailsOf } from './details.js';
import { valueOf } from '../core/evaluate.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { KeyAndValue } from '../evaluation/variations.js';
import type { SettingValue } from '../model/config.js';
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

/** The value of a flag once. See `ConfigCatClient.getValue`. */
export function getValue(
  core: Core,
  key: string,
  defaultValue: DefaultValue,
  user?: User,
  options?: ReadOptions,
): Promise<DefaultValue> {
  requireEvaluable(key, defaultValue, user);
  const read = (snapshot: InternalSnapshot) =>
    valueOf(snapshot, 'getValue', key, defaultValue, user ?? snapshot.defaultUser);
  return unlessAborted(() => afterRead(core, read), options);
}

/** The details of a flag once. See `ConfigCatClient.getValueDetails`. */
export function getValueDetails(
  core: Core,
  key: string,
  defaultValue: DefaultValue,
  user?: User,
  options?: ReadOptions,
): Promise<EvaluationDetails> {
  requireEvaluable(key, defaultValue, user);
  const read = (snapshot: InternalSnapshot) =>
    detailsOf(snapshot, 'getValueDetails', key, defaultValue, user ?? snapshot.defaultUser);
  return unlessAborted(() => afterRead(core, read), options);
}

/** All keys, in the order of the config; empty when none is known. */
export function getAllKeys(core: Core): Promise<readonly string[]> {
  return afterRead(core, allKeys);
}

/** All values by key. See `ConfigCatClient.getAllValues`. */
export function getAllValues(core: Core, user?: User): Promise<Readonly<Record<string, SettingValue | null>>> {
  requireUser(user);
  return afterRead(core, (snapshot) => allValues(snapshot, 'getAllValues', user ?? snapshot.defaultUser));
}

/** The details of all flags. See `ConfigCatClient.getAllValueDetails`. */
export function getAllValueDetails(core: Core, user?: User): Promise<readonly EvaluationDetails[]> {
  requireUser(user);
  return afterRead(core, (snapshot) => allDetails(snapshot, 'getAllValueDetails', user ?? snapshot.defaultUser));
}

/** The flag and the value that a variation ID stands for; `null` when there is none. */
export function getKeyAndValue(core: Core, variationId: string): Promise<KeyAndValue | null> {
  requireString('variationId', variationId);
  return afterRead(core, (snapshot) => keyAndValue(snapshot, variationId, 'getKeyAndValue'));
}

/** Resolves when reads need not wait any more. See `ConfigCatClient.waitForReady`. */
export function waitForReady({ data, lifetime }: Core, options?: ReadOptions): Promise<CacheState> {
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

/** Fetches now. See `ConfigCatClient.forceRefresh`. */
export function forceRefresh({ store, lifetime }: Core): Promise<RefreshResult> {
  return lifetime.pending(lastValueFrom(store.refresh$, { defaultValue: disposedFirst }));
}

/** Reads the present state, having waited for what the polling mode has reads wait for. */
export async function afterRead<T>(
  { store, lifetime, data }: Core,
  read: (snapshot: InternalSnapshot) => T,
): Promise<T> {
  // Most reads have nothing to wait for, and cost no more than a promise.
  if (store.isCacheless && store.isReadable()) store.refreshInBackground();
  else await lifetime.pending(lastValueFrom(store.read$, { defaultValue: undefined }));
  return read(data.snapshot());
}

/**
 * Stops waiting, though not the work, when the caller has lost interest; what is aborted already is not begun. Who has
 * lost interest need not listen to the rejection either.
 */
function unlessAborted<T>(begin: () => Promise<T>, { signal }: ReadOptions = {}): Promise<T> {
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
