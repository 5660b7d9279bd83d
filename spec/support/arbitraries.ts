import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import type { User } from '../../src/model/user';

/*
 * Random configs and users from small pools, so that conditions are met, missed and unusable in like measure.
 */

/** A random config JSON text together with the keys worth evaluating. */
export interface RandomConfig {
  readonly text: string;
  readonly keys: readonly string[];
}

const salt = 'salt';
const keys = ['a', 'b', 'c', 'd', '__proto__', 'constructor', 'kéy😀'];
const segmentNames = ['Beta users', 'Ünï', ''];
const attributes = ['Identifier', 'Email', 'Country', 'X', 'Y', 'toString', '__proto__', 'identifier'];
const texts = [
  '',
  ' ',
  'a',
  'ab',
  'b@x.com',
  ' a ',
  'é',
  'éa',
  'a😀',
  '\ud800',
  'USA',
  '1',
  'true',
  '["a","b"]',
  '[1]',
];
const numbers = [0, -0, 1, 1.5, -3, 1e21, 1e-7, 1700000000, 1700000000.5, 2 ** 53];
const numberTexts = [
  '0',
  '0 ',
  ' 0',
  '1,5',
  '1.5',
  '1,5,5',
  '.5',
  '5.',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '-Infinity',
  '+1',
  '1_0',
  '\u00a01',
  '1700000000,5',
];
const versions = [
  '1.0.0',
  'v1.0.0',
  'V1.0.0',
  '1.0',
  ' 1.0.0 ',
  '1.0.0-a',
  '1.0.0-a.1',
  '1.0.0-a.b',
  '1.0.0-01',
  '1.0.0-2',
  '1.0.0-11',
  '1.0.0+b',
  '2.0.0',
  '1.10.0',
  '',
  ' ',
  'bad',
  '9007199254740992.0.0',
];
const lists = [[], ['a'], ['a', 'b'], ['USA', ' a '], ['éa'], ['']];

const hashedText = [16, 17, 20, 21];
const hashedSlices = [22, 23, 24, 25];
const hashedLists = [26, 27];
const plainLists = [0, 1, 2, 3, 30, 31, 32, 33, 34, 35];

const rarely = <T>(common: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 24, arbitrary: common }, { weight: 1, arbitrary: rare });
const pick = <T>(...items: readonly T[]) => fc.constantFrom(...items);
const some = <T>(item: fc.Arbitrary<T>, maxLength = 3) => fc.array(item, { maxLength });

const hash = (bytes: Buffer, context: string) =>
  createHash('sha256')
    .update(Buffer.concat([bytes, Buffer.from(salt + context)]))
    .digest('hex');

const textItem = pick(...texts, ...numberTexts.slice(0, 4));

function slice(context: string): fc.Arbitrary<string> {
  const good = fc.tuple(textItem, fc.nat(6), fc.boolean()).map(([text, length, fromEnd]) => {
    const bytes = Buffer.from(text);
    const part = fromEnd ? bytes.subarray(Math.max(0, bytes.length - length)) : bytes.subarray(0, length);
    return `${part.length}_${hash(part, context)}`;
  });
  return rarely(good, pick('bad', '_x', '1_', '-1_x', ' +2 _x', '1.5_x', '1e1_x', '1_2_3'));
}

function comparisonValue(comparator: number, context: string): fc.Arbitrary<object> {
  const hashed = textItem.map((text) => hash(Buffer.from(text), context));
  if (comparator === 20 || comparator === 21) return fc.record({ s: hashed });
  if (hashedText.includes(comparator) || hashedLists.includes(comparator)) return fc.record({ l: some(hashed) });
  if (hashedSlices.includes(comparator)) return fc.record({ l: some(slice(context)) });
  if (plainLists.includes(comparator)) return fc.record({ l: some(textItem) });
  if (comparator === 4 || comparator === 5) return fc.record({ l: some(pick(...versions)) });
  if (comparator >= 6 && comparator <= 9) return fc.record({ s: pick(...versions) });
  if (comparator === 28 || comparator === 29) return fc.record({ s: textItem });
  return fc.record({ d: pick(...numbers) });
}

const anyComparisonValue = fc.record(
  { s: fc.option(pick(...texts)), d: fc.option(pick(...numbers)), l: fc.option(some(pick(...texts))) },
  { requiredKeys: [] },
);

const userCondition = (context: string) =>
  rarely(fc.integer({ min: 0, max: 35 }), pick(-1, 36, 1000)).chain((c) =>
    fc
      .tuple(pick(...attributes), rarely(comparisonValue(c, context), anyComparisonValue))
      .map(([a, value]) => ({ a, c, ...value })),
  );

