import type { Contender } from '../process/contender.js';
import { compete, median, withContenders } from '../process/contender.js';
import type { Change } from '../process/fan-out-tasks.js';
import type { Goal, Row } from '../report.js';
import { atMost, fasterBy } from '../report.js';
import type { Effort, Part } from './part.js';

const flags = 1_000;

/** A round is one change, where others are thousands of calls: compilers see it through only after a dozen. */
const warmUpsPerRow = 4;

/** How many times faster than the recipe, by subscribers and change. */
const goals: Readonly<Record<string, number>> = { '10000 all': 4, '10000 one': 8, '100000 all': 6, '100000 one': 40 };

/**
 * E: subscribers of 1,000 flags, from a config text in hand to the last of them told. Beside configcat-rx stands what
 * people write by hand around the official SDK: a `BehaviorSubject` of snapshots, `map` and `distinctUntilChanged` for
 * each subscriber.
 */
export const fanOut: Part = {
  title: 'E. Fan-out, milliseconds (the peer is the recipe by hand around @configcat/sdk)',
  run: async (effort, isWanted, tell) => {
    let oneOfFew: number | undefined;
    for (const count of effort.subscribers.filter((size) => isWanted(`E${size}`))) {
      for (const isDistinct of [false, true]) {
        await withContenders(['rx', 'official'], async (contenders) => {
          const rows = await measure(count, isDistinct, contenders, effort);
          for (const row of rows) tell(row);
          const one = rows.find(({ id }) => id === `E${count} one`)?.medians.rx;
          if (one === undefined) return;
          oneOfFew ??= one;
          tell(flatness(count, one, oneOfFew));
        });
      }
    }
  },
};

async function measure(
  count: number,
  isDistinct: boolean,
  contenders: readonly Contender[],
  effort: Effort,
): Promise<Row[]> {
  const suffix = isDistinct ? 'd' : '';
  const who = `${count.toLocaleString('en')} subscribers${isDistinct ? ', a user each' : ''}`;
  const bytes: Record<string, number> = {};
  for (const contender of contenders) bytes[contender.id] = await contender.ask('subscribe', count, isDistinct);
  const rows: Row[] = [];
  for (const change of ['all', 'one'] as const) {
    const medians = await compete(contenders, effort.rounds, effort.warmUps * warmUpsPerRow, (contender) =>
      changeOnce(contender, change, count),
    );
    const floors: number[] = [];
    for (let i = 0; i < effort.rounds; i++) floors.push(await contenders[0]!.ask('loop', count));
    const goal = isDistinct ? undefined : goals[`${count} ${change}`];
    rows.push({
      id: `E${count}${suffix} ${change}`,
      title: `${who}, ${change === 'all' ? 'all flags change' : 'one flag of 1,000 changes'}`,
      unit: 'ms',
      medians,
      ...(change === 'all' && { others: { 'a plain loop over as many functions': median(floors) } }),
      goals: goal === undefined ? [] : [fasterBy(goal, medians.rx, medians.official, 'the recipe')],
    });
  }
  const left: Record<string, number> = {};
  for (const contender of contenders) left[contender.id] = await contender.ask('unsubscribe');
  // Among few subscribers, what the flags themselves take weighs too much.
  const isTelling = count >= 10_000;
  const limits = [
    atMost(isDistinct ? 1_300 : 700, bytes.rx!, 'bytes per subscriber'),
    atMost(isDistinct ? 130 : 70, left.rx!, 'bytes left behind by each'),
  ];
  return [
    ...rows,
    bytesRow(`E${count}${suffix}b`, `${who}, bytes each`, bytes, isTelling ? limits.slice(0, 1) : []),
    bytesRow(`E${count}${suffix}l`, `${who}, bytes each leaves behind`, left, isTelling ? limits.slice(1) : []),
  ];
}

async function changeOnce(contender: Contender, change: Change, count: number): Promise<number> {
  const { ms, told } = await contender.ask('change', change);
  const expected = change === 'all' ? count : count / flags;
  // The first change of a kind also takes back the last one of the other.
  if (told < expected) throw new Error(`${contender.id} told ${told} subscribers instead of ${expected}.`);
  return ms;
}

function bytesRow(id: string, title: string, medians: Row['medians'], goals: readonly Goal[]): Row {
  return { id, title, unit: 'bytes', medians, goals };
}

/** What one changed flag costs must not depend on how many subscribe to others. */
function flatness(count: number, one: number, oneOfFew: number): Row {
  return {
    id: `E${count}f`,
    title: `one changed flag with ${count.toLocaleString('en')} subscribers, per time with the fewest`,
    unit: 'ms',
    medians: { rx: one },
    goals: [atMost(1.5, one / oneOfFew, 'times as long as with the fewest subscribers')],
  };
}
