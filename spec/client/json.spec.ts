import { type } from 'arktype';
import * as fc from 'fast-check';
import { firstValueFrom } from 'rxjs';
import * as v from 'valibot';
import * as z from 'zod';
import type { ClientEvent, SettingValue, StandardSchema, User } from '../../src';
import { EvaluationErrorCode, autoPoll, createClient, exposures, manualPoll, parseFlagJson, session } from '../../src';
import { createCoreFromText, getJson, json, json$, jsonDetails, snapshotOfText } from '../../src/functions';
import { createTestClient } from '../../src/testing';
import { configOf, sdkKey, stage } from '../support/client';
import { record } from '../support/record';
import { recordLog } from '../support/recorded-log';

interface Layout {
  columns: number;
  theme?: string | undefined;
}

/** The same schema by each library. */
const libraries: readonly (readonly [string, StandardSchema<Layout>])[] = [
  ['Zod', z.object({ columns: z.number(), theme: z.string().optional() })],
  ['Valibot', v.object({ columns: v.number(), theme: v.optional(v.string()) })],
  ['ArkType', type({ columns: 'number', 'theme?': 'string' })],
];

const kate: User = { identifier: 'kate' };
const otherwise: Layout = { columns: 1 };
const two = '{"columns": 2}';
const three = '{"columns": 3}';

/** A test client with a text flag, and its log. */
function served(text: SettingValue, forKate = text) {
  const log = recordLog();
  const client = createTestClient({}, { logger: log.logger });
  const when = [{ attribute: 'Identifier', comparator: 'equals', value: 'kate' }] as const;
  client.set({ layout: text === forKate ? text : { value: text, rules: [{ when, serve: forKate }] } });
  return { client, log };
}

/** A schema that counts how often it is asked. */
function counting<T>(schema: StandardSchema<T>): { readonly schema: StandardSchema<T>; readonly asked: unknown[] } {
  const { validate, ...rest } = schema['~standard'];
  const asked: unknown[] = [];
  const counted = (value: unknown) => {
    asked.push(value);
    return validate(value);
  };
  return { schema: { '~standard': { ...rest, validate: counted } }, asked };
}

describe.each(libraries)('JSON of a flag, by a schema of %s', (_, library) => {
  it('is what the schema gives, in whatever way it is asked for', async () => {
    const { client, log } = served('{"columns": 2, "theme": "dark"}');
    const expected = { columns: 2, theme: 'dark' };
    expect(record(client.json$('layout', library, otherwise)).values).toEqual([expected]);
    expect(await client.getJson('layout', library, otherwise)).toEqual(expected);
    expect(client.snapshot().json('layout', library, otherwise)).toEqual(expected);
    expect(jsonDetails(client.snapshot(), 'layout', library, null)).toMatchObject({
      ...{ value: expected, isDefaultValue: false, errorCode: 0 },
    });
    expect(log.take()).toEqual([]);
    client.dispose();
  });

  it('is validated once for a text, and the same object for all who ask', async () => {
    const { schema, asked } = counting(library);
    const { client } = served(two);
    const seen = new Set<unknown>();
    client.json$('layout', schema, otherwise).subscribe((layout) => seen.add(layout));
    client.json$('layout', schema, otherwise, kate).subscribe((layout) => seen.add(layout));
    for (let i = 0; i < 10; i++) seen.add(client.snapshot().json('layout', schema, otherwise));
    seen.add(await client.getJson('layout', schema, otherwise, kate));
    client.set({ other: true, copy: two });
    seen
      .add(client.snapshot().json('layout', schema, otherwise))
      .add(client.snapshot().json('copy', schema, otherwise));
    expect([seen.size, asked]).toEqual([1, [{ columns: 2 }]]);
    client.set({ layout: three });
    client.set({ layout: two });
    expect([seen.size, asked.length]).toEqual([2, 2]);
    client.dispose();
  });

  it('is the default value where the text does not fit, with one log entry, one error, and a code', async () => {
    const { client, log } = served('{"columns": "many", "secret": "do not show this"}');
    const events: ClientEvent[] = [];
    client.events$.subscribe((event) => events.push(event));
    const served$ = record(exposures(client));
    const values = record(client.json$('layout', library, otherwise));
    expect(values.values).toEqual([otherwise]);
    expect(values.values[0]).toBe(otherwise);
    expect(await client.getJson('layout', library, null)).toBeNull();
    const details = jsonDetails(client.snapshot(), 'layout', library, otherwise);
    expect(details).toMatchObject({ isDefaultValue: true, errorCode: EvaluationErrorCode.JsonInvalid });
    expect(details.value).toBe(otherwise);
    const entries = log.take();
    expect(entries).toEqual([
      expect.stringMatching(
        /^error 1900 The value of setting 'layout' is no JSON that fits at 'columns': .+ Returning/,
      ),
    ]);
    expect(entries.join()).not.toContain('secret');
    expect(details.errorMessage).toContain("fits at 'columns': ");
    expect(events.filter(({ type }) => type === 'error')).toHaveLength(1);
    expect(events.flatMap((event) => (event.type === 'flagEvaluated' ? [event.details.errorCode] : []))).toEqual([
      ...[1900, 1900, 1900],
    ]);
    // Nobody has been shown what the text says.
    expect(served$.values).toEqual([]);
    client.dispose();
  });

  it('follows its user, and emits only what is another text', () => {
    const { client } = served(two, three);
    const all = record(client.json$('layout', library, otherwise));
    const own = record(client.json$('layout', library, otherwise, kate));
    client.setUser(kate);
    client.setUser({ identifier: 'kate', email: 'kate@example.com' });
    client.set({ layout: three });
    client.set({ other: 1 });
    client.set({ layout: 'broken' });
    client.set({ layout: '[]' });
    client.set({ layout: two });
    expect(all.values.map(({ columns }) => columns)).toEqual([2, 3, 1, 2]);
    expect(own.values.map(({ columns }) => columns)).toEqual([3, 1, 2]);
    client.dispose();
    expect(all.isComplete).toBe(true);
  });
});

