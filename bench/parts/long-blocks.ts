import type { ContestantId } from '../contestants/index.js';
import { compete, median, withContenders } from '../process/contender.js';
import type { Crowd, Delays } from '../process/long-block-tasks.js';
import type { Row } from '../report.js';
import { atMost } from '../report.js';
import type { Part } from './part.js';

/**
 * G: how long a new config holds the event loop, told by how late a timer of one millisecond is. One flag of ten changes;
 * many subscribe, and many more users were evaluated before. The peer is the recipe by hand of part E. It is measured with
 * the option that delivers changes in slices, too: that is what the goal is for.
 */
export const longBlocks: Part = {
  title: 'G. Delay of a timer of 1 ms while a config changes, milliseconds (the peer is the recipe of part E)',
  run: async ({ sizes, subscribers, users, rounds, warmUps }, isWanted, tell) => {
    if (!isWanted('G')) return;
    const crowd = { flags: sizes.at(-1)!, subscribers: subscribers.at(-1)!, users: users * 10 };
    const who = `${crowd.flags.toLocaleString('en')} flags, ${crowd.subscribers.toLocaleString('en')} subscribers`;
    const rows = async (ids: readonly ContestantId[], isSliced: boolean) => {
      const delays = await delaysOf(ids, { ...crowd, isSliced }, rounds, warmUps);
      const row = (id: keyof Delays, title: string, of: (samples: number[]) => number): Row => {
        const medians = Object.fromEntries(
          [...delays].map(([contestant, all]) => [contestant, of(all.map((each) => each[id]))]),
        );
        return {
          id: isSliced ? `G ${id}, slices` : `G ${id}`,
          title: `${who}, ${title}`,
          unit: 'ms',
          medians,
          goals: isSliced && id === 'longest' ? [atMost(50, medians.rx!, 'longest delay')] : [],
        };
      };
      tell(row('p50', 'median', median));
      tell(row('p99', '99 of 100', median));
      tell(row('longest', 'longest of all rounds', (samples) => Math.max(...samples)));
    };
    await rows(['rx', 'official'], false);
    await rows(['rx'], true);
  },
};

/** The delays of all rounds but those that warm up. */
function delaysOf(ids: readonly ContestantId[], crowd: Crowd, rounds: number, warmUps: number) {
  const expected = crowd.subscribers / 10;
  return withContenders(ids, async (contenders) => {
    const delays = new Map<ContestantId, Delays[]>(contenders.map(({ id }) => [id, []]));
    for (const contender of contenders) await contender.ask('gather', crowd);
    await compete(contenders, rounds, warmUps, async (contender) => {
      const measured = await contender.ask('delays', expected);
      delays.get(contender.id)!.push(measured);
      return measured.longest;
    });
    return new Map([...delays].map(([id, all]) => [id, all.slice(warmUps)]));
  });
}
