import { contestantIds } from '../contestants/index.js';
import type { Contender } from '../process/contender.js';
import { compete, loadAll, median, withContenders } from '../process/contender.js';
import type { Row } from '../report.js';
import { atMost } from '../report.js';
import { checkAllAnswers } from './answers.js';
import type { Effort, Part } from './part.js';

/** C: from the server's text to a client that can evaluate, and the heap that it holds. */
export const load: Part = {
  title: 'C. Loading a config (parse + prepare), milliseconds, and bytes per flag held',
  run: async (effort, isWanted, tell) => {
    const sizes = effort.sizes.filter((size) => size >= 1_000 && (isWanted(`C${size}`) || isWanted(`C${size}h`)));
    for (const size of sizes) {
      const ids = contestantIds.filter((id) => id !== 'rxAsync' && id !== 'officialAsync');
      if (isWanted(`C${size}`)) {
        await withContenders(ids, async (contenders) => {
          const { loaded } = await loadAll(contenders, { flags: size });
          await checkAllAnswers(size, loaded);
          tell(await loading(size, loaded, effort));
        });
      }
      if (isWanted(`C${size}h`)) {
        await withContenders(ids, async (contenders) => {
          for (const row of await heap(size, contenders)) tell(row);
        });
      }
    }
  },
};

async function loading(size: number, contenders: readonly Contender[], { rounds, warmUps }: Effort): Promise<Row> {
  const ms = async (contender: Contender) => (await contender.ask('load')) / 1e6;
  const medians = await compete(contenders, rounds, warmUps + 3, ms);
  const floors: number[] = [];
  for (let i = 0; i < rounds; i++) floors.push((await contenders[0]!.ask('parse')) / 1e6);
  return {
    id: `C${size}`,
    title: `${size.toLocaleString('en')} flags`,
    unit: 'ms',
    medians,
    others: { 'JSON.parse of the same config alone': median(floors) },
    goals: [atMost(0.6, medians.rx! / medians.official!, 'share of the time of @configcat/sdk')],
  };
}

async function heap(size: number, contenders: readonly Contender[]): Promise<Row[]> {
  const bytes = new Map<string, { readonly held: number; readonly evaluated: number }>();
  for (const contender of contenders) bytes.set(contender.id, await contender.ask('heap', size));
  const row = (moment: 'held' | 'evaluated', limit: number): Row => {
    const medians: Row['medians'] = Object.fromEntries([...bytes].map(([id, measured]) => [id, measured[moment]]));
    return {
      id: `C${size}h`,
      title: `${size.toLocaleString('en')} flags, heap per flag ${moment === 'held' ? 'loaded' : 'once evaluated'}`,
      unit: 'bytes',
      medians,
      goals: [atMost(limit, medians.rx!, `bytes per flag ${moment}`)],
    };
  };
  return [row('held', 600), row('evaluated', 1_000)];
}
