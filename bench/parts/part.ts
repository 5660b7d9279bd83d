import type { Row } from '../report.js';

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  readonly warmUps: number;
  readonly roundMs: number;
  /** Distinct users whose answers are compared. */
  readonly users: number;
  /** New processes for each row, as no row is to meet what the rows before it taught the compiler. */
  readonly isIsolated: boolean;
  /** Sizes of the projects of parts B and C, in flags. */
  readonly sizes: readonly number[];
  /** Numbers of subscribers of part E. */
  readonly subscribers: readonly number[];
  /** Starts of a process for each number of part D. */
  readonly starts: number;
}

/** A letter of the plan: measures the rows that are wanted, and tells of each as soon as it has it. */
export interface Part {
  readonly title: string;
  run(effort: Effort, isWanted: (rowId: string) => boolean, tell: (row: Row) => void): Promise<void>;
}
