import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What of PyPI specs are run with. */
const packages = ['configcat-client==10.0.1', 'redis==8.1.0'];
/** Packages of all runs of a user, so that they are installed once. */
const home = join(tmpdir(), `configcat-rx-python-${process.getuid?.() ?? 0}`);
const folder = join(home, packages.join('-').replaceAll('==', '-'));

/** ConfigCat's SDK for Python, as long as it runs. */
export interface PythonClient {
  /** Does what a line of input says, and gives the value of the flag `greeting` that it shows then. */
  tell(command: 'read' | 'refresh' | 'poll'): Promise<string>;
  /** Everything it has written to its error output. */
  readonly errors: () => string;
  end(): Promise<void>;
}

/**
 * Installs ConfigCat's SDK for Python where it is not installed yet, beside the checkout.
 *
 * @returns why that is not possible, or nothing.
 */
export function installPython(): string | undefined {
  if (existsSync(join(folder, '.installed'))) return undefined;
  mkdirSync(home, { recursive: true });
  const made = mkdtempSync(join(home, 'new-'));
  try {
    const run = (program: string, ...args: string[]) =>
      execFileSync(program, args, { stdio: 'pipe', timeout: 300_000 });
    run('python3', '-m', 'venv', made);
    run(join(made, 'bin/python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages);
    writeFileSync(join(made, '.installed'), '');
    // Who was faster has the same in it.
    if (existsSync(folder)) rmSync(made, { recursive: true });
    else renameSync(made, folder);
    return undefined;
  } catch (error) {
    rmSync(made, { recursive: true });
    const { stderr, message } = error as Error & { stderr?: Buffer };
    const [reason] = `${message}\n${String(stderr ?? '')}`.trim().split('\n').slice(-1);
    return `needs ConfigCat's SDK for Python, which cannot be installed here (${reason})`;
  }
}

/** Starts a client, over a Redis of this computer. */
export function startPythonClient(sdkKey: string, baseUrl: string, redisPort: number): PythonClient {
  const program = join(__dirname, 'processes/python_client.py');
  const child = spawn(join(folder, 'bin/python'), [program, sdkKey, baseUrl, String(redisPort)]);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return {
    tell: async (command) => {
      child.stdin.write(`${command}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`The client has ended. ${errors}`);
      return line.value;
    },
    errors: () => errors,
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
