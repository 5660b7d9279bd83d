import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A running script of `spec/support/processes`. */
export interface Child {
  /** What it has printed so far, line by line. */
  readonly lines: readonly string[];
  /** Resolves when this many lines are printed, or the process has ended. */
  readonly printed: (count: number) => Promise<void>;
  readonly isAlive: () => boolean;
  /** Resolves when the process has ended, by itself or not. */
  readonly ended: Promise<Ending>;
  readonly kill: () => void;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Everything it wrote to its error output. */
  readonly errors: string;
}

/** Runs a script in a process of its own. */
export function runChild(script: string, ...args: readonly string[]): Child {
  const path = join(__dirname, 'processes', `${script}.ts`);
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
    cwd: join(__dirname, '../..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waits: (() => void)[] = [];
  let errors = '';
  let isEnded = false;
  const wake = () => {
    for (const look of waits) look();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      isEnded = true;
      wake();
      resolve({ code, signal, errors });
    });
  });
  return {
    lines,
    printed: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (lines.length >= count || isEnded) resolve();
        };
        waits.push(look);
        look();
      }),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    ended,
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
