import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { run } from '../../src/cli/program';
import type { CliEnvironment } from '../../src/cli/terminal';

/** A run of the command line in this process. */
export interface CliRun {
  /** The exit code, when it has ended. */
  readonly code: Promise<number>;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the output once this stands in it; rejects when the run ends without it. */
  readonly printed: (text: string | RegExp) => Promise<string>;
  /** The same for the error output. */
  readonly failed: (text: string | RegExp) => Promise<string>;
  /** Does as Ctrl-C does. */
  readonly end: () => void;
}

/** How a run meets the world. */
export interface CliWorld {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  readonly pageFolder?: string;
  /** What the modules of the user export. Default: there are none. */
  readonly importModule?: CliEnvironment['importModule'];
}

const noModules = () => Promise.reject(new Error('There is no such module.'));

const running = new Set<CliRun>();

// Also those that a spec which failed has left.
afterEach(async () => {
  for (const { end } of running) end();
  await Promise.all(Array.from(running, ({ code }) => code));
});

/** Starts the command line. */
export function startCli(
  args: readonly string[],
  { env = {}, isTerminal = false, pageFolder = '', importModule = noModules }: CliWorld = {},
): CliRun {
  const written = { out: '', err: '' };
  const changed$ = new Subject<void>();
  const end$ = new Subject<void>();
  const output = (name: 'out' | 'err') => ({
    isTTY: isTerminal,
    columns: 100,
    write: (text: string) => {
      written[name] += text;
      changed$.next();
    },
  });
  const code = run(args, { env, stdout: output('out'), stderr: output('err'), end$, pageFolder, importModule });
  const waitFor = (name: 'out' | 'err') => (text: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (typeof text === 'string' ? !written[name].includes(text) : !text.test(written[name])) return;
        subscription.unsubscribe();
        resolve(written[name]);
      };
      const subscription = changed$.subscribe({
        next: look,
        complete: () => reject(new Error(`It ended without ${String(text)}:\n${written.out}\n${written.err}`)),
      });
      look();
    });
  const started: CliRun = {
    code,
    out: () => written.out,
    err: () => written.err,
    printed: waitFor('out'),
    failed: waitFor('err'),
    end: () => end$.next(),
  };
  running.add(started);
  void code.finally(() => {
    running.delete(started);
    changed$.complete();
  });
  return started;
}

/** Runs the command line to its end. */
export async function runCli(
  args: readonly string[],
  world?: CliWorld,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const started = startCli(args, world);
  const code = await started.code;
  return { code, out: started.out(), err: started.err() };
}

/** A folder for the files of a spec; it is gone after them. */
export function temporaryFolder(): (name: string) => string {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'configcat-rx-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
