import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePrograms } from '../../tools/bundle.mjs';
import { part } from '../support/part';

const root = join(__dirname, '../..');
const sample = join(root, 'samples/config.json');

let folder: string;
let program: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'configcat-rx-'));
  await bundlePrograms({ root, dist: folder });
  // They are ES modules, as the package says of itself.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  program = join(folder, 'cli/main.js');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const running = new Set<ChildProcess>();

// Also those that a spec which failed has left.
afterEach(() => {
  for (const { pid } of running) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
});

/** Runs a command of the shell, in which `$CLI` is the command line. */
function shell(
  command: string,
  onOutput: (text: string, child: ChildProcess) => void = () => undefined,
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', command], {
      // A group of its own, which can be ended as a whole.
      detached: true,
      env: { PATH: process.env.PATH, CLI: `${process.execPath} ${program}`, TERM: 'xterm' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      onOutput(out, child);
    });
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, out, err });
    });
  });
}

describe('the program', () => {
  it('answers in a pipe without colours', async () => {
    const { code, out, err } = await shell(`$CLI explain darkMode --file ${sample} | cat`);
    expect([code, out, err]).toEqual([0, '● darkMode = false\n└─ ● Otherwise false (a8c194b6)\n', '']);
  });

  it('tells by its exit code how it went', async () => {
    expect(await shell(`$CLI get --file none.json`)).toMatchObject({ code: 2, out: '' });
    expect(await shell(`$CLI get nothing --file ${sample}`)).toMatchObject({ code: 1, out: '' });
    expect(await shell(`$CLI --version`)).toMatchObject({ code: 0, err: '' });
  });

  it('ends quietly when nobody reads any more', async () => {
    const file = join(folder, 'read.json');
    const text = readFileSync(sample, 'utf8');
    writeFileSync(file, text);
    const { code, err } = await shell(`exec $CLI watch --file ${file}`, (out, child) => {
      if (!out.includes('discountRate')) return;
      child.stdout?.destroy();
      // Only who writes learns that nobody reads.
      writeFileSync(file, text.replace('"Hello"', '"Ahoy"'));
    });
    expect([code, err]).toEqual([0, '']);
  });

  it('loads the schemas of a module, and tells by its exit code whether all texts fit', async () => {
    // As in an application, which has them installed.
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write(
      'flags.schemas.mjs',
      `import * as v from 'valibot';
      import * as z from 'zod';
      const columns = z.object({ columns: z.number() });
      export default { layout: columns, 'side-bar': v.object({ isOpen: v.boolean() }) };`,
    );
    write('good.json', '{"flags": {"layout": "{\\"columns\\": 3}", "side-bar": "{\\"isOpen\\": true}"}}');
    write('bad.json', '{"flags": {"layout": "{\\"columns\\": 3}", "side-bar": "{\\"isOpen\\": 1}"}}');
    expect(await shell(`cd ${folder} && $CLI check good.json --schema flags.schemas.mjs`)).toEqual({
      code: 0,
      out: '✓ layout: 1 value fits\n✓ side-bar: 1 value fits\n',
      err: '',
    });
    expect(await shell(`$CLI check ${folder}/bad.json --schema ${folder}/flags.schemas.mjs`)).toEqual({
      code: 1,
      out: expect.stringMatching(
        /^✓ layout: 1 value fits\n✗ side-bar, otherwise, at 'isOpen': Invalid type: .*boolean.*\n$/,
      ) as string,
      err: 'error: There is 1 problem.\n',
    });
    expect(await shell(`$CLI check ${folder}/good.json --schema ${folder}/none.mjs`)).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(
        /^error: --schema: '.*none\.mjs' cannot be loaded: Cannot find module .*\n$/,
      ) as string,
    });
  });

  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('ends well at %s', async (name) => {
    const { code, out, err } = await shell(`exec $CLI watch --file ${sample}`, (text, child) => {
      if (text.includes('discountRate')) child.kill(name);
    });
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('darkMode: false\n');
  });
});

part('script')('the program in a terminal', () => {
  const inTerminal = (command: string) => `script -qec '${command}' /dev/null`;

  it('writes in colours, and not where NO_COLOR is set', async () => {
    const { code, out } = await shell(inTerminal(`$CLI explain darkMode --file ${sample}`));
    expect([code, out]).toEqual([
      0,
      '\u001b[32m● darkMode = false\u001b[39m\r\n└─ \u001b[32m● Otherwise false (a8c194b6)\u001b[39m\r\n',
    ]);
    const plain = await shell(`NO_COLOR=1 ${inTerminal(`$CLI explain darkMode --file ${sample}`)}`);
    expect(plain.out).not.toContain('\u001b');
  });

  it('draws a table that is watched', async () => {
    const { out } = await shell(`exec ${inTerminal(`$CLI watch --file ${sample}`)}`, (text, child) => {
      if (text.includes('discountRate')) child.kill('SIGTERM');
    });
    expect(out).toContain('\u001b[2J\u001b[H');
    expect(out).toMatch(/greeting {9}"Hello"/);
  });

  it.each([
    ['get', 'get greeting', 'Hello'],
    ['types', 'types', 'export interface Flags {'],
    ['diff', `diff ${sample}`, 'No flag differs.'],
  ])('answers to %s', async (_, command, text) => {
    const { code, out } = await shell(inTerminal(`$CLI ${command} --file ${sample}`));
    expect([code, out]).toEqual([0, expect.stringContaining(text)]);
  });
});
