import type { Observable } from 'rxjs';
import { defaultVersion } from './config.js';

/** Sees what a client shows, and writes down what it must never do. */
export interface Witness {
  /** Each once. */
  readonly violations: () => readonly string[];
  readonly violate: (text: string) => void;
  /** Hears a value that was read now. */
  readonly hear: (where: string, version: number, knownBefore?: number) => void;
  /** The newest good value that was ever seen. */
  readonly best: () => number;
  /** Watches a flag stream until the returned function is called; may begin with a default value. */
  readonly watch: (flag$: Observable<number>, mayBeginWithDefault: boolean) => Watch;
  /** Waits for a promise that has to settle. */
  readonly expect: <T>(what: string, promise: Promise<T>, check?: (value: T) => void) => void;
  /** Those that have not. */
  readonly unsettled: () => readonly string[];
}

export interface Watch {
  readonly unsubscribe: () => void;
  readonly isComplete: () => boolean;
  readonly last: () => number | undefined;
}

/**
 * @param canGoBack - somebody else writes to the cache, so that an older config may be stamped later than a newer one.
 */
export function createWitness(canGoBack: boolean): Witness {
  const violations = new Set<string>();
  const waiting = new Set<{ readonly what: string }>();
  let best = defaultVersion;
  const violate = (text: string) => {
    violations.add(text);
  };
  const hear = (where: string, version: number, knownBefore = best) => {
    if (version === defaultVersion && knownBefore !== defaultVersion) {
      violate(`${where}: the default value took the place of version ${knownBefore}`);
    } else if (version < knownBefore && !canGoBack) {
      violate(`${where}: version ${version} took the place of version ${knownBefore}`);
    }
    best = Math.max(best, version);
  };

  return {
    violations: () => [...violations],
    violate,
    hear,
    best: () => best,
    watch: (flag$, mayBeginWithDefault) => {
      let isComplete = false;
      let last: number | undefined;
      const subscription = flag$.subscribe({
        next: (version) => {
          if (last === undefined && mayBeginWithDefault && version === defaultVersion) return;
          hear('flag$', version, last);
          last = version;
        },
        error: (error: unknown) => {
          violate(`flag$ failed: ${String(error)}`);
        },
        complete: () => {
          isComplete = true;
        },
      });
      return {
        unsubscribe: () => {
          subscription.unsubscribe();
        },
        isComplete: () => isComplete,
        last: () => last,
      };
    },
    expect: (what, promise, check) => {
      const wait = { what };
      waiting.add(wait);
      promise
        .then(check, (error: unknown) => {
          violate(`${what} was rejected: ${String(error)}`);
        })
        .finally(() => waiting.delete(wait))
        .catch((error: unknown) => {
          violate(String(error));
        });
    },
    unsettled: () => [...waiting].map(({ what }) => what),
  };
}
