import type { Observable, ObservableInput, SchedulerLike } from 'rxjs';
import { EMPTY, catchError, defer, from, of, switchMap, throwError, timeout } from 'rxjs';
import type { LogEntry, Occurrence } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import type { Entry } from './entry.js';
import { fromCacheText, toCacheText, trustedMs } from './entry.js';
import type { Outcome } from './outcome.js';

/**
 * A place outside the process where configs are kept, shared with every other ConfigCat SDK that uses the same one.
 * Methods may answer at once or with promises: a synchronous cache is used synchronously. What they throw is logged
 * once (events 2200 and 2201) and otherwise ignored; a cache that does not answer within two seconds is left alone for a
 * minute. Source: protocol section 9.
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
  /** Stores a text under a key, in place of the one that is there. */
  set(key: string, value: string): void | Promise<void>;
  /**
   * What `get` answers is never older than what it answered before, whatever times stand in it: the client then adopts
   * each text that differs from the last one. Default: the time in the text says what is newer.
   */
  readonly isOrdered?: boolean;
  /** Emits, whatever it is, when somebody else may have stored something: the client then reads at once. */
  readonly changes$?: Observable<unknown>;
  /**
   * Emits, whatever it is, when only the server can tell which config is newer, the one in the cache or the one of the
   * client: the client then asks it.
   */
  readonly refreshOn$?: Observable<unknown>;
}

/**
 * Whether an entry is wanted.
 *
 * @param follows - the cache says that it is newer than all that came from it and went into it before.
 */
export type IsWanted = (entry: Entry, follows: boolean) => boolean;

/** A cache that speaks of entries and reports instead of throwing. */
export interface EntryCache<C> {
  /** Its entries need not be compared by their times. */
  readonly isOrdered: boolean;
  /** Emits the stored entry if it is wanted and was not emitted before, or what is wrong with it; then completes. */
  read(isWanted: IsWanted): Observable<Outcome<C>>;
  /** Stores an entry; emits only what went wrong. */
  write(entry: Entry): Observable<Outcome<C>>;
}

/** What an entry cache works with. */
export interface EntryCacheOptions<C> {
  /** Where entries of the SDK key are found, by SDKs in every language. */
  readonly key: string;
  /** Reads a document; throws when it is malformed. */
  readonly parse: (text: string) => C;
  /** How long the server may take to answer; the cache gets no more. */
  readonly requestTimeoutMs: number;
  /** How long configs count as up to date: how far back a time in the future is taken. */
  readonly freshForMs: number;
  readonly scheduler: SchedulerLike;
}

const maxWaitMs = 2000;
const cooldownMs = 60_000;

/** Wraps what the user gave. */
export function createEntryCache<C>(cache: ConfigCache, options: EntryCacheOptions<C>): EntryCache<C> {
  const { key, parse, requestTimeoutMs, freshForMs, scheduler } = options;
  const waitMs = Math.min(maxWaitMs, requestTimeoutMs);
  const reading = createCall([events.cacheReadFailed, {}], waitMs, scheduler);
  const writing = createCall([events.cacheWriteFailed, {}], waitMs, scheduler);
  const isOrdered = cache.isOrdered === true;
  let lastSeen: string | undefined;
  /** The last text that was certainly in the cache: read there, or written without failing. */
  let confirmed: string | undefined;

  const readEntry = (text: string): Entry => {
    try {
      const entry = fromCacheText(text);
      const timeMs = trustedMs(entry.fetchedAtMs ?? 0, scheduler.now(), freshForMs);
      return { ...entry, fetchedAtMs: timeMs, requestedAtMs: timeMs };
    } catch (error) {
      lastSeen = text;
      throw error;
    }
  };
  const take = (text: string | null | undefined, isWanted: IsWanted): Observable<Outcome<C>> => {
    if (text === undefined || text === null || text === lastSeen) return EMPTY;
    if (typeof text !== 'string') throw new TypeError(`The cache returned a ${typeof text} instead of a string.`);
    const entry = readEntry(text);
    // What is older now may be wanted later: it is not forgotten by being remembered.
    const follows = isOrdered && confirmed === lastSeen;
    if (entry.configText === undefined || !isWanted(entry, follows)) return EMPTY;
    lastSeen = confirmed = text;
    return of({ patch: { entry, content: parse(entry.configText) } });
  };

  return {
    isOrdered,
    read: (isWanted) =>
      reading(
        () => cache.get(key),
        (text) => take(text, isWanted),
      ),
    write: (entry) =>
      writing(
        () => {
          const text = toCacheText(entry);
          const confirm = () => {
            if (lastSeen === text) confirmed = text;
          };
          lastSeen = text;
          const result = cache.set(key, text);
          // Also when nobody waits for it any more.
          if (isPromiseLike(result)) result.then(confirm, () => undefined);
          else confirm();
          return result;
        },
        () => EMPTY,
      ),
  };
}

/** Calls what may fail or hang, and passes on what `use` makes of the answer, or that it failed. */
type Call = <T, C>(work: () => T | Promise<T>, use: (answer: T) => Observable<Outcome<C>>) => Observable<Outcome<C>>;

/**
 * Reports a failure once, until a call succeeds or fails in another way. Nobody waits long for a call that hangs, and
 * until it is answered, or a minute has passed, no other is made.
 */
function createCall(failure: Occurrence, waitMs: number, scheduler: SchedulerLike): Call {
  let timedOutAtMs: number | undefined;
  let reported: string | undefined;
  const answered = () => {
    timedOutAtMs = undefined;
  };
  const timedOut$ = defer(() => {
    timedOutAtMs = scheduler.now();
    return throwError(() => new Error(`The cache has not answered within ${waitMs} ms.`));
  });

  const answerInTime = <T>(work: () => T | Promise<T>): ObservableInput<T> => {
    if (timedOutAtMs !== undefined && Math.abs(scheduler.now() - timedOutAtMs) < cooldownMs) return EMPTY;
    const result = work();
    // As a list, because `of` takes an object with a method `schedule` for something else.
    if (!isPromiseLike(result)) return [result];
    result.then(answered, answered);
    return from(result).pipe(timeout({ first: waitMs, scheduler, with: () => timedOut$ }));
  };

  return (work, use) =>
    defer(() => answerInTime(work)).pipe(
      switchMap((answer) => {
        const outcome$ = use(answer);
        reported = undefined;
        return outcome$;
      }),
      catchError((error: unknown) => {
        const log: readonly LogEntry[] = reported === String(error) ? [] : [[...failure, error]];
        reported = String(error);
        return of({ patch: {}, log });
      }),
    );
}

function isPromiseLike<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
