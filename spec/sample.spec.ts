import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ReplaySubject, filter, firstValueFrom } from 'rxjs';

const root = join(__dirname, '..');
const sample = join(root, 'samples/start.ts');
const clockTime = String.raw`\d\d:\d\d:\d\d`;

describe('npm start', () => {
  let folder: string;
  let file: string;
  let config: string;
  let child: ChildProcess;
  let printed: Lines;
  let reported: Lines;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'configcat-rx-sample-'));
    file = join(folder, 'config.json');
    config = await readFile(join(root, 'samples/config.json'), 'utf8');
    await writeFile(file, config);
    const running = spawn(process.execPath, ['--import', 'tsx', sample, file], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = running;
    printed = linesOf(running.stdout);
    reported = linesOf(running.stderr);
    await printed.next(/^.* discountRate ben: /);
  });

  afterEach(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  // In one step, so that the server never sees half a file.
  const edit = async (text: string) => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };

  it('says which file it shows, and what each user gets', () => {
    expect(printed.all[0]).toBe(`The flags of ${file}`);
    expect(printed.all.filter((line) => line.includes(': ')).map(withoutTime)).toEqual([
      'darkMode kate: false',
      'darkMode ben: false',
      'debugMenu kate: true',
      'debugMenu ben: false',
      'newCheckout kate: false',
      'newCheckout ben: true',
      'expressDelivery kate: false',
      'expressDelivery ben: true',
      'greeting kate: "Guten Tag"',
      'greeting ben: "Hello"',
      'uploadLimitMb kate: 500',
      'uploadLimitMb ben: 50',
      'discountRate kate: 0.15',
      'discountRate ben: 0.1',
    ]);
    expect(reported.all.filter((line) => line.includes('ConfigCat'))).toEqual([]);
  });

  it('prints a line for each value that an edit changes', async () => {
    await edit(config.replace('"Guten Tag"', '"Moin"'));
    const line = await printed.next(/ → /);
    expect(line).toMatch(new RegExp(`^${clockTime} greeting kate: "Guten Tag" → "Moin"$`));
  });

  it('shows flags that an edit adds, and tells of those that it takes away', async () => {
    await edit(config.replace('"darkMode"', '"nightMode"'));
    expect(withoutTime(await printed.next(/ darkMode ben: .* → /))).toBe('darkMode ben: false → (gone)');
    expect(withoutTime(await printed.next(/ nightMode ben: /))).toBe('nightMode ben: false');
  });

  it('reports a broken edit in one line and keeps the last good values', async () => {
    await edit('{\n  "f": broken\n}\n');
    expect(await reported.next(/broken/)).toContain('its last good state is served');
    await edit(config.replace('"Hello"', '"Hi"'));
    expect(withoutTime(await printed.next(/ → /))).toBe('greeting ben: "Hello" → "Hi"');
    expect(reported.all.filter((line) => line.includes('is broken'))).toHaveLength(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with exit code 0 on %s', async (signal) => {
    const exited = once(child, 'exit');
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  });
});

interface Lines {
  readonly all: readonly string[];
  /** The first line that matches, be it printed already or still to come. */
  readonly next: (pattern: RegExp) => Promise<string>;
}

function linesOf(stream: Readable): Lines {
  const all: string[] = [];
  const line$ = new ReplaySubject<string>(Infinity);
  createInterface({ input: stream })
    .on('line', (line) => {
      all.push(line);
      line$.next(line);
    })
    .on('close', () => {
      line$.complete();
    });
  return {
    all,
    next: (pattern) =>
      firstValueFrom(line$.pipe(filter((line) => pattern.test(line))), { defaultValue: 'the output has ended' }),
  };
}

function withoutTime(line: string): string {
  return line.replace(new RegExp(`^${clockTime} `), '');
}
