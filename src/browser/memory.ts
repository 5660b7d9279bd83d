import type { ConfigCache } from '../index.js';

/** What is there at once, or is promised. */
export type MaybePromise<T> = T | Promise<T>;

/** A text that the cache did not take. */
interface Refused {
  readonly text: string;
  /** What the cache had instead of it. */
  readonly stored: MaybePromise<string | null | undefined>;
}

/**
 * Keeps in memory what a cache does not take, so that clients of the page go on sharing it, until somebody, another tab
 * for instance, has stored something else. A failure is thrown, for the client to report, when it is the first since the
 * cache last worked.
 */
export function withMemory(cache: ConfigCache): ConfigCache {
  const refused = new Map<string, Refused>();
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
          // Nullish is nullish: there was nothing, and there is nothing.
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
          // A write that began later has stored, or keeps, what is newer.
          if (isLatest()) refused.set(key, { text, stored: readQuietly(key) });
          failed('set', error);
        },
      );
    },
  };
}

/** Uses what is there at once, and what is promised later. */
export function whenKnown<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}

/** What answers at once is used at once. */
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
