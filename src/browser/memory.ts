import type { ConfigCache } from '../index.js';

/** A value, or the promise of one. */
export type MaybePromise<T> = T | Promise<T>;

/** A text that the cache has failed to store. */
interface RefusedText {
  readonly text: string;
  /** The text that the cache had at that time. */
  readonly stored: MaybePromise<string | null | undefined>;
}

/**
 * Keeps in memory each text that a cache fails to store, so that clients of the page go on sharing it, until somebody, such
 * as another tab, has stored something else. A failure is thrown, for the client to report, when it is the first since the
 * cache last worked.
 */
export function withMemory(cache: ConfigCache): ConfigCache {
  const refused = new Map<string, RefusedText>();
  const latestWrites = new Map<string, symbol>();
  let reported: 'get' | 'set' | undefined;
  const failed = (method: 'get' | 'set', error: unknown): undefined => {
    if (reported) return;
    reported = method;
    throw error;
  };
  const readQuietly = (key: string) =>
    attempt(
      () => cache.get(key),
      (stored) => stored,
      () => undefined,
    );

  return {
    ...cache,
    get: (key) => {
      const kept = refused.get(key);
      const read = (found: string | null | undefined) => {
        // That a cache can be read says nothing about writing to it.
        if (reported === 'get') reported = undefined;
        if (!kept) return found;
        return whenKnown(kept.stored, (stored) => {
          // Some caches give `null` for no text, others `undefined`.
          if ((found ?? undefined) === (stored ?? undefined)) return kept.text;
          if (refused.get(key) === kept) refused.delete(key);
          return found;
        });
      };
      return attempt(
        () => cache.get(key),
        read,
        (error) => (kept ? kept.text : failed('get', error)),
      );
    },
    set: (key, text) => {
      const write = Symbol('write');
      latestWrites.set(key, write);
      const isLatest = () => latestWrites.get(key) === write;
      return attempt(
        () => cache.set(key, text),
        () => {
          reported = undefined;
          if (isLatest()) refused.delete(key);
        },
        (error) => {
          // A write that began later has stored a newer text, or keeps it in memory.
          if (isLatest()) refused.set(key, { text, stored: readQuietly(key) });
          failed('set', error);
        },
      );
    },
  };
}

/** Calls `use` at once with a value, or later with a promised one. */
export function whenKnown<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}

/** Runs some work, and handles its result or failure: at once unless it returns a promise. */
function attempt<T, R>(
  work: () => MaybePromise<T>,
  then: (result: T) => MaybePromise<R>,
  otherwise: (error: unknown) => MaybePromise<R> | undefined,
): MaybePromise<R | undefined> {
  let result;
  try {
    result = work();
  } catch (error) {
    return otherwise(error);
  }
  return result instanceof Promise ? result.then(then, otherwise) : then(result);
}
