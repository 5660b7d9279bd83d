import { contestantIds } from '../contestants/index.js';
import type { Contender } from '../process/contender.js';
import { compete, loadAll, withContenders } from '../process/contender.js';
import type { Row } from '../report.js';
import { ahead, fasterBy } from '../report.js';
import { checkAllAnswers } from './answers.js';
import type { Effort, Part } from './part.js';

const goals: Readonly<Record<number, number>> = { 1_000: 15, 10_000: 25 };

/** B: all flags of a project for one user, asked again with the same user object and with a new one each time. */
export const allFlags: Part = {
  title: 'B. All flags for one user, microseconds',
  run: async (effort, isWanted, tell) => {
    for (const size of effort.sizes.filter((size) => isWanted(`B${size}`) || isWanted(`B${size}n`))) {
      await withContenders(contestantIds, async (contenders) => {
        const { loaded } = await loadAll(contenders, { flags: size });
        await checkAllAnswers(size, loaded);
        if (isWanted(`B${size}`)) tell(await measure(size, true, loaded, effort));
        if (isWanted(`B${size}n`)) tell(await measure(size, false, loaded, effort));
      });
    }
  },
};

async function measure(
  size: number,
  isSameUser: boolean,
  contenders: readonly Contender[],
  effort: Effort,
): Promise<Row> {
  const { rounds, warmUps, roundMs } = effort;
  const medians = await compete(
    contenders,
    rounds,
    warmUps,
    async (contender) => (await contender.ask('evaluateAll', roundMs, isSameUser)) / 1000,
  );
  const goal = goals[size];
  const isKept = isSameUser && (await contenders.find(({ id }) => id === 'rx')!.ask('keepsReference'));
  return {
    id: isSameUser ? `B${size}` : `B${size}n`,
    title: `${size.toLocaleString('en')} flags, ${isSameUser ? 'the same user object' : 'a new user each time'}`,
    unit: 'µs',
    medians,
    goals: [
      ...(goal === undefined ? [] : [fasterBy(goal, medians.rx, medians.officialAsync, 'getAllValuesAsync')]),
      ...ahead(medians),
      ...(isSameUser ? [{ text: 'one object of values while nothing changes', isMet: isKept }] : []),
    ],
  };
}
