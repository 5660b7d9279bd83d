/** How the server answers one request. Times are those on the way to it and back, in milliseconds. */
export type Answer =
  | { readonly kind: 'well'; readonly upMs: number; readonly downMs: number }
  | { readonly kind: 'hang' | 'reset' | 'throw' | 'garbage' | 'late body' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds: number };

/** How a cache behaves: what it answers at once, after a moment, slowly, wrongly, or not at all. */
export type CacheKind =
  'sync' | 'async' | 'slow reads' | 'slow writes' | 'slow' | 'hanging' | 'throwing' | 'rejecting' | 'junk' | 'flaky';

/** Streams that can be subscribed to. */
export type Watched =
  'flag$' | 'flags$' | 'all flags$' | 'user flag$' | 'flagState$' | 'snapshot$' | 'status$' | 'events$';

/** Places where code of the user's runs, and may act. */
export type Place =
  | Watched
  | 'onConfigChanged'
  | 'logger'
  | 'cache.get'
  | 'cache.set'
  | 'refreshOn$'
  | 'pollWhile$'
  | 'fetch'
  | 'refreshed';

/** What is done to one client, at any time and from any place. */
export type ClientAct =
  | {
      readonly do:
        'refresh' | 'online' | 'offline' | 'read' | 'read all' | 'look' | 'ready' | 'unwatch' | 'trigger' | 'hear';
    }
  | { readonly do: 'watch'; readonly what: Watched }
  | { readonly do: 'user'; readonly isKnown: boolean }
  | { readonly do: 'gate'; readonly isOpen: boolean }
  | { readonly do: 'dispose'; readonly isAwaited: boolean };

/** What happens around the clients, whoever is doing what. */
export type WorldAct =
  | { readonly do: 'edit' }
  | { readonly do: 'answers'; readonly answers: readonly Answer[] }
  | { readonly do: 'cache kind'; readonly cache: number; readonly kind: CacheKind }
  | {
      readonly do: 'peer';
      readonly cache: number;
      readonly writes: 'newest' | 'older' | 'nothing' | 'junk';
      /** How far the time of the entry is from when it was requested. */
      readonly datedByMs: number;
      readonly etag: 'own' | 'foreign' | 'unsendable';
      readonly hasListeners: boolean;
    };

/** What only happens between the acts of others. */
export type TimeAct =
  | { readonly do: 'wait'; readonly ms: number }
  /** A client stands still: its timers are late, and so are answers to it. */
  | { readonly do: 'stall'; readonly client: number; readonly ms: number }
  /** A clock is set; that of all clients if there is one for all. */
  | { readonly do: 'clock'; readonly client: number; readonly byMs: number };

export type ReactiveAct = WorldAct | (ClientAct & { readonly client: number });
export type Act = ReactiveAct | TimeAct;

/** An act from inside of a callback, when that is called for the nth time. */
export interface Reaction {
  readonly client: number;
  readonly place: Place;
  readonly call: number;
  readonly act: ReactiveAct;
}

export interface ClientPlan {
  readonly mode: 'auto' | 'lazy' | 'manual';
  readonly intervalSeconds: number;
  readonly maxInitWaitTimeSeconds: number;
  readonly maxFirstPollDelaySeconds: number;
  readonly initial: 'wait' | 'cached' | 'default';
  /** Which of the caches it uses. */
  readonly cache: number | undefined;
  readonly isOffline: boolean;
  readonly isGated: boolean;
  /** How far its clock is from the true time. */
  readonly skewMs: number;
  /** Numbers for the `random` option, in turn. */
  readonly dice: readonly number[];
}

export interface CachePlan {
  readonly kind: CacheKind;
  readonly holds: 'nothing' | 'old' | 'future' | 'junk';
  /** It refuses what is older than what it holds, whatever the times say, and says so. */
  readonly isOrdered: boolean;
  /** It announces what is stored to clients other than the one that stored it. */
  readonly isAnnouncing: boolean;
}

/** A world of clients that share caches and a server: what it is like, what happens in it, and how it ends. */
export interface Plan {
  /** All clocks are right; all clients have one clock, which may be set; or each has its own. */
  readonly clocks: 'true' | 'one' | 'own';
  readonly latency: { readonly upMs: number; readonly downMs: number };
  readonly clients: readonly ClientPlan[];
  readonly caches: readonly CachePlan[];
  readonly acts: readonly Act[];
  readonly reactions: readonly Reaction[];
  /** All recover; the first client stays offline and follows the others by its cache; or all are disposed as they are. */
  readonly ending: 'recover' | 'follow' | 'dispose';
}

/** How long a request may take. */
export const requestTimeoutMs = 8000;
