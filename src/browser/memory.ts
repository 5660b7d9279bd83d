import type { ConfigCache } from '../index.js';

/**
 * Keeps in memory what a cache does not take, so that clients of the page go on sharing it. A failure is thrown, for the
 * client to report, when it is the first since the cache last worked.
 */
export function withMemory(cache: ConfigCache): ConfigCache {
  const kept = new Map<string, string>();
  let isReported = false;
  const worked = () => {
    isReported = false;
  };
  const failed = (error: unknown): undefined => {
    if (isReported) return;
    isReported = true;
    throw error;
  };

  return {
    ...cache,
    get: (key) => {
      const text = kept.get(key);
      const read = (found: string | null | undefined) => {
        worked();
        return found;
      };
      return text ?? attempt(() => cache.get(key), read, failed);
    },
    set: (key, value) => {
      kept.set(key, value);
      const forget = () => {
        worked();
        if (kept.get(key) === value) kept.delete(key);
      };
      return attempt(() => cache.set(key, value), forget, failed);
    },
  };
}

/** What answers at once is used at once. */
function attempt<T, R>(
  work: () => T | Promise<T>,
  then: (result: T) => R,
  otherwise: (error: unknown) => undefined,
): R | undefined | Promise<R | undefined> {
  let result;
  try {
    result = work();
  } catch (error) {
    otherwise(error);
    return undefined;
  }
  return result instanceof Promise ? result.then(then, otherwise) : then(result);
}
