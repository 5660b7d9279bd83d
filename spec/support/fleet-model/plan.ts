import * as fc from 'fast-check';

/** Something that happens to a fleet. Times in milliseconds, processes by number. */
export type Act =
  | { readonly kind: 'change' }
  | { readonly kind: 'foreign write'; readonly delayMs: number }
  | { readonly kind: 'stop'; readonly process: number; readonly ms: number }
  | { readonly kind: 'kill'; readonly process: number }
  | { readonly kind: 'cut off'; readonly process: number; readonly ms: number }
  | { readonly kind: 'part'; readonly process: number; readonly ms: number; readonly keepsConnections: boolean }
  | { readonly kind: 'server away'; readonly process: number; readonly ms: number }
  | { readonly kind: 'slow answer'; readonly process: number; readonly ms: number }
  | { readonly kind: 'late command'; readonly process: number; readonly ms: number }
  | { readonly kind: 'late write'; readonly process: number; readonly ms: number }
  | { readonly kind: 'set clock'; readonly process: number; readonly ms: number }
  | { readonly kind: 'demand'; readonly process: number }
  | { readonly kind: 'lose message'; readonly process: number }
  | { readonly kind: 'double message'; readonly process: number; readonly ms: number }
  | { readonly kind: 'forge'; readonly what: Forgery }
  | { readonly kind: 'forget' }
  | { readonly kind: 'lose write' };

/** What somebody announces who has no business there. */
export const forgeries = [
  'garbage',
  'late time',
  'late order',
  'late order with garbage',
  'next order with garbage',
] as const;
export type Forgery = (typeof forgeries)[number];

/** A sequence of acts, and the processes that live through it. */
export interface Plan {
  /** How far the clock of each process is ahead. */
  readonly skewsMs: readonly number[];
  readonly acts: readonly { readonly atMs: number; readonly act: Act }[];
  readonly seed: number;
}

export const faultsMs = 12_000;
const maxProcesses = 3;
const hourMs = 3_600_000;

const processNumber = fc.nat(maxProcesses - 1);
const skewMs = fc.oneof(
  fc.constant(0),
  fc.constantFrom(-hourMs, hourMs, 120_000),
  fc.integer({ min: -5000, max: 5000 }),
);
const ofProcess = <K extends Act['kind']>(kind: K) => fc.record({ kind: fc.constant(kind), process: processNumber });
const lasting = <K extends Act['kind']>(kind: K, max: number) =>
  fc.record({ kind: fc.constant(kind), process: processNumber, ms: fc.integer({ min: 10, max }) });

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('change' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign write' as const), delayMs: fc.nat(3000) }) },
  { weight: 3, arbitrary: lasting('stop', 6000) },
  { weight: 1, arbitrary: ofProcess('kill') },
  { weight: 2, arbitrary: lasting('cut off', 5000) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('part' as const),
      process: processNumber,
      ms: fc.integer({ min: 10, max: 5000 }),
      keepsConnections: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: lasting('server away', 5000) },
  { weight: 3, arbitrary: lasting('slow answer', 4000) },
  { weight: 1, arbitrary: lasting('late command', 5000) },
  { weight: 4, arbitrary: lasting('late write', 6000) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set clock' as const), process: processNumber, ms: skewMs }) },
  { weight: 2, arbitrary: ofProcess('demand') },
  { weight: 2, arbitrary: ofProcess('lose message') },
  { weight: 2, arbitrary: lasting('double message', 3000) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forge' as const), what: fc.constantFrom(...forgeries) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose write' as const) }) },
);

export const plan: fc.Arbitrary<Plan> = fc.record({
  skewsMs: fc.array(skewMs, { minLength: 2, maxLength: maxProcesses }),
  acts: fc.array(fc.record({ atMs: fc.nat(faultsMs), act }), { minLength: 1, maxLength: 16 }),
  seed: fc.nat(),
});
