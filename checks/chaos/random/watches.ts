import type { ClientEvent, ClientStatus, ConfigCatClient, FlagState, Snapshot } from 'configcat-rx';
import type { Observable, Subscription } from 'rxjs';
import type { Watched } from './plan.js';
import type { Sight } from './sight.js';
import { defaults, versionOf } from './sight.js';
import type { Witness } from './witness.js';

/** A subscription to one of the streams of a client. */
export interface Watch {
  readonly what: Watched;
  readonly unsubscribe: () => void;
  readonly isComplete: () => boolean;
  /** What it last showed of the config, as text; `undefined` while it has shown nothing. */
  readonly last: () => string | undefined;
}

export interface WatchOptions {
  readonly name: string;
  readonly client: ConfigCatClient;
  readonly sight: Sight;
  readonly witness: Witness;
  /** Called from inside of the subscriber. */
  readonly react: (place: Watched) => void;
}

/** How one kind of stream is looked at. */
interface Kind<T> {
  readonly stream$: (client: ConfigCatClient) => Observable<T>;
  /** Sees the value; gives what must not be the same twice, or nothing when it does not matter. */
  readonly see: (value: T, sight: Sight, isFirst: boolean) => string | undefined;
  /** What the stream should show, if it shows something that can be asked for. */
  readonly present?: (client: ConfigCatClient) => string;
}

const kind = <T>(row: Kind<T>): Kind<never> => row as unknown as Kind<never>;
const presentVersion = (client: ConfigCatClient) => String(client.snapshot().value('version', defaults.version));
const sort = (flags: object) => JSON.stringify(Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1)));

const kinds: Readonly<Record<Watched, Kind<never>>> = {
  flag$: kind({
    stream$: (client) => client.flag$('version', defaults.version),
    see: (version: number, sight, isFirst) => {
      sight.see('flag$', version, isFirst);
      return String(version);
    },
    present: presentVersion,
  }),
  flags$: kind({
    stream$: (client) => client.flags$(defaults, undefined),
    see: (flags: typeof defaults, sight, isFirst) => {
      sight.seeAll('flags$', flags, isFirst);
      return sort(flags);
    },
    present: (client) => {
      const entries = Object.entries(defaults);
      return sort(Object.fromEntries(entries.map(([key, value]) => [key, client.snapshot().value(key, value)])));
    },
  }),
  'all flags$': kind({
    stream$: (client) => client.allFlags$(),
    see: (flags: object, sight, isFirst) => {
      sight.seeAll('allFlags$()', flags as Readonly<Record<string, unknown>>, isFirst);
      return sort(flags);
    },
  }),
  'user flag$': kind({
    stream$: (client) => client.flag$('owner', defaults.owner),
    see: (owner: string, sight, isFirst) => {
      sight.see('flag$ of the user', versionOf(owner), isFirst);
      return owner;
    },
    present: (client) => client.snapshot().value('owner', defaults.owner),
  }),
  flagState$: kind({
    stream$: (client) => client.flagState$('version', defaults.version),
    see: (state: FlagState<number>, sight) => {
      sight.see('flagState$', state.value, state.status === 'initial');
      return JSON.stringify({ ...state, ageMs: 0, lastError: identityOf(state.lastError) });
    },
  }),
  snapshot$: kind({
    stream$: (client) => client.snapshot$,
    see: (snapshot: Snapshot, sight) => String(sight.seeSnapshot('snapshot$', snapshot)),
    present: presentVersion,
  }),
  status$: kind({
    stream$: (client) => client.status$,
    see: (status: ClientStatus) => JSON.stringify({ ...status, ageMs: 0, lastError: identityOf(status.lastError) }),
  }),
  events$: kind({
    stream$: (client) => client.events$,
    see: (event: ClientEvent, sight) =>
      event.type === 'configChanged' ? String(sight.seeSnapshot('events$', event.snapshot)) : undefined,
  }),
};

/** Subscribes, and looks at everything that comes. */
export function watch(what: Watched, { name, client, sight, witness, react }: WatchOptions): Watch {
  // Each row reads what its own stream gives.
  const { stream$, see } = kinds[what] as unknown as Kind<unknown>;
  let isComplete = false;
  let last: string | undefined;
  let count = 0;
  const subscription: Subscription = stream$(client).subscribe({
    next: (value) => {
      const seen = see(value, sight, count++ === 0);
      if (seen !== undefined) {
        if (seen === last) witness.violate('repeated itself', `${name}, ${what}: ${seen}`);
        last = seen;
      }
      react(what);
    },
    error: (error: unknown) => {
      witness.violate('threw', `${name}, ${what}: ${String(error)}`);
    },
    complete: () => {
      isComplete = true;
    },
  });
  return {
    what,
    unsubscribe: () => {
      subscription.unsubscribe();
    },
    isComplete: () => isComplete,
    last: () => last,
  };
}

/** Tells what a stream shows though there is something else to show by now; nothing of one that is still waiting. */
export function disagreement({ what, last, isComplete }: Watch, client: ConfigCatClient): string | undefined {
  const { present } = kinds[what];
  const seen = last();
  if (!present || seen === undefined || isComplete()) return undefined;
  const right = present(client);
  return seen === right || seen.includes(String(defaults.version)) ? undefined : `${what} shows ${seen}, not ${right}`;
}

const identities = new WeakMap<object, number>();
let identity = 0;

/** Failures are told apart as objects. */
function identityOf(object: object | undefined): number | undefined {
  if (!object) return undefined;
  const known = identities.get(object) ?? ++identity;
  identities.set(object, known);
  return known;
}
