import { contestantIds } from '../contestants/index.js';
import type { Contender } from '../process/contender.js';
import { compete, loadAll, median, withContenders } from '../process/contender.js';
import type { Goal, Row } from '../report.js';
import { ahead, fasterBy } from '../report.js';
import type { Workload } from '../workloads.js';
import { workloads } from '../workloads.js';
import { checkAnswers } from './answers.js';
import type { Effort, Part } from './part.js';

/** A: one evaluation of one flag. */
export const evaluation: Part = {
  title: 'A. One evaluation, nanoseconds',
  run: async (effort, isWanted, tell) => {
    const wanted = workloads.filter(({ id }) => isWanted(id));
    for (const group of effort.isIsolated ? wanted.map((workload) => [workload]) : [wanted]) {
      await withContenders(contestantIds, async (contenders) => {
        for (const workload of group) tell(await measure(workload, contenders, effort));
      });
    }
  },
};

async function measure(workload: Workload, contenders: readonly Contender[], effort: Effort): Promise<Row> {
  const { id, title } = workload;
  const { users, rounds, warmUps, roundMs } = effort;
  const { loaded, absent } = await loadAll(contenders, { workload: id });
  await checkAnswers(workload, loaded, users);
  const medians = await compete(loaded, rounds, warmUps, (contender) => contender.ask('evaluate', roundMs));
  const promiseNs = await promisePrice(loaded, rounds, roundMs);
  return {
    id,
    title,
    unit: 'ns',
    medians,
    others: { 'await of a resolved promise': promiseNs },
    goals: goalsOf(workload, medians),
    absent,
  };
}

/** What the process of `getValue` pays for a promise that is resolved already. */
async function promisePrice(contenders: readonly Contender[], rounds: number, roundMs: number): Promise<number> {
  const contender = contenders.find(({ id }) => id === 'rxAsync')!;
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) times.push(await contender.ask('promise', roundMs));
  return median(times);
}

function goalsOf({ goal, isDistinct }: Workload, medians: Row['medians']): Goal[] {
  const { rx, rxAsync, official, officialAsync } = medians;
  return [
    ...(goal === undefined ? [] : [fasterBy(goal, rx, official)]),
    ...ahead(medians),
    fasterBy(isDistinct ? 3 : 4, rxAsync, officialAsync, '@configcat/sdk async, by getValue'),
  ];
}
