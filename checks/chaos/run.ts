/*
 * Lets clients of all modes live through seeded sequences of faults over real HTTP, and then through random acts, also
 * from inside of their callbacks; then fleets through faults of what they share. Ends with an error if a promise is broken.
 *
 *   npm run chaos -- --sequences 10000              with a seed of its own, which is printed
 *   npm run chaos -- --sequences 10000 --seed 42    the same sequences each time
 *   npm run chaos -- --sequences 1 --seed 42        one of them, step by step
 *   npm run chaos -- --acts 300000 --seed 42        nothing but random acts
 *   npm run chaos -- --fleets 10000 --seed 42       nothing but fleets
 *   npm run chaos -- --acts 300000 --details 5      five violations of each kind in full, not one
 *   npm run chaos -- --acts 3000 --planted NAME     with clients that have a defect of random/planted.ts
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createClient } from 'configcat-rx';
import { checkModel } from '../../spec/support/fleet-model/model.js';
import type { Violation } from './chaos.js';
import { runChaos } from './chaos.js';
import { planOf } from './plan.js';
import { planted } from './random/planted.js';
import { runRandom } from './random/random.js';
import { summaryOf, textOf } from './random/report.js';

const { values } = parseArgs({
  options: {
    sequences: { type: 'string' },
    acts: { type: 'string' },
    fleets: { type: 'string' },
    seed: { type: 'string', default: String(randomInt(1_000_000_000)) },
    concurrency: { type: 'string', default: '100' },
    planted: { type: 'string' },
    details: { type: 'string', default: '1' },
  },
});
const isPartial = values.acts !== undefined || values.fleets !== undefined;
const sequences = toNumber('sequences', values.sequences ?? (isPartial ? '0' : '1000'), 0);
const acts = toNumber('acts', values.acts ?? String(sequences > 1 ? 20 * sequences : 0), 0);
const fleets = toNumber('fleets', values.fleets ?? String(Math.floor(sequences / 10)), 0);
const seed = toNumber('seed', values.seed, 0);
const concurrency = toNumber('concurrency', values.concurrency, 1);
/** One random sequence in so many speaks with a real server. */
const realEvery = 25;

console.log(`seed ${seed}`);
if (sequences > 0) await liveThroughFaults();
if (acts > 0) await liveThroughActs(values.planted);
if (fleets > 0) await liveAsFleets();

async function liveThroughFaults(): Promise<void> {
  if (sequences === 1) console.log(JSON.stringify(planOf(seed), undefined, 2));
  const startedAt = performance.now();
  const verdict = await runChaos({ sequences, seed, concurrency, create: createClient, report });
  console.log(`digest ${verdict.digest}, ${secondsSince(startedAt)} s`);
  console.log(
    `${verdict.sequences} sequences, ${verdict.requests} requests, ${verdict.faults} faults, ${verdict.violations} violations`,
  );
  if (verdict.violations > 0) process.exitCode = 1;
}

async function liveThroughActs(defect: string | undefined): Promise<void> {
  const create = defect === undefined ? createClient : planted[defect]?.create;
  if (!create) {
    console.error(`--planted has to be one of: ${Object.keys(planted).join(', ')}.`);
    process.exit(2);
  }
  const startedAt = performance.now();
  const verdict = await runRandom({
    acts,
    seed,
    realEvery,
    create,
    shrunkPerKind: toNumber('details', values.details, 0),
    report: (found) => {
      console.error(textOf(found));
    },
  });
  console.log(summaryOf(verdict, secondsSince(startedAt)));
  if (Object.keys(verdict.violations).length > 0) process.exitCode = 1;
}

async function liveAsFleets(): Promise<void> {
  const startedAt = performance.now();
  // Seeds of sequences may be larger than those that a fleet is drawn by.
  const { sequences: lived, violation } = await checkModel(fleets, seed % 2 ** 31);
  if (violation !== undefined) {
    console.error(`VIOLATION of a fleet: ${violation}\n  npm run chaos -- --fleets ${fleets} --seed ${seed}`);
    process.exitCode = 1;
  }
  console.log(`${lived} fleets, ${violation === undefined ? 0 : 1} violations, ${secondsSince(startedAt)} s`);
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}

function report({ seeds, text, plan }: Violation): void {
  const [first = 0] = seeds;
  console.error(`VIOLATION with seed ${first}${seeds.length > 1 ? ` to ${first + seeds.length - 1}` : ''}: ${text}`);
  if (plan) console.error(`  ${JSON.stringify(plan)}`);
  console.error(`  npm run chaos -- --sequences ${seeds.length} --seed ${first}`);
}

function toNumber(name: string, text: string, min: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= min) return number;
  console.error(`--${name} has to be a whole number of at least ${min}, not '${text}'.`);
  process.exit(2);
}
