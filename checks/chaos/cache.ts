import type { ConfigCache } from 'configcat-rx';
import type { SchedulerLike } from 'rxjs';
import { Subject } from 'rxjs';
import type { CacheKind } from './plan.js';

/** An external cache that does what its kind says, until it is healed. */
export interface CacheDouble {
  /** For the client; `undefined` when it has none. */
  readonly cache: (ConfigCache & { readonly changes$: Subject<void> }) | undefined;
  /** Stores what somebody else has to say, unnoticed or not. */
  readonly peerWrites: (text: string, hasListeners: boolean) => void;
  readonly heal: () => void;
}

type Behaviour = Pick<ConfigCache, 'get' | 'set'>;

const junk = ['', 'junk', '1\n2', 'x\ny\n{}', '1\n"e"\n{"f":[]}', '1\n"e"\n', '1\n"e"\n{', 42 as unknown as string];

/**
 * @param check - told of every text that the client stores.
 */
export function createCacheDouble(
  kind: CacheKind,
  first: string | undefined,
  scheduler: SchedulerLike,
  check: (text: string) => void,
): CacheDouble {
  let stored = first;
  let calls = 0;
  let isHealed = false;
  const changes$ = new Subject<void>();
  const later = <T>(work: () => T): Promise<T> =>
    new Promise<void>((resolve) => {
      scheduler.schedule(() => {
        resolve();
      }, 7);
    }).then(work);
  const fail = (): never => {
    throw new Error('The cache is broken.');
  };

  const sync: Behaviour = {
    get: () => stored,
    set: (_, text) => {
      stored = text;
    },
  };
  const behaviours: Record<Exclude<CacheKind, 'none' | 'flaky'>, Behaviour> = {
    sync,
    async: {
      get: () => later(() => stored),
      set: (_, text) => later(() => void (stored = text)),
    },
    throwing: { get: fail, set: fail },
    rejecting: { get: () => later(fail), set: () => later(fail) },
    hanging: { get: () => new Promise(() => undefined), set: () => new Promise(() => undefined) },
    corrupt: { get: () => junk[calls % junk.length], set: () => undefined },
  };
  const flaky = Object.values(behaviours);
  const behaviour = (): Behaviour => {
    calls++;
    if (isHealed || kind === 'none') return sync;
    return kind === 'flaky' ? flaky[calls % flaky.length]! : behaviours[kind];
  };

  return {
    cache:
      kind === 'none'
        ? undefined
        : {
            get: (key) => behaviour().get(key),
            set: (key, text) => {
              check(text);
              return behaviour().set(key, text);
            },
            changes$,
          },
    peerWrites: (text, hasListeners) => {
      stored = text;
      if (hasListeners) changes$.next();
    },
    heal: () => {
      isHealed = true;
    },
  };
}