describe('JSON of a flag', () => {
  it('is unknown without a schema', async () => {
    const { client } = served('[1, {"a": null}]');
    const first = client.snapshot().json('layout');
    expect(first).toEqual([1, { a: null }]);
    expect(await client.getJson('layout')).toBe(first);
    expect(await firstValueFrom(client.json$('layout'))).toBe(first);
    client.set({ layout: 'no JSON' });
    expect(client.snapshot().json('layout', undefined, otherwise)).toBe(otherwise);
    client.dispose();
  });

  it.each<[string, string | number | boolean, string]>([
    ['a text that ends early', '{"a": "do not show', 'The text is no JSON (position …).'],
    ['a text that is no JSON', 'do not show', 'The text is no JSON.'],
    ['an empty text', '', 'The text is no JSON.'],
    ['a number', 5, 'The setting is no text.'],
    ['a boolean', true, 'The setting is no text.'],
    ['what is nested too deeply', '['.repeat(100_000) + ']'.repeat(100_000), 'The JSON is nested too deeply.'],
  ])('is the default value for %s', (_, text, reason) => {
    const { client, log } = served(text);
    expect(client.snapshot().json('layout', undefined, otherwise)).toBe(otherwise);
    const [entry] = log.entries;
    expect(entry!.message.replace(/\(position \d+\)/, '(position …)')).toBe(
      `The value of setting 'layout' is no JSON that fits: ${reason} Returning the default value.`,
    );
    expect(entry!.message).not.toContain('do not show');
    expect(entry!.error).toBeUndefined();
    client.dispose();
  });

  it('says once in each client and for each flag what is wrong, and again for another text', () => {
    const { schema } = counting(z.object({ columns: z.number() }));
    const clients = [served('{}'), served('{}')];
    for (const { client } of clients) {
      client.set({ copy: '{}' });
      for (let i = 0; i < 3; i++) {
        client.snapshot().json('layout', schema, otherwise);
        client.snapshot().json('copy', schema, otherwise);
      }
      client.set({ copy: '{"columns": null}' });
      client.snapshot().json('copy', schema, otherwise);
    }
    for (const { client, log } of clients) {
      expect(log.take().map((line) => /^error \d+ .*'(layout|copy)' is/.exec(line)?.[1])).toEqual([
        ...['layout', 'copy', 'copy'],
      ]);
      client.dispose();
    }
  });

  it('logs a flag that there is not, as other reads do', async () => {
    const { client, log } = served(two);
    expect(await client.getJson('nothing', libraries[0]![1], otherwise)).toBe(otherwise);
    expect(log.take()).toEqual([expect.stringMatching(/^error 1001 .*'nothing'.*'<not shown>'/)]);
    client.dispose();
  });

  it.each<[string, StandardSchema]>([
    ['Zod', z.object({ columns: z.number().refine(() => Promise.resolve(true)) })],
    ['Valibot', v.objectAsync({ columns: v.number() })],
    ['a promise that is rejected', custom(() => Promise.reject(new Error('not now')))],
  ])('refuses an asynchronous schema (%s)', async (_, schema) => {
    const { client, log } = served(two);
    expect(await client.getJson('layout', schema, otherwise)).toBe(otherwise);
    expect(record(client.json$('layout', schema, otherwise)).values).toEqual([otherwise]);
    expect(log.take()).toEqual([
      expect.stringContaining('The schema is asynchronous. Flags need one that answers at once.'),
    ]);
    client.dispose();
  });

  it.each<[string, StandardSchema, string]>([
    ['throws', custom(() => thrown(new Error(`bad ${two}`))), 'The schema threw: Error: bad …'],
    ['throws nothing much', custom(() => thrown(undefined)), 'The schema threw: undefined'],
    ['throws what is no text', custom(() => thrown({ toString: () => thrown(0) })), 'The schema threw: [unknown]'],
    ['answers nothing', custom(() => undefined as never), 'The schema threw: TypeError: '],
    ['has issues that are none', custom(() => ({ issues: 5 as never })), 'The schema threw: TypeError: '],
    ['has no issues', custom(() => ({ issues: [] })), 'It does not fit.'],
    ['repeats the text', custom(() => ({ issues: [{ message: `Not ${two}!` }] })), 'Not …!'],
    ['tells much', custom(() => ({ issues: [{ message: 'x'.repeat(5000) }] })), `${'x'.repeat(200)}… Returning`],
    [
      'has several issues',
      custom(() => ({ issues: [{ message: 'No.', path: ['a', { key: 0 }, 'b c'] }, { message: 'Never.' }] })),
      `fits at 'a[0]["b c"]': No. (and 1 more) Returning`,
    ],
  ])('survives a schema that %s', (_, schema, told) => {
    const { client, log } = served(two);
    expect(client.snapshot().json('layout', schema, otherwise)).toBe(otherwise);
    expect(log.take()).toEqual([expect.stringContaining(told)]);
    client.dispose();
  });

  it.each([null, 5, {}, { '~standard': {} }, () => true])('names what is no schema: %p', (given) => {
    const { client } = served(two);
    const message = 'Invalid argument `schema`. Expected a Standard Schema, as of Zod, Valibot or ArkType.';
    const schema = given as unknown as StandardSchema;
    expect(() => client.json$('layout', schema, null)).toThrow(new TypeError(message));
    expect(() => client.getJson('layout', schema, null)).toThrow(new TypeError(message));
    expect(() => client.snapshot().json('layout', schema, null)).toThrow(new TypeError(message));
    expect(() => client.json$('', undefined, null)).toThrow('Invalid argument `key`.');
    expect(() => jsonDetails(client.snapshot(), 'layout', schema, null)).toThrow(new TypeError(message));
    client.dispose();
  });

  it('waits and ends as the client says', async () => {
    const { client, clock } = stage(configOf({ layout: two }), {}, autoPoll({ maxInitWaitTimeSeconds: 5 }));
    const [, schema] = libraries[0]!;
    const waiting = record(client.json$('layout', schema, otherwise));
    const atOnce = record(client.json$('layout', schema, otherwise, undefined, { initial: 'default' }));
    expect([waiting.values, atOnce.values]).toEqual([[], [otherwise]]);
    await clock.advance(0);
    expect([waiting.values, atOnce.values]).toEqual([[{ columns: 2 }], [otherwise, { columns: 2 }]]);
    client.dispose();
    expect(waiting.isComplete && atOnce.isComplete).toBe(true);
    const ended = new AbortController();
    ended.abort();
    await expect(client.getJson('layout', schema, null, undefined, { signal: ended.signal })).rejects.toThrow(
      'aborted',
    );
  });

  it('is asked of cores and snapshots by functions', async () => {
    const [, schema] = libraries[1]!;
    const text = `1\n\n${JSON.stringify(configOf({ layout: two, broken: '{' }))}`;
    const core = createCoreFromText(text);
    const client = createClient(sdkKey, { polling: manualPoll(), logLevel: 'off' });
    const expected = { columns: 2 };
    expect(record(json$(core, 'layout', schema, null)).values).toEqual([expected]);
    expect(await getJson(core, 'layout', schema, null)).toEqual(expected);
    const [first, second] = [core.snapshot(), snapshotOfText(client, text)].map((of) =>
      json(of, 'layout', schema, null),
    );
    expect(first).toEqual(expected);
    expect(second).toBe(first);
    expect(jsonDetails(core.snapshot(), 'broken', schema, null)).toMatchObject({ value: null, errorCode: 1900 });
    for (const source of [core, client]) source.dispose();
  });

  it('is kept for a thousand texts of a schema, and not for all that there have ever been', () => {
    const { schema, asked } = counting(z.object({ columns: z.number() }));
    const { client } = served(two);
    const read = (columns: number) => {
      client.set({ layout: JSON.stringify({ columns }) });
      return client.snapshot().json('layout', schema, otherwise);
    };
    const first = read(0);
    for (let i = 1; i < 1000; i++) read(i);
    expect(read(0)).toBe(first);
    expect(asked.length).toBe(1000);
    read(1000);
    expect(read(0)).not.toBe(first);
    expect(asked.length).toBe(1002);
    client.dispose();
  });
});

