import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, temporaryFolder } from '../support/command-line';
import { problemsOf } from '../support/compile';

const sample = join(__dirname, '../../samples/config.json');
const path = temporaryFolder();

async function typesOf(config: object): Promise<string> {
  const file = path('config.json');
  writeFileSync(file, JSON.stringify(config));
  const { code, out, err } = await runCli(['types', '--file', file]);
  expect([code, err]).toEqual([0, '']);
  return out;
}

describe('types', () => {
  it('makes clients refuse wrong keys and wrong types', async () => {
    const { out } = await runCli(['types', '--file', sample]);
    const program = (line: string) => `${out}
      import { createClient } from 'configcat-rx';
      const client = createClient<Flags>('key');
      ${line}`;
    const lines = {
      'right.ts': "client.flag$('darkMode', false).subscribe((isDark: boolean) => isDark);",
      'number.ts': "const rate: number = client.snapshot().value('discountRate', 0);",
      'wrong-key.ts': "client.flag$('darkmode', false);",
      'wrong-type.ts': "client.flag$('darkMode', 'no');",
    };
    const problems = problemsOf(new Map(Object.entries(lines).map(([name, line]) => [name, program(line)])));
    expect(problems).toEqual([
      expect.stringMatching(/wrong-key\.ts: .*"darkmode"/s),
      expect.stringMatching(/wrong-type\.ts: /),
    ]);
  });

  it('compiles whatever keys and values are', async () => {
    const f = Object.fromEntries([
      ['__proto__', { t: 0, v: { b: true } }],
      ['constructor', { t: 1, v: { s: '*/ export const broken: string = 1; /*' } }],
      ['a "quoted" key', { t: 1, v: { s: 'line\nend\u2028' } }],
      ['*/ }', { t: 2, v: { i: 1 }, r: [{ c: [], s: { v: { i: 2 } } }] }],
      ['of no type', { t: 9, v: { b: true } }],
      ['long', { t: 1, v: { s: 'x'.repeat(500) } }],
    ]);
    const types = await typesOf({ f });
    const program = `${types}
      export const flags: Flags = {
        ['__proto__']: true, constructor: 'x', 'a "quoted" key': '', '*/ }': 1, 'of no type': 5, long: 'y',
      };`;
    expect(problemsOf(new Map([['hostile.ts', program]]))).toEqual([]);
    expect(types.split('\n').every((line) => line.length < 200)).toBe(true);
  });

  it('says what flags serve', async () => {
    const options = Array.from({ length: 9 }, (_, i) => ({ p: i ? 0 : 100, v: { i: i * 10 } }));
    expect(await typesOf({ f: { speed: { t: 2, v: { i: 5 }, p: options } } })).toContain(
      '/** A whole number. Serves 5; by targeting 0, 10, 20, 30, 40, 50 and 3 more. */\n  readonly speed: number;',
    );
  });

  it('writes a file, and checks it', async () => {
    const out = path('flags.ts');
    const check = () => runCli(['types', '--file', sample, '--out', out, '--check']);
    expect(await check()).toEqual({
      code: 1,
      out: '',
      err: `error: ${out} does not exist. Run the same without --check.\n`,
    });
    expect(await runCli(['types', '--file', sample, '--out', out])).toEqual({ code: 0, out: '', err: '' });
    expect(await check()).toEqual({ code: 0, out: '', err: '' });
    writeFileSync(out, readFileSync(out, 'utf8').replaceAll('\n', '\r\n'));
    expect((await check()).code).toBe(0);
    writeFileSync(out, readFileSync(out, 'utf8').replace('darkMode', 'dimMode'));
    expect(await check()).toEqual({
      code: 1,
      out: '',
      err: `error: ${out} is out of date. Run the same without --check.\n`,
    });
  });

  it('prints types as JSON', async () => {
    const { out } = await runCli(['types', '--file', sample, '--json']);
    expect(JSON.parse(out)).toMatchObject({ darkMode: 'boolean', greeting: 'string', uploadLimitMb: 'int' });
  });
});
