/*
 * Lets clients of all modes live through seeded sequences of faults, and ends with an error if one breaks a promise.
 *
 *   npm run chaos -- --sequences 10000              with a seed of its own, which is printed
 *   npm run chaos -- --sequences 10000 --seed 42    the same sequences each time
 *   npm run chaos -- --sequences 1 --seed 42        one of them, step by step
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createClient } from 'configcat-rx';
import type { Violation } from './chaos.js';
import { runChaos } from './chaos.js';
import { planOf } from './plan.js';

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(randomInt(1_000_000_000)) },
    concurrency: { type: 'string', default: '100' },
  },
});
const sequences = toNumber('sequences', values.sequences, 1);
const seed = toNumber('seed', values.seed, 0);
const concurrency = toNumber('concurrency', values.concurrency, 1);

console.log(`seed ${seed}`);
if (sequences === 1) console.log(JSON.stringify(planOf(seed), undefined, 2));
const startedAt = performance.now();
const verdict = await runChaos({ sequences, seed, concurrency, create: createClient, report });
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`digest ${verdict.digest}, ${seconds} s`);
console.log(
  `${verdict.sequences} sequences, ${verdict.requests} requests, ${verdict.faults} faults, ${verdict.violations} violations`,
);
process.exitCode = verdict.violations > 0 ? 1 : 0;

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
