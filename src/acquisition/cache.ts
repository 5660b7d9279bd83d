import type { Observable, SchedulerLike } from 'rxjs';
import { EMPTY, catchError, defer, from, ignoreElements, of, switchMap, timeout } from 'rxjs';
import { messages } from '../logging/messages.js';
import type { Entry } from './entry.js';
import { fromCacheText, toCacheText } from './entry.js';
import type { Outcome } from './outcome.js';

/**
 * A place outside the process where configs are kept, shared with every other ConfigCat SDK that uses the same one.
 * Methods may answer at once or with promises: a synchronous cache is used synchronously. What they throw is logged
 * (events 2200 and 2201) and otherwise ignored. Source: protocol section 9.
 *
 * @example
 * const cache: ConfigCache = {
 *   get: (key) => redis.get(key),
 *   set: async (key, value) => { await redis.set(key, value); },
 * };
 */
export interface ConfigCache {
  /** The text stored under a key; nullish when there is none. */
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  set(key: string, value: string): void | Promise<void>;
}

/** A cache that speaks of entries and reports instead of throwing. */
export interface EntryCache<C> {
  /** Emits the stored entry if it is news, or what is wrong with it; then completes. */
  read(): Observable<Outcome<C>>;
  /** Stores an entry; emits only what went wrong. */
  write(entry: Entry): Observable<Outcome<C>>;
}

/** What an entry cache is made of. */
export interface EntryCacheOptions<C> {
  readonly cache?: ConfigCache | undefined;
  /** Where entries of the SDK key are found, by SDKs in every language. */
  readonly key: string;
  /** Reads a document; throws when it is malformed. */
  readonly parse: (text: string) => C;
  /** How long the cache may take to answer: as long as the server. */
  readonly requestTimeoutMs: number;
  readonly scheduler: SchedulerLike;
}

/** Wraps what the user gave; without a cache nothing is read and nothing is written. */
export function createEntryCache<C>(options: EntryCacheOptions<C>): EntryCache<C> {
  const { cache, key, parse, requestTimeoutMs, scheduler } = options;
  if (!cache) return { read: () => EMPTY, write: () => EMPTY };
  let lastSeen: string | undefined;

  // A hanging cache must not hang the client.
  const bounded = <T>(work: () => T | Promise<T>): Observable<T> =>
    defer(() => {
      const result = work();
      return isPromiseLike(result) ? from(result).pipe(timeout({ first: requestTimeoutMs, scheduler })) : of(result);
    });

  return {
    read: () =>
      bounded(() => cache.get(key)).pipe(
        switchMap((text): Observable<Outcome<C>> => {
          if (text === undefined || text === null || text === lastSeen) return EMPTY;
          if (typeof text !== 'string') throw new TypeError(`The cache returned a ${typeof text} instead of a string.`);
          lastSeen = text;
          const entry = fromCacheText(text);
          return entry.configText === undefined ? EMPTY : of({ patch: { entry, content: parse(entry.configText) } });
        }),
        catchError((error: unknown) =>
          of<Outcome<C>>({ patch: {}, log: [['error', 2200, messages.cacheFailed('reading'), error]] }),
        ),
      ),
    write: (entry) =>
      bounded(() => {
        const text = toCacheText(entry);
        lastSeen = text;
        return cache.set(key, text);
      }).pipe(
        ignoreElements(),
        catchError((error: unknown) =>
          of<Outcome<C>>({ patch: {}, log: [['error', 2201, messages.cacheFailed('writing'), error]] }),
        ),
      ),
  };
}

function isPromiseLike<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
