import type { BenchUser, Flag, Rule } from './flags.js';
import { flag, serve, userOf, when } from './flags.js';

/** One row of part A: a flag with all that it needs, and who asks for it. */
export interface Workload {
  readonly id: string;
  readonly title: string;
  /** The last one is asked for. */
  readonly flags: readonly Flag[];
  readonly user: (n: number) => BenchUser;
  /** Each call is for a user object never seen before; otherwise all calls are for one user. */
  readonly isDistinct: boolean;
  /** How many times faster than the official SDK's synchronous snapshot ours is to be. */
  readonly goal?: number;
}

const domains = ['@a.com', '@b.com', '@example.com'];
const contains = flag(
  'contains',
  'off',
  domains.map((domain) => serve(domain, when('email', 'contains', domain))),
);
const ids = (count: number, from: number) => Array.from({ length: count }, (_, i) => `user-${from + i}`);
const oneOf = flag('oneOf', 'miss', [serve('hit', when('id', 'oneOf', ...ids(1000, 4211)))]);
const hashed = flag('hashed', 'miss', [serve('hit', when('id', 'hashedOneOf', ...ids(100, 4661)))]);
const split: Flag = { key: 'split', rules: [], split: ['a', 'b'], otherwise: 'a' };
const conjunctions = flag(
  'conjunctions',
  'off',
  Array.from({ length: 10 }, (_, i) =>
    serve(
      `rule ${i}`,
      when('country', 'equals', 'HU'),
      when('plan', 'oneOf', 'pro', 'team'),
      when('seats', 'numberEquals', i === 9 ? 12 : 100 + i),
    ),
  ),
);
const isOn = (key: string): Rule => ({ conditions: [], prerequisite: key, serve: true });
const chain = [
  flag('level0', true),
  ...Array.from({ length: 5 }, (_, i) => flag(`level${i + 1}`, false, [isOn(`level${i}`)])),
];
const members = serve('member', when('email', 'contains', '@example.com'), when('country', 'equals', 'HU'));
const segment = flag('segment', 'off', [{ ...members, isSegment: true }]);
const compared = (key: string, ...test: Parameters<typeof when>) => flag(key, 'off', [serve('new', when(...test))]);

const same = () => userOf(4711);
const visitor = (n: number) => userOf(n, 'visitor');
const row = (id: string, title: string, flags: readonly Flag[], goal?: number): Workload => ({
  id,
  title,
  flags,
  user: same,
  isDistinct: false,
  ...(goal !== undefined && { goal }),
});
const distinct = (of: Workload, title: string, user: (n: number) => BenchUser, goal?: number): Workload => ({
  ...row(`${of.id}d`, title, of.flags, goal),
  user,
  isDistinct: true,
});

const a2 = row('A2', 'text contains, third rule hits', [contains], 6);
const a3 = row('A3', 'one of 1,000, hit in the middle', [oneOf], 15);
const a4 = row('A4', 'hashed one of 100, same user', [hashed], 300);
const a5 = row('A5', '50/50 split, same user', [split], 20);
const a6 = row('A6', '10 rules × 3 conditions, last hits', [conjunctions], 12);

export const workloads: readonly Workload[] = [
  row('A1', 'boolean, no rules', [flag('plain', true)], 6),
  a2,
  distinct(a2, 'the same, distinct users', userOf, 5),
  a3,
  distinct(a3, 'one of 1,000, miss, distinct users', visitor, 12),
  a4,
  distinct(a4, 'the same, distinct users', visitor, 15),
  a5,
  distinct(a5, 'the same, distinct users', userOf, 5),
  a6,
  distinct(a6, 'the same, distinct users', userOf, 15),
  row('A7', 'prerequisite chain, depth 5', chain, 12),
  row('A8', 'segment of two conditions', [segment], 6),
  row('A9v', 'semantic version comparator', [compared('version', 'version', 'versionAbove', '2.0.0')], 6),
  row('A9n', 'number comparator', [compared('number', 'seats', 'numberAbove', 10)], 6),
  row('A9t', 'date comparator', [compared('date', 'joined', 'after', 1_750_000_000)], 6),
];

const wide = JSON.stringify({ columns: 3, theme: 'dark' });
const narrow = JSON.stringify({ columns: 1, theme: 'light' });

/** The rows of part J: flags whose texts are JSON. */
export const jsonWorkloads: readonly Workload[] = [
  row('J1', 'no rules', [flag('layout', wide)]),
  row('J2', 'third rule hits, same user', [
    flag(
      'layout',
      narrow,
      domains.map((domain) => serve(domain === '@example.com' ? wide : narrow, when('email', 'contains', domain))),
    ),
  ]),
];

/** A project of many flags: of each five, one plain, one by text, one by list, one split, one of two conditions. */
export function project(count: number): Flag[] {
  const shapes: ((key: string) => Flag)[] = [
    (key) => flag(key, true),
    (key) => ({ ...contains, key }),
    (key) => flag(key, 'miss', [serve('hit', when('id', 'oneOf', ...ids(10, 4705)))]),
    (key) => ({ ...split, key }),
    (key) => flag(key, 'off', [serve('on', when('country', 'equals', 'HU'), when('seats', 'numberAbove', 10))]),
  ];
  return Array.from({ length: count }, (_, i) => shapes[i % shapes.length]!(`flag${i}`));
}
