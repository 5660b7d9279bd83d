import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan } from './plan.js';
import { planOf } from './plan.js';
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
    const leftBehind = await watchProcess(async () => {
      const plans = seeds.map(planOf);
      const courses = await Promise.all(plans.map((plan) => runPlan(plan, create)));
      courses.forEach((course, i) => {
        take(seeds[i]!, plans[i]!, course);
      });
    });
    for (const text of leftBehind) violate({ seeds, text });
  }
  return { sequences, requests, faults, violations, digest: digest.digest('hex').slice(0, 12) };
}

/** What closes a moment after it was told to. */
const patienceMs = 3000;

/** Does some work, and tells what of it escaped into the process or was left in it. */
async function watchProcess(work: () => Promise<void>): Promise<readonly string[]> {
  const texts: string[] = [];
  const escaped = (error: unknown) => {
    texts.push(`an error escaped: ${error instanceof Error ? String(error.stack) : String(error)}`);
  };
  process.on('unhandledRejection', escaped);
  process.on('uncaughtException', escaped);
  const before = takeStock();
  await work();
  let extra = more(before, takeStock());
  for (let waitedMs = 0; extra.length > 0 && waitedMs < patienceMs; waitedMs += 20) {
    await sleep(20);
    extra = more(before, takeStock());
  }
  process.off('unhandledRejection', escaped);
  process.off('uncaughtException', escaped);
  return [...texts, ...extra.map((what) => `left behind: ${what}`)];
}

/** Counts timers, sockets and listeners of the process. */
function takeStock(): ReadonlyMap<string, number> {
  const stock = new Map<string, number>();
  const resources = process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|Immediate/.test(name));
  const listeners = process.eventNames().flatMap((name) => process.listeners(name as 'exit').map(() => name));
  for (const name of [...resources, ...listeners.map((event) => `listener for ${String(event)}`)]) {
    stock.set(name, (stock.get(name) ?? 0) + 1);
  }
  return stock;
}

function more(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): string[] {
  return [...now].flatMap(([name, count]) => {
    const extra = count - (before.get(name) ?? 0);
    return extra > 0 ? [`${extra} ${name}`] : [];
  });
}
