import type { ConfigCache } from 'configcat-rx';
import type { SchedulerLike } from 'rxjs';
import { Subject, timer } from 'rxjs';
import { versionIn } from './config.js';
import type { CacheKind, CachePlan } from './plan.js';

/** A place that clients share, which behaves as it is told to until it is healed. */
export interface SharedCache {
  /** For one client. */
  readonly openFor: (arrivals: SchedulerLike, heard: Heard) => ConfigCache & { readonly changes$: Subject<void> };
  readonly behave: (kind: CacheKind) => void;
  /** Stores what somebody else has to say, unnoticed or not. */
  readonly peerWrites: (text: string, hasListeners: boolean) => void;
  readonly stored: () => string | undefined;
  /** Does well from now on; whoever is still waiting is told that it failed. */
  readonly heal: () => void;
}

/** What happens between a client and its cache. */
export interface Heard {
  readonly asked: () => void;
  readonly answered: (text: string | undefined) => void;
  readonly given: (text: string) => void;
  /** What was given is there now. */
  readonly stored: (text: string) => void;
}

/** How long it takes, in milliseconds; -1: at once; `undefined`: for ever. */
interface Pace {
  readonly readMs: number | undefined;
  readonly writeMs: number | undefined;
}

const slowMs = 1400;
const paces: Readonly<Record<Exclude<CacheKind, 'flaky'>, Pace>> = {
  sync: { readMs: -1, writeMs: -1 },
  async: { readMs: 7, writeMs: 7 },
  'slow reads': { readMs: slowMs, writeMs: 7 },
  'slow writes': { readMs: 7, writeMs: slowMs },
  slow: { readMs: slowMs, writeMs: 2 * slowMs },
  hanging: { readMs: undefined, writeMs: undefined },
  throwing: { readMs: -1, writeMs: -1 },
  rejecting: { readMs: 7, writeMs: 7 },
  junk: { readMs: -1, writeMs: -1 },
};
const flaky = Object.keys(paces) as (keyof typeof paces)[];
const junk = ['', 'junk', '1\n2', 'x\ny\n{}', '1\n"e"\n{"f":[]}', '1\n"e"\n{', 42 as unknown as string];

export function createSharedCache(plan: CachePlan, firstText: string | undefined): SharedCache {
  const { isOrdered, isAnnouncing } = plan;
  let { kind } = plan;
  let stored = firstText;
  let calls = 0;
  const hung = new Set<() => void>();
  const listeners = new Set<Subject<void>>();
  const kindNow = () => (kind === 'flaky' ? flaky[calls % flaky.length]! : kind);
  const announce = (except?: Subject<void>) => {
    for (const changes$ of listeners) if (changes$ !== except) changes$.next();
  };

  /** Does some work when its time has come; it fails where the cache does. */
  const take = <T>(ms: number | undefined, arrivals: SchedulerLike, work: () => T): T | Promise<T> => {
    if (ms === -1) return work();
    return new Promise<void>((resolve) => {
      if (ms === undefined) hung.add(resolve);
      else
        timer(ms, arrivals).subscribe(() => {
          resolve();
        });
    }).then(work);
  };
  const store = (text: string) => {
    if (!isOrdered || (versionIn(text) ?? -1) >= (versionIn(stored) ?? -1)) stored = text;
  };
  const failIf = (now: CacheKind) => {
    if (now === 'throwing' || now === 'rejecting') throw new Error('The cache is broken.');
  };

  return {
    openFor: (arrivals, { asked, answered, given, stored: isStored }) => {
      const changes$ = new Subject<void>();
      listeners.add(changes$);
      return {
        changes$,
        isOrdered,
        get: () => {
          calls++;
          const now = kindNow();
          asked();
          // What was there when the read began, or when it ended: both happen.
          const early = stored;
          const isEarly = !isOrdered && calls % 2 === 0;
          return take(paces[now].readMs, arrivals, () => {
            failIf(now);
            const text = now === 'junk' ? junk[calls % junk.length] : isEarly ? early : stored;
            answered(text);
            return text;
          });
        },
        set: (_, text) => {
          calls++;
          const now = kindNow();
          given(text);
          return take(paces[now].writeMs, arrivals, () => {
            failIf(now);
            if (now === 'junk' || now === 'hanging') return;
            store(text);
            isStored(text);
            if (isAnnouncing) announce(changes$);
          });
        },
      };
    },
    behave: (next) => {
      kind = next;
    },
    peerWrites: (text, hasListeners) => {
      store(text);
      if (hasListeners) announce();
    },
    stored: () => stored,
    heal: () => {
      kind = 'sync';
      for (const resolve of hung) resolve();
      hung.clear();
    },
  };
}
