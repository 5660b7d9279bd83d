import { createHash } from 'node:crypto';
import type { CreateClient } from '../stage.js';
import { planOf } from './draw.js';
import type { Plan } from './plan.js';
import { openRealOrigin } from './real-origin.js';
import type { Course } from './sequence.js';
import { runPlan } from './sequence.js';
import { createOrigin } from './server.js';
import { shrink } from './shrink.js';
import type { Violation, ViolationKind } from './witness.js';

export interface RandomOptions {
  /** How many acts there have to be: sequences are run until there are. */
  readonly acts: number;
  /** Of the first sequence; those that follow have the numbers that follow. */
  readonly seed: number;
  /** One sequence in so many speaks with a real server; 0: none. */
  readonly realEvery: number;
  readonly create: CreateClient;
  readonly report: (found: Found) => void;
  /** Asked after each sequence whether to stop, however few acts there have been. */
  readonly isEnough?: () => boolean;
  /** How many violations of each kind are made as short as they get before they are reported. */
  readonly shrunkPerKind: number;
}

/** A promise that was broken, and how. */
export interface Found extends Violation {
  readonly seed: number;
  /** The shortest plan that was found by which the same kind of promise is broken; that of the seed, if it was not tried. */
  readonly plan: Plan;
  /** What happens in that plan. */
  readonly journal: readonly string[];
}

/** What came of all of them. */
export interface RandomVerdict {
  readonly sequences: number;
  readonly acts: number;
  readonly requests: number;
  /** How often a client went back where it promises nothing: misled by wrong times in its cache. */
  readonly excused: number;
  readonly violations: Readonly<Partial<Record<ViolationKind, number>>>;
  /** Stands for everything that was shown and sent, in order. */
  readonly digest: string;
}

const maxTrials = 600;

/** Lets clients live through seeded sequences of acts, from outside and from inside of their callbacks. */
export async function runRandom(options: RandomOptions): Promise<RandomVerdict> {
  const { acts: wanted, seed: first, realEvery, create, report, shrunkPerKind } = options;
  const digest = createHash('sha1');
  const violations: Partial<Record<ViolationKind, number>> = {};
  let [sequences, acts, requests, excused] = [0, 0, 0, 0];

  const take = async (seed: number, plan: Plan, course: Course, run: (plan: Plan) => Promise<Course>) => {
    digest.update(`${course.digest} ${course.violations.map(({ kind }) => kind).join()}\n`);
    for (const violation of course.violations) {
      const { kind } = violation;
      const count = (violations[kind] = (violations[kind] ?? 0) + 1);
      if (count > shrunkPerKind) {
        report({ ...violation, seed, plan, journal: [] });
        continue;
      }
      const ofKind = (one: Course) => one.violations.find((other) => other.kind === kind);
      const shortest = await shrink(plan, async (candidate) => ofKind(await run(candidate)) !== undefined, maxTrials);
      const last = await run(shortest);
      report({ ...(ofKind(last) ?? violation), seed, plan: shortest, journal: last.journal });
    }
  };

  while (acts < wanted && !options.isEnough?.()) {
    const seed = first + sequences;
    const plan = planOf(seed);
    const open = realEvery > 0 && seed % realEvery === 0 ? openRealOrigin : createOrigin;
    const course = await runPlan(plan, { create, open });
    sequences++;
    acts += course.acts;
    requests += course.requests;
    excused += course.excused;
    await take(seed, plan, course, (candidate) => runPlan(candidate, { create, open, isJournalKept: true }));
  }
  return { sequences, acts, requests, excused, violations, digest: digest.digest('hex').slice(0, 12) };
}
