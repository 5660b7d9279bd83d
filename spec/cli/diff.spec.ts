import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../src/index';
import { attributesOf, simulateUsers } from '../../src/inspector/population';
import { runCli, temporaryFolder } from '../support/command-line';

const sample = readFileSync(join(__dirname, '../../samples/config.json'), 'utf8');
const path = temporaryFolder();

interface Flag {
  readonly key: string;
  readonly reasons: readonly string[];
  readonly affected: number;
  readonly moves: readonly { readonly before?: unknown; readonly after?: unknown; readonly users: number }[];
}

/** Compares the sample with what is made of it. */
async function diff(edit: (text: string) => string, ...more: readonly string[]) {
  const [before, after] = [path('before.json'), path('after.json')];
  writeFileSync(before, sample);
  writeFileSync(after, edit(sample));
  return runCli(['diff', before, after, ...more]);
}

async function flagsOf(edit: (text: string) => string, ...more: readonly string[]): Promise<readonly Flag[]> {
  const { code, out } = await diff(edit, '--json', ...more);
  expect(code).toBe(0);
  return (JSON.parse(out) as { flags: readonly Flag[] }).flags;
}

describe('diff', () => {
  it('names flags that differ only through a segment', async () => {
    const flags = await flagsOf((text) => text.replace('"SE"', '"PT"'));
    expect(flags.map(({ key, reasons }) => [key, reasons])).toEqual([['discountRate', ['segment']]]);
    // Those of SE have less, those of PT have more.
    expect(flags[0]!.moves).toEqual([
      {
        before: expect.any(Number) as number,
        after: expect.any(Number) as number,
        users: expect.any(Number) as number,
      },
      {
        before: expect.any(Number) as number,
        after: expect.any(Number) as number,
        users: expect.any(Number) as number,
      },
    ]);
  });

  it('names flags that differ only through a prerequisite flag', async () => {
    const flags = await flagsOf((text) =>
      text
        .replace(/"p": 50, "v": { "b": true }/, '"p": 60, "v": { "b": true }')
        .replace(/"p": 50, "v": { "b": false }/, '"p": 40, "v": { "b": false }'),
    );
    expect(flags.map(({ key, reasons }) => [key, reasons])).toEqual([
      ['newCheckout', ['own-rules']],
      ['expressDelivery', ['prerequisite']],
    ]);
    // A tenth of all users move, and it is the same ones.
    expect(flags[0]!.moves).toEqual([{ before: false, after: true, users: flags[0]!.affected }]);
    expect(flags[1]!.affected).toBe(flags[0]!.affected);
    expect(flags[0]!.affected / 10_000).toBeCloseTo(0.1, 1);
  });

  it('counts what the engine serves to the same population', async () => {
    const after = sample.replace('"Guten Tag"', '"Servus"');
    const [flag] = await flagsOf(() => after, '--users', '500');
    const users = simulateUsers(attributesOf([parseConfig(sample), parseConfig(after)]), { size: 500 });
    const moved = users.filter(({ country }) => country === 'AT' || country === 'DE').length;
    expect(moved).toBeGreaterThan(20);
    expect(flag).toMatchObject({
      key: 'greeting',
      affected: moved,
      moves: [{ before: 'Guten Tag', after: 'Servus', users: moved }],
    });
  });

  it('gives all users what options say of them', async () => {
    const edit = (text: string) => text.replace('"Guten Tag"', '"Servus"');
    expect((await flagsOf(edit, '--users', '50', '--country', 'AT'))[0]).toMatchObject({ affected: 50 });
    expect((await flagsOf(edit, '--users', '50', '--country', 'US'))[0]).toMatchObject({ affected: 0, moves: [] });
  });

  it('tells flags that come and go', async () => {
    const flags = await flagsOf((text) => text.replace('"darkMode"', '"dimMode"'), '--users', '10');
    expect(flags).toEqual([
      { key: 'dimMode', reasons: ['added'], affected: 10, moves: [{ after: false, users: 10 }] },
      { key: 'darkMode', reasons: ['removed'], affected: 10, moves: [{ before: false, users: 10 }] },
    ]);
  });

  it('says so when nothing differs, whatever the order and the blanks', async () => {
    const edit = (text: string) => JSON.stringify(JSON.parse(text));
    expect(await diff(edit, '--exit-code')).toEqual({ code: 0, out: 'No flag differs.\n', err: '' });
  });

  it('tells by its exit code that something differs, if asked', async () => {
    const edit = (text: string) => text.replace('"Hello"', '"Ahoy"');
    expect((await diff(edit)).code).toBe(0);
    expect(await diff(edit, '--exit-code')).toMatchObject({ code: 1, err: 'error: 1 flag differs.\n' });
  });
});

describe('the simulated population', () => {
  const pool = attributesOf([parseConfig(sample)]);

  it('has the attributes and values that rules name, but for hashes', () => {
    expect([...pool.keys()]).toEqual(['Email', 'Country', 'plan']);
    expect(pool.get('Email')).toEqual([]);
    expect(pool.get('plan')).toEqual(['pro', 'team']);
  });

  it('is the same each time, and everybody in it is somebody else', () => {
    const users = simulateUsers(pool, { size: 1000 });
    expect(simulateUsers(pool, { size: 1000 })).toEqual(users);
    expect(new Set(users.map(({ identifier }) => identifier)).size).toBe(1000);
  });

  it('has users without an attribute, and with a value that no rule names', () => {
    const plans = simulateUsers(pool, { size: 1000 }).map(({ custom }) => custom?.plan);
    const isUnnamed = (plan: unknown) => plan !== undefined && plan !== 'pro' && plan !== 'team';
    for (const kind of [(plan: unknown) => plan === undefined, (plan: unknown) => plan === 'pro', isUnnamed]) {
      expect(plans.filter(kind).length / 1000).toBeCloseTo(0.25, 1);
    }
  });

  it('reaches both sides of numbers, versions and dates', () => {
    const rule = (c: number, value: object) => ({ c: [{ u: { a: `a${c}`, c, ...value } }], s: { v: { b: true } } });
    const r = [rule(14, { d: 5 }), rule(19, { d: 86_400 }), rule(6, { s: '1.2.3' }), rule(34, { l: ['x'] })];
    const config = parseConfig(JSON.stringify({ f: { f: { t: 0, r, v: { b: false } } } }));
    expect(Object.fromEntries(attributesOf([config]))).toEqual({
      a14: [4, 5, 6],
      a19: [43_200, 86_400, 129_600],
      a6: ['0.0.0', '1.2.3', '999.0.0'],
      a34: [['x']],
    });
  });
});
