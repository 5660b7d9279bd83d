import { contestantNames } from '../contestants/index.js';
import type { Loaded } from '../process/contender.js';
import type { Answers } from '../process/tasks.js';
import { project, type Workload } from '../workloads.js';

/**
 * Throws where two contestants answer differently for any user. Who hashes differently puts other users into each side
 * of a split: of those, the shares are compared.
 */
export async function checkAnswers(workload: Workload, contenders: readonly Loaded[], users: number): Promise<void> {
  const given: (readonly [Loaded, Answers])[] = [];
  for (const contender of contenders) given.push([contender, await contender.ask('answers', users)]);
  const [reference, expected] = given[0]!;
  const { split } = workload.flags.at(-1)!;
  for (const [contender, answers] of given) {
    const isRight =
      split && contender.hash !== reference.hash
        ? hasShares(answers, split, workload.isDistinct ? users : 1)
        : answers.digest === expected.digest;
    if (!isRight) throw differ(workload.id, [reference, show(expected)], [contender, show(answers)]);
  }
}

/** The same for all flags of a project and one user. */
export async function checkAllAnswers(flags: number, contenders: readonly Loaded[]): Promise<void> {
  const reference = contenders[0]!;
  const expected = await reference.ask('allAnswers');
  const asked = project(flags);
  if (expected.length !== flags) throw new Error(`Expected ${flags} values, got ${expected.length}.`);
  for (const contender of contenders) {
    const answers = await contender.ask('allAnswers');
    asked.forEach(({ key, split }, i) => {
      const isRight =
        split && contender.hash !== reference.hash
          ? split.some((side) => side === answers[i])
          : answers[i] === expected[i];
      if (!isRight) throw differ(key, [reference, String(expected[i])], [contender, String(answers[i])]);
    });
  }
}

/** Each side within four standard deviations of half of the users; one user gets either side. */
function hasShares({ counts }: Answers, sides: readonly string[], users: number): boolean {
  const isEitherSide = Object.keys(counts).every((answer) => sides.includes(answer));
  if (users === 1) return isEitherSide;
  return isEitherSide && Math.abs((counts[sides[0]!] ?? 0) - users / 2) <= 2 * Math.sqrt(users);
}

const show = ({ counts, first }: Answers) => `${JSON.stringify(counts)}, first ${JSON.stringify(first)}`;

const differ = (what: string, [a, expected]: [Loaded, string], [b, given]: [Loaded, string]) =>
  new Error(
    `${what}: the answers differ.\n  ${contestantNames[a.id]}: ${expected}\n  ${contestantNames[b.id]}: ${given}`,
  );