describe('JSON that is held', () => {
  const schema = z.object({ columns: z.number() });

  /** A client that holds flags, and has its first config. */
  async function staged(text: string) {
    const hold = session({ storage: 'memory' });
    const { client, clock, serve, log } = stage(configOf({ layout: text }), { hold });
    await clock.advance(0);
    const next = async (served: string) => {
      serve(configOf({ layout: served }));
      await clock.advance(60_000);
    };
    return { client, hold, log, next };
  }

  it('is one object for a session, whatever texts are served, in whatever way it is asked for', async () => {
    const { client, hold, next } = await staged(two);
    const held = record(client.json$('layout', schema, otherwise));
    const live = record(client.json$('layout', schema, otherwise, undefined, { hold: false }));
    await next(three);
    expect([held.values, live.values]).toEqual([[{ columns: 2 }], [{ columns: 2 }, { columns: 3 }]]);
    const [first] = held.values;
    expect(await client.getJson('layout', schema, otherwise)).toBe(first);
    expect(client.snapshot().json('layout', schema, otherwise)).toBe(first);
    expect(jsonDetails(client.snapshot(), 'layout', schema, otherwise)).toMatchObject({
      ...{ value: first, isDefaultValue: false, held: { value: two, currentValue: three } },
    });
    hold.end();
    expect(held.values).toEqual([{ columns: 2 }, { columns: 3 }]);
    client.dispose();
  });

  it('is the first text that fits: what does not fit gives the default value, and pins nothing', async () => {
    const { client, hold, log, next } = await staged('{"columns": "two"}');
    const held = record(client.json$('layout', schema, otherwise));
    expect(client.snapshot().json('layout', schema, otherwise)).toBe(otherwise);
    await next('{');
    await next(two);
    await next(three);
    expect(held.values).toEqual([otherwise, { columns: 2 }]);
    expect(await client.getJson('layout', schema, otherwise)).toEqual({ columns: 2 });
    expect(await client.getValue('layout', '')).toBe(two);
    // What is shown stays, also when what is served is broken again.
    await next('{');
    expect(held.values).toEqual([otherwise, { columns: 2 }]);
    expect(jsonDetails(client.snapshot(), 'layout', schema, otherwise)).toMatchObject({
      ...{ value: { columns: 2 }, isDefaultValue: false, held: { value: two, currentValue: '{' } },
    });
    hold.end();
    expect(held.values).toEqual([otherwise, { columns: 2 }, otherwise]);
    expect(log.filter((entry) => entry.includes(' 1900 '))).toHaveLength(2);
    client.dispose();
  });

  it('is one for each reader where not all can use the same, and that of the first where they can', async () => {
    const loose = z.object({ columns: z.union([z.number(), z.string()]) });
    const { client, next } = await staged('{"columns": "two"}');
    const readers = [
      record(client.flag$('layout', '')),
      record(client.json$('layout', loose, otherwise)),
      record(client.json$('layout', schema, otherwise)),
    ];
    await next(two);
    await next(three);
    expect(readers.map(({ values }) => values)).toEqual([
      ['{"columns": "two"}'],
      [{ columns: 'two' }],
      [otherwise, { columns: 2 }],
    ]);
    // Whoever comes later is shown what is held already.
    expect(client.snapshot().json('layout', loose, otherwise)).toEqual({ columns: 'two' });
    expect(client.snapshot().json('layout', undefined, otherwise)).toEqual({ columns: 'two' });
    expect(client.snapshot().json('layout', schema, otherwise)).toEqual({ columns: 2 });
    client.dispose();
  });

  it('is what has been held for each reader after a reload', async () => {
    const items = new Map<string, string>();
    const storage = {
      getItem: (name: string) => items.get(name),
      setItem: (name: string, text: string) => void items.set(name, text),
      removeItem: (name: string) => void items.delete(name),
    };
    const seen: unknown[] = [];
    for (const [first, second] of [
      ['{"columns": "two"}', two],
      [three, three],
    ] as const) {
      const { client, clock, serve } = stage(configOf({ layout: first }), {
        hold: session({ storage: { ...storage } }),
      });
      await clock.advance(0);
      const read = () => [client.snapshot().value('layout', ''), client.snapshot().json('layout', schema, otherwise)];
      read();
      serve(configOf({ layout: second }));
      await clock.advance(60_000);
      seen.push(read());
      client.dispose();
    }
    expect(seen).toEqual([
      ['{"columns": "two"}', { columns: 2 }],
      ['{"columns": "two"}', { columns: 2 }],
    ]);
  });

  it('is that of each user, by a stream that holds by itself', async () => {
    const forKate = { c: [{ u: { a: 'Identifier', c: 28, s: 'kate' } }], s: { v: { s: three } } };
    const { client, clock, serve } = stage({ f: { layout: { t: 1, v: { s: two }, r: [forKate] } } });
    await clock.advance(0);
    const hold = session({ storage: 'memory' });
    const users = [undefined, kate].map((user) => record(client.json$('layout', schema, otherwise, user, { hold })));
    const live = record(client.json$('layout', schema, otherwise, kate));
    serve(configOf({ layout: '{"columns": 4}' }));
    await clock.advance(60_000);
    expect(users.map(({ values }) => values)).toEqual([[{ columns: 2 }], [{ columns: 3 }]]);
    expect(live.values).toEqual([{ columns: 3 }, { columns: 4 }]);
    client.dispose();
  });
});

