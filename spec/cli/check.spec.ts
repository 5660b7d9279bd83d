import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type } from 'arktype';
import * as v from 'valibot';
import * as z from 'zod';
import type { StandardSchema } from '../../src';
import { runCli, temporaryFolder } from '../support/command-line';

const sample = join(__dirname, '../../samples/config.json');
const path = temporaryFolder();

/** Runs `check` over a config, with what a module of schemas exports. */
async function check(f: object, module: object, ...more: readonly string[]) {
  const file = path('config.json');
  writeFileSync(file, JSON.stringify({ f }));
  const asked: string[] = [];
  const importModule = (address: string) => {
    asked.push(address);
    return Promise.resolve(module);
  };
  const result = await runCli(['check', file, '--schema', 'schemas.mjs', ...more], { importModule });
  expect(asked).toEqual([pathToFileURL(resolve('schemas.mjs')).href]);
  return result;
}

const text = (s: string) => ({ v: { s } });
const layout = (columns: unknown) => text(JSON.stringify({ columns, secret: 'not to be shown' }));
const always = [{ u: { a: 'Identifier', c: 0, l: ['kate'] } }];

/** A flag with a value in each place that a value can have. */
const everywhere = (of: (place: number) => object) => ({
  t: 1,
  ...of(0),
  r: [
    { c: always, s: of(1) },
    {
      c: always,
      p: [
        { p: 100, ...of(2) },
        { p: 0, ...of(3) },
      ],
    },
  ],
  p: [
    { p: 50, ...of(4) },
    { p: 50, ...of(5) },
  ],
});

const placesInOrder = ['rule 1', 'rule 2, option 1', 'rule 2, option 2', 'option 1', 'option 2', 'otherwise'];

describe.each<[string, StandardSchema]>([
  ['Zod', z.object({ columns: z.number() })],
  ['Valibot', v.object({ columns: v.number() })],
  ['ArkType', type({ columns: 'number' })],
])('check, with a schema of %s,', (_, schema) => {
  it('is content when each value fits', async () => {
    expect(await check({ layout: everywhere(layout) }, { default: { layout: schema } })).toEqual({
      code: 0,
      out: '✓ layout: 6 values fit\n',
      err: '',
    });
  });

  it.each([1, 2, 3, 4, 5, 0])('finds a value that does not fit, wherever it stands: %d', async (wrong) => {
    const flag = everywhere((place) => layout(place === wrong ? 'many' : place));
    const { code, out, err } = await check({ layout: flag }, { default: { layout: schema } });
    expect([code, err]).toEqual([1, 'error: There is 1 problem.\n']);
    const place = placesInOrder[(wrong + 5) % 6];
    expect(out).toMatch(new RegExp(`^✗ layout, ${place}, at 'columns': .+\\n$`));
    expect(out).not.toContain('not to be shown');
  });
});

