import type { Outcome } from './both-sdks';

const megabyte = 1_000_000;
const flag = (members: object = {}) => ({ t: 0, v: { b: true }, ...members });
const flags = (members: object) => ({ f: { first: flag(members), last: flag(members) } });
const rule = (condition: object) => ({ c: [condition], s: { v: { b: false } } });
const onIdentifier = (c: number, value: object) => rule({ u: { a: 'Identifier', c, ...value } });

/** Flags that each depend on the next, up to the last one, which is on. */
function chain(length: number): object {
  const keys = ['first', ...Array.from({ length: length - 2 }, (_, i) => `k${i}`), 'last'];
  const dependOn = (f: string | undefined) =>
    f === undefined ? {} : { r: [rule({ p: { f, c: 1, v: { b: true } } })] };
  return { f: Object.fromEntries(keys.map((key, i) => [key, flag(dependOn(keys[i + 1]))])) };
}

function ring(length: number): object {
  const { f } = chain(length) as { f: Record<string, object> };
  return { f: { ...f, last: flag({ r: [rule({ p: { f: 'first', c: 1, v: { b: true } } })] }) } };
}

const manyFlags = () => {
  const more = Array.from({ length: 10_000 }, (_, i): [string, object] => [
    `flag number ${i}`,
    flag({ r: [onIdentifier(28, { s: 'x'.repeat(900) })] }),
  ]);
  return { f: { first: flag(), ...Object.fromEntries(more), last: flag() } };
};

/** Documents of about 10 MB and others that are great in some way, and what evaluation must come to. */
export const largeConfigs: readonly [title: string, makeText: () => string, kind: Outcome[0]][] = [
  ['10 MB of blanks', () => JSON.stringify(flags({})) + ' '.repeat(10 * megabyte), 'value'],
  ['10 MB of text in an unknown member', () => JSON.stringify({ ...flags({}), x: 'x'.repeat(10 * megabyte) }), 'value'],
  [
    '10 MB in one comparison value',
    () => JSON.stringify(flags({ r: [onIdentifier(28, { s: 'é'.repeat(5 * megabyte) })] })),
    'value',
  ],
  [
    '10 MB in a list of comparison values',
    () =>
      JSON.stringify(
        flags({ r: [onIdentifier(0, { l: Array.from({ length: 50_000 }, (_, i) => `${i}@${'x'.repeat(200)}`) })] }),
      ),
    'value',
  ],
  ['10 MB of flags', () => JSON.stringify(manyFlags()), 'value'],
  ['10 MB of flags, cut off at the end', () => JSON.stringify(manyFlags()).slice(0, -1), 'default'],
  [
    '10 MB of flags, the last of them malformed',
    () => JSON.stringify(manyFlags()).replace(/true(\}+)$/, '1$1'),
    'default',
  ],
  ['a million brackets', () => '['.repeat(megabyte), 'default'],
  [
    '500,000 lists, one in the other',
    () => `{"x":${'['.repeat(500_000)}${']'.repeat(500_000)},${JSON.stringify(flags({})).slice(1)}`,
    'value',
  ],
  ['5,000 rules', () => JSON.stringify(flags({ r: Array<object>(5_000).fill(onIdentifier(28, { s: 'x' })) })), 'value'],
  ['300 flags that depend on one another', () => JSON.stringify(chain(300)), 'value'],
  ['300 flags that depend on one another in a circle', () => JSON.stringify(ring(300)), 'default'],
];
