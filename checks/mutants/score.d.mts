export interface Mutant {
  file: string;
  code: string;
  original: string;
  replacement: string;
  fate: 'noticed' | 'survived' | 'left out';
}
export type Listed = Omit<Mutant, 'fate'>;
export const goals: Readonly<Record<string, number>>;
export function mutantsOf(report: object): Mutant[];
export function scoreOf(
  mutants: readonly Mutant[],
  equivalents: readonly Listed[],
): { mutants: number; noticed: number; equivalent: number; survivors: Mutant[]; score: number };
export function outdated<T extends Listed>(equivalents: readonly T[], mutants: readonly Mutant[]): T[];