const valuesByType = [
  fc.record({ b: fc.boolean() }),
  fc.record({ s: pick('x', 'y', '') }),
  fc.record({ i: pick(0, 1, -7) }),
  fc.record({ d: pick(0.5, 1, -0, 1e300) }),
];
const anyValue = fc.record(
  { b: fc.option(fc.boolean()), s: pick('x', 'y'), i: pick(0, 1), d: pick(0.5, 1) },
  { requiredKeys: [] },
);
const valueOf = (type: number) => rarely<object>(valuesByType[type] ?? anyValue, anyValue);

const variationId = fc.option(pick('v1', 'v2', 'v3'), { nil: undefined });
const served = (type: number) => fc.record({ v: valueOf(type), i: variationId });
const split = fc.oneof(
  { weight: 8, arbitrary: pick([100], [50, 50], [1, 99], [30, 30, 40], [0, 100]) },
  { weight: 1, arbitrary: pick([50], [-1, 101], [60, 60]) },
);
const options = (type: number) =>
  split.chain((percentages) =>
    fc.tuple(...percentages.map((p) => served(type).map((rest) => ({ p, ...rest })))).map((items) => items as object[]),
  );

const condition = (key: string) =>
  rarely<object>(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ u: userCondition(key) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          s: fc.record({ s: rarely(fc.nat(2), pick(-1, 3, 99)), c: rarely(fc.nat(1), pick(2, -1)) }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          p: fc.record({
            f: rarely(pick(...keys), pick('missing', 'toString')),
            c: rarely(fc.nat(1), pick(2)),
            v: fc.nat(3).chain(valueOf),
          }),
        }),
      },
    ),
    pick<object>({}, { u: { a: 'X', c: 28, s: 'a' }, s: { s: 0, c: 0 } }, { u: null }),
  );

const rule = (key: string, type: number) =>
  fc
    .tuple(
      fc.option(some(condition(key)), { nil: undefined }),
      rarely<object>(
        fc.oneof(
          { weight: 3, arbitrary: served(type).map((s) => ({ s })) },
          { weight: 1, arbitrary: options(type).map((p) => ({ p })) },
        ),
        fc.oneof(
          pick<object>({}, { p: [] }),
          served(type).chain((s) => options(type).map((p) => ({ s, p }))),
        ),
      ),
    )
    .map(([c, then]) => ({ ...(c && { c }), ...then }));

const setting = (key: string) =>
  rarely(fc.nat(3), pick(4, 9)).chain((t) =>
    fc
      .tuple(
        valueOf(t),
        variationId,
        fc.option(pick(...attributes, ''), { nil: undefined }),
        fc.option(some(rule(key, t)), { nil: undefined }),
        fc.option(options(t), { nil: undefined, freq: 3 }),
      )
      .map(([v, i, a, r, p]) => ({ t, v, i, a, r, p })),
  );

/** Configs of all settings in the pool, with every comparator, faults included. */
export const randomConfig: fc.Arbitrary<RandomConfig> = fc
  .tuple(
    fc.tuple(...keys.map((key) => setting(key).map((value) => [key, value] as const))),
    fc.tuple(...segmentNames.map((n) => some(userCondition(n)).map((r) => ({ n, r })))),
    rarely<object>(fc.constant({ s: salt }), pick<object>({}, { s: '' })),
  )
  .map(([settings, segments, p]) => ({
    keys: [...keys, 'missing', 'toString'],
    // Own `__proto__` members survive in entries, not in literals.
    text: JSON.stringify({ p, s: segments, f: Object.fromEntries(settings) }),
  }));

const attributeValue = fc.oneof(
  pick<unknown>(...texts),
  pick<unknown>(...numberTexts),
  pick<unknown>(...versions),
  pick<unknown>(...numbers, NaN, Infinity),
  pick<unknown>(...lists),
  pick<unknown>(new Date(1700000000000), new Date(1700000000500), new Date(NaN), new Date(0)),
  pick<unknown>(true, null, undefined, ['a', 1], {}, 5n, Symbol('s'), Object.create(null), { toString: 1 }),
);

/** Users with attributes of every kind, also those that types forbid; `undefined` for no user. */
export const randomUser: fc.Arbitrary<User | undefined> = fc.option(
  fc
    .tuple(
      pick<unknown>('a', 'id', '', 'b@x.com', null, 7),
      fc.option(attributeValue, { nil: undefined }),
      fc.option(attributeValue, { nil: undefined }),
      fc.array(fc.tuple(pick(...attributes), attributeValue), { maxLength: 6 }),
    )
    .map(
      ([identifier, email, country, custom]) =>
        ({ identifier, email, country, custom: Object.fromEntries(custom) }) as User,
    ),
  { nil: undefined, freq: 8 },
);
