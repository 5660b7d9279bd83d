import { createHash } from 'node:crypto';
import type { Plan } from './plan.js';
import { planOf } from './plan.js';
import { watchProcess } from './process.js';
import type { Course } from './sequence.js';
import { runPlan } from './sequence.js';
import type { CreateClient } from './stage.js';

export interface ChaosOptions {
  readonly sequences: number;
  /** Of the first sequence; those that follow have the numbers that follow. */
  readonly seed: number;
  /** How many sequences run at a time. */
  readonly concurrency: number;
  readonly create: CreateClient;
  readonly report: (violation: Violation) => void;
}

/** A promise that was broken. */
export interface Violation {
  /** Seeds of the sequences during which it happened: one, unless it showed in the process as a whole. */
  readonly seeds: readonly number[];
  readonly text: string;
  /** That of the sequence, if it is one. */
  readonly plan?: Plan;
}

/** What came of all of them. */
export interface Verdict {
  readonly sequences: number;
  readonly requests: number;
  readonly faults: number;
  readonly violations: number;
  /** Stands for all faults that were met and all violations, in order. */
  readonly digest: string;
}

/** Lets clients live through seeded sequences of faults, and tells what they did wrong. */
export async function runChaos({ sequences, seed, concurrency, create, report }: ChaosOptions): Promise<Verdict> {
  const digest = createHash('sha1');
  let [requests, faults, violations] = [0, 0, 0];
  const violate = (violation: Violation) => {
    violations++;
    report(violation);
  };
  const take = (number: number, plan: Plan, { met, violations: texts }: Course) => {
    requests += met.length;
    faults += met.filter((kind) => kind !== 'well').length;
    digest.update(`${number}: ${met.join(' ')}: ${texts.join('; ')}\n`);
    for (const text of texts) violate({ seeds: [number], text, plan });
  };

  for (let first = seed; first < seed + sequences; first += concurrency) {
    const seeds = Array.from({ length: Math.min(concurrency, seed + sequences - first) }, (_, i) => first + i);
    const { escaped, left } = await watchProcess(async () => {
      const plans = seeds.map(planOf);
      const courses = await Promise.all(plans.map((plan) => runPlan(plan, create)));
      courses.forEach((course, i) => {
        take(seeds[i]!, plans[i]!, course);
      });
    });
    for (const what of escaped) violate({ seeds, text: `an error escaped: ${what}` });
    for (const what of left) violate({ seeds, text: `left behind: ${what}` });
  }
  return { sequences, requests, faults, violations, digest: digest.digest('hex').slice(0, 12) };
}
