import { filter } from 'rxjs';
import type { StandardSchema } from '../../src';
import { parseFlagJson, requireSchema } from '../../src/flags/json-schema';
import { createCoreFromText, json, json$ } from '../../src/functions';
import { createTestClient } from '../../src/testing';
import { configOf } from '../support/client';
import { record } from '../support/record';

/** A schema that answers so, whatever it is given. */
function schemaOf(answer: (value: unknown) => unknown): StandardSchema {
  return { '~standard': { version: 1, vendor: 'spec', validate: answer as never } };
}

const failing = (...issues: unknown[]) => schemaOf(() => ({ issues }));
const problemOf = (text: string, schema?: StandardSchema) => parseFlagJson(text, schema).problem;

describe('the JSON of a text', () => {
  it.each<[string, unknown]>([
    ['{"a": [1, null, "x"]}', { a: [1, null, 'x'] }],
    ['5', 5],
    ['null', null],
    ['{"constructor": "x", "prototype": 1}', { constructor: 'x', prototype: 1 }],
    ['{"constructor": null}', { constructor: null }],
    ['{"constructor": {"name": "x"}}', { constructor: { name: 'x' } }],
    ['{"other": {"prototype": 1}}', { other: { prototype: 1 } }],
    ['{"a": 1, "constructor": {"prototype": {"polluted": true}}}', { a: 1 }],
    ['{"a": {"__proto__": {"polluted": true}, "b": 2}}', { a: { b: 2 } }],
    ['{"__proto__": 1}', {}],
  ])('%s is what it says, without what would change prototypes', (text, value) => {
    const result = parseFlagJson(text);
    expect(result).toEqual({ value });
    if (typeof result.value === 'object' && result.value !== null) {
      expect(Object.keys(result.value)).toEqual(Object.keys(value as object));
    }
  });

  it('is what a schema makes of it', () => {
    const doubled = schemaOf((value) => ({ value: 2 * (value as number) }));
    expect(parseFlagJson('4', doubled)).toEqual({ value: 8 });
    expect(
      parseFlagJson(
        '4',
        schemaOf(() => ({ value: undefined, issues: undefined })),
      ),
    ).toEqual({ value: undefined });
  });

  it('that is none is told by the place, which does not repeat it', () => {
    expect(problemOf('{"secret" 1}')).toEqual({ path: '', reason: 'The text is no JSON (position 10).' });
    for (const text of ['', '{', 'secret', '{"secret": 1']) {
      const { reason, path } = problemOf(text)!;
      expect([path, reason]).toEqual([
        '',
        expect.stringMatching(/^The text is no JSON(?: \((?:position|line) [^)]*\))?\.$/),
      ]);
    }
  });

  it('that is nested too deeply is told as that', () => {
    const text = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(problemOf(text)).toEqual({ path: '', reason: 'The JSON is nested too deeply.' });
  });
});

describe('a schema that refuses a text', () => {
  it.each<[unknown[], string]>([
    [[{ message: 'Too small.' }], 'Too small.'],
    [[{ message: 'Too small.' }, { message: 'Too wide.' }], 'Too small. (and 1 more)'],
    [[{ message: 'a' }, {}, {}, {}], 'a (and 3 more)'],
    [[{}], 'It does not fit.'],
    [[], 'It does not fit.'],
    [[{ message: 'x'.repeat(200) }], 'x'.repeat(200)],
    [[{ message: 'x'.repeat(201) }], `${'x'.repeat(200)}…`],
    [[{ message: 'got [12, 3] and [12, 3] again' }], 'got … and … again'],
  ])('says why: %j', (issues, reason) => {
    expect(problemOf('[12, 3]', failing(...issues))).toEqual({ path: '', reason });
  });

  it.each([
    ['123', 'got 123'],
    ['1234', 'got …'],
  ])('may repeat a text that tells nothing, and no other: %s', (text, reason) => {
    expect(problemOf(text, failing({ message: `got ${text}` }))!.reason).toBe(reason);
  });

  it.each<[unknown[], string]>([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a.b'],
    [['sizes', 0, 'width'], 'sizes[0].width'],
    [[0, 'a'], '[0].a'],
    [['$a_1', 'b'], '$a_1.b'],
    [['a-b'], '["a-b"]'],
    [['a', 'b c'], 'a["b c"]'],
    [['a', '"'], 'a["\\""]'],
    [['a', ''], 'a[""]'],
    [[{ key: 'a' }, { key: 1 }], 'a[1]'],
    [[Symbol('s')], '["Symbol(s)"]'],
    [['x'.repeat(200)], 'x'.repeat(200)],
    [['x'.repeat(201)], `${'x'.repeat(200)}…`],
  ])('says where: %p', (path, expected) => {
    expect(problemOf('{}', failing({ message: 'No.', path }))).toEqual({ path: expected, reason: 'No.' });
  });

  it('by throwing is quoted without the text', () => {
    const exception = new TypeError('cannot read [12, 3]');
    const throwing = schemaOf(() => {
      throw exception;
    });
    const { path, reason, exception: thrown } = problemOf('[12, 3]', throwing)!;
    expect([path, thrown]).toEqual(['', exception]);
    expect(reason).toMatch(/^The schema threw: .*cannot read …/);
  });

  it('answers too late', async () => {
    const reason = 'The schema is asynchronous. Flags need one that answers at once.';
    for (const answer of [Promise.resolve({ value: 1 }), Promise.reject(new Error('unheard'))]) {
      expect(
        problemOf(
          '1',
          schemaOf(() => answer),
        ),
      ).toEqual({ path: '', reason });
    }
    await new Promise(setImmediate);
  });
});

