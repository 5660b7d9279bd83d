import type { ConfigCache } from 'configcat-rx';
import type { SchedulerLike, Subject } from 'rxjs';
import type { SharedCache } from './cache.js';
import { versionIn } from './config.js';
import type { Place } from './plan.js';
import type { Witness } from './witness.js';

/** A shared cache as one client has it. */
export interface CacheLink {
  /** For the client; `undefined` when it has none. */
  readonly cache: (ConfigCache & { readonly changes$: Subject<void> }) | undefined;
  /** Whether the client has read this version just now. */
  readonly hasRead: (version: number) => boolean;
  /** Told of what the client has fetched. */
  readonly fetched: (version: number) => void;
  /** What the client fetched last is not there, or not yet. */
  readonly isBehind: () => boolean;
}

export interface CacheLinkOptions {
  readonly name: string;
  readonly arrivals: SchedulerLike;
  readonly witness: Witness;
  /** The true time. */
  readonly now: () => number;
  readonly react: (place: Place) => void;
}

export function linkTo(cache: SharedCache | undefined, options: CacheLinkOptions): CacheLink {
  const { name, arrivals, witness, now, react } = options;
  const readAtMs = new Map<number, number>();
  let fetched: number | undefined;
  let stored: number | undefined;
  return {
    cache: cache?.openFor(arrivals, {
      asked: () => {
        react('cache.get');
      },
      answered: (text) => {
        const version = typeof text === 'string' ? versionIn(text) : undefined;
        witness.note(version ?? 0, () => `${name} reads ${firstLines(text)} from the cache`);
        if (version !== undefined) readAtMs.set(version, now());
      },
      given: (text) => {
        const version = versionIn(text);
        witness.note(version ?? 0, () => `${name} writes ${firstLines(text)} to the cache`);
        if (version === undefined) witness.violate('lost the value', `the cache was given ${JSON.stringify(text)}`);
        react('cache.set');
      },
      stored: (text) => {
        stored = versionIn(text);
      },
    }),
    hasRead: (version) => readAtMs.get(version) === now(),
    fetched: (version) => {
      fetched = version;
    },
    isBehind: () => fetched !== stored,
  };
}

function firstLines(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  const version = typeof text === 'string' ? versionIn(text) : undefined;
  if (version === undefined) return JSON.stringify(text).slice(0, 30);
  return `version ${version} of ${text.slice(0, text.indexOf('\n'))}`;
}