describe('texts of any kind', () => {
  const hostile = [
    ...[
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'then',
      'toJSON',
      'valueOf',
      '',
      'length',
    ],
    ...['isAdmin', 'columns', 'theme'],
  ];
  const value = fc.letrec<{ readonly any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 0, -0, 1e308, 'text', '__proto__', '\ud800', '\u0000'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.array(fc.tuple(fc.oneof(fc.constantFrom(...hostile), fc.string({ maxLength: 4 })), tie('any')), {
        maxLength: 4,
      }),
    ),
  })).any;
  /** Lists of pairs become objects, in which names may come twice. */
  const write = (given: unknown): string => {
    if (!Array.isArray(given)) return JSON.stringify(given);
    const isObject = given.length > 0 && given.every((item) => Array.isArray(item) && typeof item[0] === 'string');
    const member = ([name, inner]: readonly [string, unknown]) => `${written(name)}:${write(inner)}`;
    return isObject ? `{${(given as [string, unknown][]).map(member).join()}}` : `[${given.map(write).join()}]`;
  };
  const written = (name: string) => JSON.stringify(name).replace(/_/, '\\u005f');
  const damaged = fc
    .tuple(value, fc.nat(), fc.constantFrom('', '{', '}', '"', '\\', ',', '\u0000', '\ud800', '1e', '/*', '__proto__'))
    .map(([given, at, with_]) => {
      const text = write(given);
      const place = at % (text.length + 1);
      return at % 2 === 0 ? text : text.slice(0, place) + with_ + text.slice(place + (at % 3));
    });
  const schemas = [
    undefined,
    ...libraries.map(([, schema]) => schema),
    z.record(z.string(), z.any()),
    v.any(),
    type('object'),
  ];

  it('give a value or the default value, and change no prototype', () => {
    const texts = fc.sample(damaged, { numRuns: 10_000, seed: 7 });
    const prototypes = [Object.prototype, Array.prototype, Function.prototype];
    const before = prototypes.map((prototype) => Reflect.ownKeys(prototype));
    let values = 0;
    for (const [i, text] of texts.entries()) {
      for (const schema of [undefined, schemas[i % schemas.length]]) {
        const { value: given, problem } = parseFlagJson(text, schema as StandardSchema);
        if (problem) {
          expect(typeof problem.reason).toBe('string');
          continue;
        }
        values++;
        expectHarmless(given);
        // What applications do with it: copy, merge, write down.
        expectHarmless(merge({}, given));
        JSON.stringify(given);
      }
    }
    expect(prototypes.map((prototype) => Reflect.ownKeys(prototype))).toEqual(before);
    expect(values).toBeGreaterThan(5_000);
  });

  it('are read from flags without an exception, too', () => {
    const texts = fc.sample(damaged, { numRuns: 500, seed: 11 });
    const flags = Object.fromEntries(texts.map((text, i) => [`flag${i}`, text]));
    const client = createTestClient(flags, { logLevel: 'off' });
    const snapshot = client.snapshot();
    for (const key of Object.keys(flags)) {
      for (const schema of schemas) expectHarmless(snapshot.json(key, schema as StandardSchema, otherwise));
    }
    client.dispose();
  });

  it.each([
    ['a prototype', '{"__proto__": {"isAdmin": true}, "a": 1}', { a: 1 }],
    ['one that is written otherwise', '{"\\u005f_proto__": {"isAdmin": true}, "a": 1}', { a: 1 }],
    ['one further in', '{"a": [{"__proto__": [], "b": 2}]}', { a: [{ b: 2 }] }],
    ['a constructor', '{"constructor": {"prototype": {"isAdmin": true}}, "a": 1}', { a: 1 }],
    ['no constructor that is none', '{"constructor": "Smith"}', { constructor: 'Smith' }],
  ])('leave out %s', (_, text, expected) => {
    const { value: given } = parseFlagJson(text);
    expect(given).toEqual(expected);
    expect(JSON.stringify(given)).toBe(JSON.stringify(expected));
    expectHarmless(merge({}, given));
  });
});

function custom(validate: StandardSchema['~standard']['validate']): StandardSchema {
  return { '~standard': { version: 1, vendor: 'a spec', validate } };
}

function thrown(what: unknown): never {
  throw what;
}

/** The naive merge that prototypes are polluted by. */
function merge(target: Record<string, unknown>, given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  for (const name of Object.keys(given)) {
    const value = (given as Record<string, unknown>)[name];
    const inner = target[name];
    const isPrototype = name === 'constructor' && typeof value === 'object' && value !== null && 'prototype' in value;
    const canEnter = (typeof inner === 'object' && inner !== null) || isPrototype;
    if (typeof value === 'object' && value !== null && canEnter) merge(inner as Record<string, unknown>, value);
    else Reflect.set(target, name, value);
  }
  return target;
}

/** No object in a value has a prototype that JSON does not give. */
function expectHarmless(given: unknown): void {
  if (typeof given !== 'object' || given === null) return;
  const prototype: unknown = Object.getPrototypeOf(given);
  if (prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype) {
    throw new Error(`A prototype has been replaced: ${JSON.stringify(given)}`);
  }
  for (const inner of Object.values(given)) expectHarmless(inner);
}
