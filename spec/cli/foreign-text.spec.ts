import { writeFileSync } from 'node:fs';
import { runCli, startCli, temporaryFolder } from '../support/command-line';

const path = temporaryFolder();

/** Writes a config JSON, and gives the options that name it. */
function fileOf(name: string, f: Readonly<Record<string, object>>): string[] {
  writeFileSync(path(name), JSON.stringify({ f }));
  return ['--file', path(name)];
}

const text = (s: string) => ({ t: 1, v: { s } });
const bidi = ['\u061c', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2069'];
// eslint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Bidi_Control}/u;

describe('text that would turn the terminal round', () => {
  const evil = `nimda${bidi.join('')}\u001b[31m\u009b31m`;
  const rule = { c: [{ u: { a: evil, c: 28, s: evil } }], s: { v: { s: evil } } };
  const anyJson = { '~standard': { version: 1, vendor: 'spec', validate: (value: unknown) => ({ value }) } };
  const source = () => fileOf('evil.json', { [evil]: { ...text(evil), r: [rule] }, plain: text(evil) });

  it.each<[string, () => string[]]>([
    ['get', () => ['get', ...source()]],
    ['get --json', () => ['get', '--json', ...source()]],
    ['explain', () => ['explain', evil, '--id', evil, '-a', `${evil}=${evil}`, ...source()]],
    ['explain --text', () => ['explain', evil, '--text', '--id', evil, ...source()]],
    ['explain --json', () => ['explain', evil, '--json', '--id', evil, ...source()]],
    ['types', () => ['types', ...source()]],
    ['types --json', () => ['types', '--json', ...source()]],
    ['diff', () => ['diff', source()[1]!, fileOf('other.json', { [evil]: text('x') })[1]!, '--users', '10']],
    ['diff --json', () => ['diff', source()[1]!, fileOf('other.json', {})[1]!, '--users', '10', '--json']],
    ['check', () => ['check', '--schema', 'schemas.mjs', ...source()]],
    ['check --json', () => ['check', '--schema', 'schemas.mjs', '--json', ...source()]],
    ['an unknown flag', () => ['get', evil + evil, ...source()]],
  ])('does not come through: %s', async (_, args) => {
    const { out, err } = await runCli(args(), {
      importModule: () => Promise.resolve({ default: { [evil]: anyJson } }),
    });
    expect(out + err).toContain('nimda');
    expect(out + err).not.toMatch(obeyed);
  });

  it('comes through to programs that ask for one value, but not to people', async () => {
    expect((await runCli(['get', 'plain', ...source()])).out).toBe(`${evil}\n`);
    expect((await runCli(['get', 'plain', ...source()], { isTerminal: true })).out).not.toMatch(obeyed);
  });

  it('is in JSON what it was', async () => {
    const { out } = await runCli(['get', '--json', ...source()]);
    expect(JSON.parse(out)).toMatchObject({ [evil]: { value: evil }, plain: { value: evil } });
  });

  it('is no part of what watch shows', async () => {
    for (const more of [[], ['--json']]) {
      const watching = startCli(['watch', ...source(), ...more]);
      expect(await watching.printed('plain')).not.toMatch(obeyed);
      watching.end();
      await watching.code;
    }
  });
});

describe('long keys and values', () => {
  const long = 'k'.repeat(300);

  it.each(['get', 'watch'])('widen no rows but their own: %s', async (command) => {
    const args = [command, ...fileOf('long.json', { [long]: text('v'.repeat(300)), short: text('value') })];
    const running = startCli(args, { isTerminal: command === 'watch', env: { NO_COLOR: '1' } });
    const lines = (await running.printed('short')).split('\n');
    running.end();
    await running.code;
    // eslint-disable-next-line no-control-regex
    const short = lines.find((line) => line.startsWith('short'))!.replace(/\u001b\[K$/, '');
    expect(short).toMatch(/^short +"value"$/);
    expect(short.length).toBeLessThan(60);
    expect(lines.find((line) => line.startsWith(long))).toMatch(/^k{300} {2}"v/);
  });
});

describe('a flag whose key is empty', () => {
  const source = (name = 'empty.json', b = true) => fileOf(name, { '': { t: 0, v: { b } }, other: text('x') });

  it('is one of all', async () => {
    expect(await runCli(['get', ...source()])).toEqual({
      code: 0,
      out: 'flag   value  variation\n""     true\nother  "x"\n',
      err: '',
    });
    expect(JSON.parse((await runCli(['get', '--json', ...source()])).out)).toEqual({
      '': { value: true },
      other: { value: 'x' },
    });
  });

  it.each([[['']], [['', 'other']]])('can be asked for: %j', async (keys) => {
    const { code, out, err } = await runCli(['get', ...keys, ...source()]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('true');
  });

  it('is watched and compared', async () => {
    const watching = startCli(['watch', ...source()]);
    expect(await watching.printed('other')).toContain('"": true\n');
    watching.end();
    await watching.code;
    const compared = await runCli(['diff', source()[1]!, source('empty2.json', false)[1]!, '--users', '10']);
    expect([compared.code, compared.err]).toEqual([0, '']);
    expect(compared.out).toContain('true → false');
  });
});

describe('warnings', () => {
  const rules = Array.from({ length: 30 }, (_, i) => ({
    c: [{ u: { a: `Attribute${i}`, c: i % 2 ? 4 : 28, s: '1.0.0', l: ['1.0.0'] } }],
    s: { v: { s: `${i}` } },
  }));
  const source = () => fileOf('rules.json', { flag: { ...text('otherwise'), r: rules } });

  it.each([[[]], [['--text']], [['--json']]])('of an evaluation are in its explanation: explain %j', async (more) => {
    const { code, out, err } = await runCli(['explain', 'flag', '--id', 'kate', ...more, ...source()]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Attribute29');
  });

  it('stand not across the table of watch', async () => {
    const args = ['watch', '--id', 'kate', ...source()];
    const table = startCli(args, { isTerminal: true });
    await table.printed('otherwise');
    expect(table.err()).toBe('');
    const lines = startCli(args);
    await lines.printed('otherwise');
    expect(lines.err()).toContain('User.Attribute29');
    for (const { end, code } of [table, lines]) {
      end();
      await code;
    }
  });
});

describe('a file that breaks', () => {
  it('is called a file', async () => {
    const watching = startCli(['watch', ...fileOf('breaking.json', { flag: text('good') })]);
    await watching.printed('good');
    writeFileSync(path('breaking.json'), '{"f":');
    const err = await watching.failed(/breaking/);
    expect(err).toMatch(/^error: '.*breaking\.json' is no config JSON: .*JSON/);
    expect(err).not.toMatch(/HTTP|network/);
    writeFileSync(path('breaking.json'), JSON.stringify({ f: { flag: text('again') } }));
    await watching.printed('again');
    watching.end();
    await watching.code;
  }, 20_000);
});