describe('what is no schema', () => {
  it.each([[null], [{}], [{ '~standard': {} }], [{ '~standard': { validate: 5 } }], [5], ['schema']])(
    'is told: %p',
    (schema) => {
      expect(() => requireSchema(schema as never)).toThrow(
        new TypeError('Invalid argument `schema`. Expected a Standard Schema, as of Zod, Valibot or ArkType.'),
      );
    },
  );

  it('is not that there is none', () => {
    expect(() => requireSchema(undefined)).not.toThrow();
    expect(() => requireSchema(schemaOf(() => ({ value: 1 })))).not.toThrow();
  });
});

describe('JSON that several ask for', () => {
  const columns = schemaOf((value) => ({ value: (value as { columns: number }).columns }));
  const whole = schemaOf((value) => ({ value: { whole: value } }));

  it('is what the schema of each makes of it, side by side', () => {
    const client = createTestClient({ layout: '{"columns": 2}' });
    const streams = [columns, whole, undefined, columns].map(
      (schema) => record(json$(client, 'layout', schema as never, null)).values,
    );
    client.set({ layout: '{"columns": 3}' });
    expect(streams).toEqual([
      [2, 3],
      [{ whole: { columns: 2 } }, { whole: { columns: 3 } }],
      [{ columns: 2 }, { columns: 3 }],
      [2, 3],
    ]);
    client.dispose();
  });

  it('is the same object for all who have the same schema, whoever asks by another one in between', () => {
    const client = createTestClient({ layout: '{"columns": 2}' });
    const ask = (schema: StandardSchema | undefined) => json(client.snapshot(), 'layout', schema as never, null);
    const first = [whole, undefined].map(ask);
    expect([whole, undefined, columns, whole, undefined].map(ask)).toEqual([...first, 2, ...first]);
    for (const [i, schema] of [whole, undefined].entries()) expect(ask(schema)).toBe(first[i]);
    client.dispose();
  });

  it('is evaluated once for all who ask the same, and told of at each read', () => {
    const client = createTestClient({ layout: '{"columns": 2}' });
    const told = record(client.events$.pipe(filter(({ type }) => type === 'flagEvaluated'))).values;
    for (let i = 0; i < 3; i++) record(json$(client, 'layout', whole, null));
    expect(told).toHaveLength(1);
    for (let i = 0; i < 3; i++) json(client.snapshot(), 'layout', whole, null);
    expect(told).toHaveLength(4);
    client.dispose();
  });

  it('is that of each flag also where nobody can listen to evaluations', () => {
    const flags = { a: '{"columns": 2}', b: '{"columns": 3}' };
    const core = createCoreFromText(`1\n\n${JSON.stringify(configOf(flags))}`);
    const read = (key: string) => json(core.snapshot(), key, columns, null);
    expect(['a', 'a', 'b', 'b', 'a', 'missing', 'a'].map(read)).toEqual([2, 2, 3, 3, 2, null, 2]);
    core.dispose();
  });

  it('is kept for texts of four million characters in all, the last ones', () => {
    const client = createTestClient({ layout: '' });
    const read = (letter: string) => {
      client.set({ layout: JSON.stringify({ text: letter.repeat(1_500_000) }) });
      return json(client.snapshot(), 'layout', whole, null);
    };
    const [a, b, c] = ['a', 'b', 'c'].map(read);
    expect([read('b') === b, read('c') === c]).toEqual([true, true]);
    expect(read('a')).not.toBe(a);
    expect([read('c') === c, read('b') === b]).toEqual([true, false]);
    client.dispose();
  });
});