describe('check', () => {
  const schema = z.object({ sizes: z.array(z.object({ width: z.number() })) });

  it('says of all values of all flags what is wrong, for people and for programs', async () => {
    const flags = {
      sizes: everywhere((place) => text(place % 2 ? '{"sizes":[{"width":1},{"width":"wide"}]}' : '{"sizes":')),
      fine: { t: 1, ...text('{"sizes":[]}') },
      isOn: { t: 0, v: { b: true } },
      odd: { t: 1, v: { b: true }, r: [{ c: [], s: text('{"sizes":[]}') }, { c: [] }] },
    };
    const module = { default: { sizes: schema, fine: schema, isOn: schema, odd: schema, none: schema } };
    const { code, out, err } = await check(flags, module);
    expect([code, err]).toEqual([1, 'error: There are 10 problems.\n']);
    expect(out.trimEnd().split('\n')).toEqual([
      ...placesInOrder.map((place, i): unknown =>
        expect.stringMatching(
          `^✗ sizes, ${place}${i % 2 === 0 ? ", at 'sizes\\[1\\]\\.width': Invalid input" : ': The text is no JSON'}`,
        ),
      ),
      '✓ fine: 1 value fits',
      '✗ isOn, otherwise: The setting is no text.',
      '✗ odd, rule 2: The value is missing, or of another type than the setting.',
      '✗ odd, otherwise: The value is missing, or of another type than the setting.',
      '✗ none: There is no such flag.',
    ]);
    const json = await check(flags, module, '--json');
    expect([json.code, json.err]).toEqual([1, err]);
    expect(JSON.parse(json.out)).toMatchObject({
      flags: [
        { key: 'sizes', values: 6, problems: placesInOrder.map((place) => ({ place })) },
        { key: 'fine', values: 1, problems: [] },
        { key: 'isOn', problems: [{ place: 'otherwise', path: '', reason: 'The setting is no text.' }] },
        { key: 'odd', values: 3 },
        { key: 'none', values: 0, problems: [{ place: '', path: '', reason: 'There is no such flag.' }] },
      ],
    });
  });

  it('judges as flags are read: asynchronous schemas are refused, prototypes left out, what schemas throw is told', async () => {
    const late = schema.refine(() => Promise.resolve(true));
    const angry: StandardSchema = {
      '~standard': {
        version: 1,
        vendor: 'spec',
        validate: () => {
          throw new Error('No!');
        },
      },
    };
    const flag = { t: 1, ...text('{"__proto__": {"a": 1}, "sizes": []}') };
    const { code, out } = await check(
      { late: flag, angry: flag, strict: flag },
      { late, angry, strict: z.strictObject({ sizes: z.array(z.any()) }) },
    );
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^✗ late, otherwise: .*(asynchronous|threw|Promise)/),
      expect.stringMatching(/^✗ angry, otherwise: The schema threw: .*No!/),
      '✓ strict: 1 value fits',
      '',
    ]);
  });

  it.each([
    ['by a default export', { default: { 'dark-mode': schema }, other: 5 }],
    ['by CommonJS', { default: { 'dark-mode': schema }, 'module.exports': { 'dark-mode': schema } }],
    ['by CommonJS made of an ES module', { default: { default: { 'dark-mode': schema } } }],
    ['by their names', { 'dark-mode': schema }],
  ])('takes schemas %s', async (_, module) => {
    const flags = { 'dark-mode': { t: 1, ...text('{"sizes":[]}') } };
    expect(await check(flags, module)).toMatchObject({ code: 0, out: '✓ dark-mode: 1 value fits\n' });
  });

  it('takes keys for what they are', async () => {
    const flags = JSON.parse(
      '{"__proto__":{"t":1,"v":{"s":"{}"}}, "default":{"t":1,"v":{"s":"{\\"sizes\\":[]}"}}}',
    ) as object;
    const schemas = Object.defineProperty({ default: schema }, '__proto__', { value: schema, enumerable: true });
    expect(await check(flags, { default: schemas })).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^✓ default: 1 value fits\n✗ __proto__, otherwise, at 'sizes': .*\n$/) as string,
    });
    expect((await check({}, { toString: schema })).out).toBe('✗ toString: There is no such flag.\n');
  });

  it.each<[string, object, RegExp]>([
    ['one schema without its flag', { default: schema }, /'schemas\.mjs' exports one schema: it has to say which flag/],
    [
      'what is no schema',
      { default: { layout: { parse: () => 1 } } },
      /'layout' of 'schemas\.mjs' is no Standard Schema/,
    ],
    ['nothing', { layout: null }, /'layout' of 'schemas\.mjs' is no Standard Schema/],
    ['no schema at all', {}, /'schemas\.mjs' exports no schema\./],
  ])('refuses a module that exports %s', async (_, module, message) => {
    const { code, out, err } = await check({}, module);
    expect([code, out, err.split('\n').length]).toEqual([2, '', 2]);
    expect(err).toMatch(message);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['without schemas', [sample], /required option '-s, --schema <module>' not specified/],
    [
      'with a module that is not there',
      [sample, '--schema', 'none.mjs'],
      /'none\.mjs' cannot be loaded: There is no such/,
    ],
    ['without a config', ['--schema', 'none.mjs'], /Where is the config\?/],
    ['with two configs', [sample, '--file', sample, '--schema', 'none.mjs'], /exclude each other/],
    ['with a config that is not there', ['none.json', '--schema', 'none.mjs'], /There is no file 'none\.json'/],
  ])('ends with 2 %s', async (_, args, message) => {
    const { code, out, err } = await runCli(['check', ...args]);
    expect([code, out, err.split('\n').length]).toEqual([2, '', 2]);
    expect(err).toMatch(message);
  });
});
