import type { Contender } from '../process/contender.js';
import { loadAll, median, withContenders } from '../process/contender.js';
import type { Row } from '../report.js';
import { atMost } from '../report.js';
import type { Workload } from '../workloads.js';
import { jsonWorkloads } from '../workloads.js';
import type { Effort, Part } from './part.js';

/** J: a flag with JSON that is read again, beside the same flag read as the text that it is. */
export const json: Part = {
  title: 'J. A flag with JSON read again, nanoseconds',
  run: async (effort, isWanted, tell) => {
    for (const workload of jsonWorkloads.filter(({ id }) => isWanted(id))) {
      // Each kind of read in a process of its own: neither meets what the compiler learned from the other.
      await withContenders(['rx', 'rx'], async (contenders) => {
        tell(await measure(workload, contenders, effort));
      });
    }
  },
};

async function measure(
  { id, title }: Workload,
  contenders: readonly Contender[],
  { rounds, warmUps, roundMs }: Effort,
): Promise<Row> {
  const [byText, byJson] = (await loadAll(contenders, { workload: id })).loaded;
  await byJson!.ask('checkJson');
  const [textNs, jsonNs]: [number[], number[]] = [[], []];
  for (let i = -warmUps; i < rounds; i++) {
    const text = await byText!.ask('evaluate', roundMs);
    const json = await byJson!.ask('readJson', roundMs);
    if (i < 0) continue;
    textNs.push(text);
    jsonNs.push(json);
  }
  const [text, json] = [median(textNs), median(jsonNs)];
  return {
    id,
    title,
    unit: 'ns',
    medians: { rx: json },
    others: { 'the same flag as text': text },
    goals: [atMost(1.5, json / text, 'of the time of a text flag')],
  };
}
