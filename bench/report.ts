import type { ContestantId } from './contestants/index.js';
import { contestantIds, contestantNames } from './contestants/index.js';

/** Something promised about a row, and whether this run kept it. */
export interface Goal {
  readonly text: string;
  readonly isMet: boolean;
}

/** One line of results. Less is better in all units. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly unit: 'ns' | 'µs' | 'ms' | 'bytes' | 'MB';
  readonly medians: Readonly<Partial<Record<ContestantId, number>>>;
  /** Floors and variants that are no contestants, by name. */
  readonly others?: Readonly<Record<string, number>>;
  readonly goals: readonly Goal[];
  /** Why a contestant has no number. */
  readonly absent?: Readonly<Partial<Record<ContestantId, string>>>;
}

/** Of `b`, how many times as much as of `a`. */
export const ratio = (a = NaN, b = NaN) => b / a;

/** At least so many times faster than another. */
export const fasterBy = (goal: number, ours = NaN, theirs = NaN, than = '@configcat/sdk'): Goal => ({
  text: `${times(ratio(ours, theirs))} ${than} (goal ≥ ${goal} ×)`,
  isMet: ratio(ours, theirs) >= goal,
});

export const atMost = (limit: number, actual: number, what: string): Goal => ({
  text: `${what}: ${short(actual)} (goal ≤ ${short(limit)})`,
  isMet: actual <= limit,
});

/** Faster than everybody who is not of ConfigCat. */
export function ahead({ rx, ...medians }: Row['medians']): Goal[] {
  const peers = contestantIds.filter((id) => id !== 'rxAsync' && id !== 'official' && id !== 'officialAsync');
  const times = peers.flatMap((id) => (medians as Row['medians'])[id] ?? []);
  if (times.length === 0) return [];
  const best = Math.min(...times);
  return [{ text: `${short(best / rx!)} × the fastest other peer (goal: ahead)`, isMet: best > rx! }];
}

/** The table of one part, as text. */
export function table(rows: readonly Row[]): string {
  const ids = contestantIds.filter((id) => rows.some(({ medians }) => medians[id] !== undefined));
  const head = ['', 'unit', ...ids.map((id) => contestantNames[id]), 'ratio'];
  const lines = rows.map(({ id, title, unit, medians }) => [
    `${id} ${title}`,
    unit,
    ...ids.map((contestant) => short(medians[contestant])),
    times(ratio(medians.rx, medians.official)),
  ]);
  const cells = [head, ...lines];
  return [...aligned(cells), ...rows.flatMap(notes)].join('\n');
}

/** Which goals are met, as text. */
export function goalTable(rows: readonly Row[]): string {
  const goals = rows.flatMap(({ id, goals }) => goals.map(({ text, isMet }) => [id, isMet ? 'met' : 'MISSED', text]));
  const met = goals.filter(([, state]) => state === 'met').length;
  return [`Goals: ${met} of ${goals.length} met`, '', ...aligned(goals, 3)].join('\n');
}

/** Lines whose cells stand below each other, the first ones to the left. */
function aligned(lines: readonly (readonly string[])[], leftCount = 2): readonly string[] {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines.map((line) =>
    line
      .map((cell, i) => (i < leftCount ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}

const notes = ({ id, others = {}, unit }: Row) =>
  Object.entries(others).map(([name, value]) => `  ${id}: ${name} ${short(value)} ${unit}`);

const times = (value: number) => (Number.isFinite(value) ? `${short(value)} ×` : '');

/** Three digits, or whole numbers where there are more. */
export function short(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
