import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import type { User } from '../../src/model/user';
import type { RandomConfig } from './arbitraries';

/*
 * Random configs of the previous format, and users for them, from small pools.
 */

const keys = ['a', 'b', 'c', 'kéy😀', '\r\n'];
const texts = ['a', 'ab', ' a', 'b@x.com', 'a,b', 'é', '😀', '\ud800', 'a\r\nb', 'toString'];
const numbers = [
  '0',
  '1',
  '1.5',
  '1,5',
  '1,5,5',
  '5abc',
  '0x10',
  '1 2',
  ' 1',
  '1e3',
  '.5',
  '-1',
  'NaN',
  'Infinity',
  'abc',
  '',
];
const versions = [
  '1.0.0',
  'v1.0.0',
  '1.0',
  ' 1.0.0 ',
  '1.0.0-a',
  '1.0.0-a.1',
  '1.0.0-01',
  '1.0.0+b',
  '2.0.0',
  '1.10.0',
  '',
  ' ',
  'bad',
];
const attributes = ['Identifier', 'Email', 'Country', 'X', 'Y', 'email'];

const pick = <T>(...items: readonly T[]) => fc.constantFrom(...items);
const joined = (item: fc.Arbitrary<string>) =>
  fc.tuple(fc.array(item, { maxLength: 3 }), pick(',', ', ', ' ,')).map(([items, comma]) => items.join(comma));
/** Digests of the plain texts: the old encoding of others is the business of the oracle. */
const digest = pick('a', 'ab', ' a', 'b@x.com').map((text) => createHash('sha1').update(text).digest('hex'));

function comparisonValue(comparator: number): fc.Arbitrary<string> {
  if (comparator === 2 || comparator === 3) return pick(...texts, '', ' ');
  if (comparator <= 1) return joined(pick(...texts, ''));
  if (comparator <= 5) return joined(pick(...versions));
  if (comparator <= 9) return pick(...versions);
  return comparator <= 15 ? pick(...numbers) : joined(digest);
}

const values = [fc.boolean(), pick('x', 'y', ''), pick(0, 1, -7), pick(0.5, 1e300)];
const valueOf = (type: number) =>
  fc.oneof(
    { weight: 20, arbitrary: values[type]! as fc.Arbitrary<boolean | string | number> },
    { weight: 1, arbitrary: pick<boolean | string | number>(true, 'other', 2.5) },
  );
const variationId = fc.option(pick('v1', 'v2', 'v3'), { nil: undefined });

const rule = (type: number) =>
  fc.oneof({ weight: 20, arbitrary: fc.nat(17) }, { weight: 1, arbitrary: pick(-1, 18, 99) }).chain((t) =>
    fc.record({
      o: fc.nat(3),
      a: pick(...attributes),
      t: fc.constant(t),
      c: comparisonValue(t),
      v: valueOf(type),
      i: variationId,
    }),
  );

const options = (type: number) =>
  pick<readonly (number | string)[]>(
    [],
    [100],
    [50, 50],
    [1, 99],
    [30, 30],
    [0, 20],
    [0.5, 60],
    ['40', '30'],
    [-10, 90],
    ['x', 100],
  ).chain((shares) =>
    fc.tuple(
      ...shares.map((p, o) => fc.record({ o: fc.constant(o), p: fc.constant(p), v: valueOf(type), i: variationId })),
    ),
  );

const setting = fc.nat(3).chain((t) =>
  fc.record({
    t: fc.constant(t),
    v: valueOf(t),
    i: variationId,
    r: fc.option(fc.array(rule(t), { maxLength: 4 })),
    p: fc.option(options(t)),
  }),
);

/** Configs of the previous format with every comparator, and with values that do not fit the type. */
export const legacyConfig: fc.Arbitrary<RandomConfig> = fc
  .tuple(...keys.map((key) => setting.map((value) => [key, value] as const)))
  .map((settings) => ({
    keys: [...keys, 'missing'],
    text: JSON.stringify({ p: { u: 'https://cdn-global.configcat.com', r: 0 }, f: Object.fromEntries(settings) }),
  }));

const attribute = fc.oneof(
  { weight: 8, arbitrary: pick<unknown>(...texts) },
  { weight: 8, arbitrary: pick<unknown>(...numbers) },
  { weight: 8, arbitrary: pick<unknown>(...versions) },
  { weight: 3, arbitrary: pick<unknown>(undefined, null, 0, 1, 1.5, NaN, true, false, ['a'], new Date(0), {}) },
);

/** Users for these configs; `undefined` for no user. */
export const legacyUser: fc.Arbitrary<User | undefined> = fc.option(
  fc
    .tuple(
      pick<unknown>('a', 'id', '', 'b@x.com', '😀', 'a\r\nb', null),
      attribute,
      attribute,
      fc.option(fc.record({ X: attribute, Y: attribute, email: attribute }, { requiredKeys: [] })),
    )
    .map(([identifier, email, country, custom]) => ({ identifier, email, country, custom }) as User),
  { nil: undefined, freq: 8 },
);
