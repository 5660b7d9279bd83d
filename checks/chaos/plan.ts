import type { Fault } from 'configcat-rx/server';
import fc from 'fast-check';

/** How the external cache behaves until the faults end; then it is a good one. */
export type CacheKind = 'none' | 'sync' | 'async' | 'throwing' | 'rejecting' | 'hanging' | 'corrupt' | 'flaky';

/** What happens next. */
export type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'waitFor'; readonly intervals: number }
  | { readonly do: 'faults'; readonly faults: readonly (Fault | undefined)[] }
  | { readonly do: 'edit' | 'refresh' | 'read' | 'watch' | 'unwatch' | 'trigger' }
  | { readonly do: 'user'; readonly isKnown: boolean }
  | { readonly do: 'switch'; readonly isOnline: boolean }
  | { readonly do: 'gate'; readonly isOpen: boolean }
  | { readonly do: 'peer'; readonly writes: 'newest' | 'older' | 'nothing' | 'junk'; readonly hasListeners: boolean };

/** One life of a client: what it is like, what happens to it, and how it ends. */
export interface Plan {
  readonly mode: 'auto' | 'lazy' | 'manual';
  readonly intervalSeconds: number;
  readonly maxInitWaitTimeSeconds: number;
  readonly initial: 'wait' | 'cached' | 'default';
  /** The client's own transport, or a `fetch` option. */
  readonly transport: 'own' | 'fetch';
  readonly cache: CacheKind;
  readonly isCacheFilled: boolean;
  readonly isOffline: boolean;
  readonly isGated: boolean;
  /** Numbers for the `random` option, in turn. */
  readonly dice: readonly number[];
  readonly steps: readonly Step[];
  /** Recovers when all is well again, or is disposed in the midst of it. */
  readonly ending: 'recover' | 'dispose';
}

/**
 * How long a request may take, milliseconds. No other timer has half a millisecond, so that requests can be told by theirs.
 */
export const requestTimeoutMs = 8123.5;

/** Numbers with two digits, all as likely. */
const hundredths = (max: number) => fc.integer({ min: 0, max }).map((number) => number / 100);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('latency' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  },
  fc.record({ kind: fc.constantFrom('hang', 'reset'), when: fc.constantFrom('before', 'mid-body') }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      status: fc.constantFrom(201, 204, 302, 400, 401, 403, 404, 429, 500, 502, 503),
      headers: fc.oneof(
        { weight: 4, arbitrary: fc.constant({}) },
        fc.integer({ min: 0, max: 120 }).map((seconds) => ({ 'Retry-After': String(seconds) })),
      ),
    }),
  },
  fc.record({ kind: fc.constant('truncated' as const), framing: fc.constantFrom('length', 'chunked') }),
  fc.record({ kind: fc.constant('oversized' as const), bytes: fc.constantFrom(1000, 200_000) }),
  fc.record({ kind: fc.constant('wrong-length' as const), by: fc.constantFrom(-20, -1, 1, 1000) }),
  fc.record({ kind: fc.constantFrom('wrong-etag', 'not-modified', 'invalid-gzip', 'not-http') }),
  fc.record({ kind: fc.constant('redirect-loop' as const), mode: fc.constantFrom(0, 1, 2) }),
  fc.record({
    kind: fc.constant('drip' as const),
    bytes: fc.constantFrom(20, 60),
    everyMs: fc.constantFrom(10, 1000, 5000),
  }),
  fc.record({
    kind: fc.constant('garbage' as const),
    body: fc.constantFrom('', '<!doctype html>', 'null', '{"f":[]}', '{"f":{"version":{"t":1}}}', '\ufeff{}'),
  }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30_000 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('waitFor' as const),
      intervals: hundredths(600),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('faults' as const),
      faults: fc.array(fc.option(fault, { nil: undefined, freq: 5 }), { minLength: 1, maxLength: 6, size: 'max' }),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom('edit', 'refresh', 'refresh', 'read', 'read', 'watch', 'unwatch', 'trigger'),
    }),
  },
  fc.record({ do: fc.constant('user' as const), isKnown: fc.boolean() }),
  fc.record({ do: fc.constant('switch' as const), isOnline: fc.boolean() }),
  fc.record({ do: fc.constant('gate' as const), isOpen: fc.boolean() }),
  fc.record({
    do: fc.constant('peer' as const),
    writes: fc.constantFrom('newest', 'older', 'nothing', 'junk'),
    hasListeners: fc.boolean(),
  }),
);

const plan: fc.Arbitrary<Plan> = fc.record({
  mode: fc.constantFrom('auto', 'auto', 'lazy', 'manual'),
  intervalSeconds: fc.constantFrom(1, 10, 60, 300),
  maxInitWaitTimeSeconds: fc.constantFrom(-1, 0, 5),
  initial: fc.constantFrom('wait', 'cached', 'default'),
  transport: fc.constantFrom('own', 'fetch'),
  cache: fc.constantFrom('none', 'none', 'sync', 'async', 'throwing', 'rejecting', 'hanging', 'corrupt', 'flaky'),
  isCacheFilled: fc.boolean(),
  isOffline: fc.constantFrom(false, false, false, true),
  isGated: fc.boolean(),
  dice: fc.oneof(fc.constant([0]), fc.array(hundredths(99), { minLength: 1, maxLength: 4 })),
  steps: fc.array(step, { minLength: 8, maxLength: 24, size: 'max' }),
  ending: fc.constantFrom('recover', 'recover', 'dispose'),
});

/** The plan that a seed stands for: always the same. */
export function planOf(seed: number): Plan {
  const [drawn] = fc.sample(fc.noBias(plan), { seed, numRuns: 1 });
  return drawn!;
}
