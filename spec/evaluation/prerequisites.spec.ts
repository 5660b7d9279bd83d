import { compile } from '../../src/evaluation/compile';
import { evaluate } from '../../src/evaluation/evaluate';
import { explain } from '../../src/evaluation/evaluate-explained';
import { writeEvaluationLog } from '../../src/evaluation/evaluation-log';
import { parseConfig } from '../../src/model/parse-config';
import { booleanFlag, evaluateIn } from '../support/evaluation';

// Source: protocol section 16, rows R.
const anybody = { identifier: 'id' };
const requires = (f: string, v: object, c = 0) => booleanFlag([{ p: { f, c, v } }]);

describe('evaluate, with prerequisite conditions', () => {
  it.each([
    ['R1', 'a flag that requires itself', ['k', 'k']],
    ['R2', 'a cycle further down', ['key4', 'key3', 'key2', 'key3']],
  ])('%s: names the path through %s', (_, _description, path) => {
    const f = Object.fromEntries(path.slice(0, -1).map((key, i) => [key, requires(path[i + 1]!, { b: true })]));
    const shown = path.map((key) => `'${key}'`).join(' -> ');
    expect(evaluateIn({ f }, path[0]!, anybody).outcome).toBe(
      `InvalidConfigModelError: Circular dependency detected between the following depending flags: ${shown}.`,
    );
  });

  const flagsOfType = { text: { t: 1, v: { s: 'x' } }, int: { t: 2, v: { i: 1 } }, double: { t: 3, v: { d: 1 } } };
  it.each([
    ['R3: does not', 'text', { b: true }, 'true'],
    ['R4: does not', 'int', { d: 1 }, '1'],
    ['does not', 'double', { i: 1 }, '1'],
    ['does not', 'text', {}, '<invalid value>'],
    ['does not', 'text', { b: true, i: 1 }, '<invalid value>'],
  ] as const)('%s compare a prerequisite of type %s with %j', (_, type, value, shown) => {
    const document = { f: { k: requires('m', value), m: flagsOfType[type] } };
    expect(evaluateIn(document, 'k', anybody).outcome).toBe(
      `InvalidConfigModelError: Type mismatch between comparison value '${shown}' and prerequisite flag 'm'.`,
    );
  });

  it.each([
    ['an unknown key', { k: requires('m', { b: true }) }, 'Prerequisite flag is missing.'],
    ['an inherited name', { k: requires('toString', { b: true }) }, 'Prerequisite flag is missing.'],
    ['an unknown type', { k: requires('m', { b: true }), m: { t: 9, v: { b: true } } }, 'Setting type is invalid.'],
    [
      'an unknown comparator',
      { k: requires('m', { s: 'x' }, 2), m: flagsOfType.text },
      'Comparison operator is invalid.',
    ],
    [
      'a prerequisite without value',
      { k: requires('m', { s: 'x' }), m: { t: 1, v: {} } },
      'Setting value is missing or invalid.',
    ],
  ])('fails at %s', (_, f, problem) => {
    expect(evaluateIn({ f }, 'k', anybody).outcome).toBe(`InvalidConfigModelError: ${problem}`);
  });

  it('lets two conditions share a prerequisite', () => {
    const f = {
      top: booleanFlag([{ p: { f: 'left', c: 0, v: { b: true } } }, { p: { f: 'right', c: 0, v: { b: true } } }]),
      left: requires('bottom', { b: false }),
      right: requires('bottom', { b: true }, 1),
      bottom: { t: 0, v: { b: false } },
    };
    expect(evaluateIn({ f }, 'top', anybody)).toEqual({ outcome: true, warnings: [] });
  });

  it('names the missing user for the prerequisite and for the flag', () => {
    const needsUser = { u: { a: 'X', c: 28, s: 'x' } };
    const f = { k: booleanFlag([{ p: { f: 'm', c: 0, v: { b: false } } }, needsUser]), m: booleanFlag([needsUser]) };
    expect(evaluateIn({ f }, 'k')).toEqual({ outcome: false, warnings: ['userMissing', 'userMissing'] });
  });
});

describe('evaluate, with segment conditions', () => {
  const inSegment = (c: number, conditions: readonly object[] = [], s = 0, n = 'Segment') => ({
    s: [{ n, r: conditions }],
    f: { k: booleanFlag([{ s: { s, c } }]) },
  });
  const listsBadVersion = { a: 'Q', c: 4, l: ['bad'] };

  it.each([
    [
      'R5: fails beyond the last segment',
      inSegment(0, [], 7),
      anybody,
      'InvalidConfigModelError: Segment reference is invalid.',
      [],
    ],
    ['R6: does not look for the segment without a user', inSegment(0, [], 7), undefined, false, ['userMissing']],
    [
      'R7: skips the rule when an attribute is missing, also when inverted',
      inSegment(1, [{ a: 'Q', c: 28, s: 'x' }]),
      anybody,
      false,
      ['attributeMissing'],
    ],
    [
      'R8: inverts a version list that is false for being malformed',
      inSegment(1, [listsBadVersion]),
      { identifier: 'id', custom: { Q: '1.0.0' } },
      true,
      [],
    ],
    [
      'fails at a segment without name',
      inSegment(0, [], 0, ''),
      anybody,
      'InvalidConfigModelError: Segment name is missing.',
      [],
    ],
    [
      'fails at an unknown comparator',
      inSegment(2),
      anybody,
      'InvalidConfigModelError: Comparison operator is invalid.',
      [],
    ],
    ['finds everybody in a segment without conditions', inSegment(0), anybody, true, []],
  ])('%s', (_, document, user, outcome, warnings) => {
    expect(evaluateIn(document, 'k', user)).toEqual({ outcome, warnings });
  });
});

describe('evaluate, with odd rules', () => {
  const unknownComparator = { u: { a: 'X', c: 36, s: 'x' } };
  const withX = { identifier: 'id', custom: { X: 'x' } };

  it.each([
    ['R9: follows a rule without conditions, also without a user', [], undefined, true, []],
    [
      'R10: fails at an unknown comparator',
      [unknownComparator],
      withX,
      'InvalidConfigModelError: Comparison operator is invalid.',
      [],
    ],
    [
      'fails at an unknown comparator of a number',
      [unknownComparator],
      { identifier: 'id', custom: { X: 1 } },
      'InvalidConfigModelError: Comparison operator is invalid.',
      [],
    ],
    [
      'R11: does not look at the comparator when the attribute is missing',
      [unknownComparator],
      anybody,
      false,
      ['attributeMissing'],
    ],
    ['fails at a condition of no kind', [{}], anybody, 'InvalidConfigModelError: Condition is missing or invalid.', []],
    ['does not reach what follows a condition that is false', [{ u: { a: 'X', c: 28, s: 'y' } }, {}], withX, false, []],
  ])('%s', (_, conditions, user, outcome, warnings) => {
    expect(evaluateIn({ f: { k: booleanFlag(conditions) } }, 'k', user)).toEqual({ outcome, warnings });
  });

  it.each([
    ['nothing', {}],
    ['no options', { p: [] }],
    ['a value and options', { s: { v: { b: true } }, p: [{ p: 100, v: { b: true } }] }],
  ])('fails at a rule that serves %s', (_, rule) => {
    expect(evaluateIn({ f: { k: { t: 0, v: { b: false }, r: [rule] } } }, 'k', anybody).outcome).toBe(
      'InvalidConfigModelError: Targeting rule THEN part is missing or invalid.',
    );
  });
});

describe('evaluate, with prerequisites that many paths lead to', () => {
  // Asked anew on each path, the last of these would be asked 2^40 times.
  const depth = 40;
  const requires = (flag: number, value: boolean) => ({ p: { f: `k${flag}`, c: 0, v: { b: value } } });
  const chain = Object.fromEntries(
    Array.from({ length: depth }, (_, i) => {
      const rules = i === 0 ? [] : [requires(i - 1, true), requires(i - 1, true)];
      const r = rules.map((condition) => ({ c: [condition], s: { v: { b: true } } }));
      return [`k${i}`, { t: 0, v: { b: false }, r }];
    }),
  );

  it('asks each of them once', () => {
    expect(evaluateIn({ f: chain }, `k${depth - 1}`, anybody)).toEqual({ outcome: false, warnings: [] });
  });

  const needy = { t: 0, v: { b: false }, r: [{ c: [{ u: { a: 'X', c: 28, s: 'x' } }], s: { v: { b: true } } }] };

  it('repeats the warnings of those that give any', () => {
    expect(evaluateIn({ f: { ...chain, k0: needy } }, 'k2', anybody).warnings).toEqual(
      Array<string>(4).fill('attributeMissing'),
    );
  });

  it('repeats no warning without end', () => {
    const { outcome, warnings } = evaluateIn({ f: { ...chain, k0: needy } }, `k${depth - 1}`, anybody);
    expect([outcome, warnings.length]).toEqual([false, 1000]);
  });

  const missingX = { u: { a: 'X', c: 28, s: 'x' } };
  it.each<[string, object, object | undefined]>([
    ['a user who is missing', booleanFlag([missingX]), undefined],
    ['an attribute that is converted', booleanFlag([missingX]), { identifier: 'id', custom: { X: 1 } }],
    [
      'an attribute that is invalid',
      booleanFlag([{ u: { a: 'X', c: 10, d: 1 } }]),
      { identifier: 'id', custom: { X: 'a' } },
    ],
    [
      'percentage options without their attribute',
      { t: 0, v: { b: false }, a: 'X', p: [{ p: 100, v: { b: true } }] },
      anybody,
    ],
    ['percentage options without a user', { t: 0, v: { b: false }, p: [{ p: 100, v: { b: true } }] }, undefined],
  ])('repeats no warning without end: of %s', (_, foot, user) => {
    const { outcome, warnings } = evaluateIn({ f: { ...chain, k0: foot } }, `k${depth - 1}`, user);
    expect([outcome, warnings.length]).toEqual([false, 1000]);
  });

  it.each([
    ['quiet', chain, 3, 14, 14],
    ['quiet', chain, depth - 1, 1000, 1100],
    ['needy', { ...chain, k0: needy }, 3, 14, 14],
    ['needy', { ...chain, k0: needy }, depth - 1, 1000, 2100],
  ])('is explained on each path, but not without end: %s ones', (_, f, key, fewest, most) => {
    const warnings: string[] = [];
    const ruleset = compile([parseConfig(JSON.stringify({ f }))]);
    const { evaluation, tree } = explain(ruleset, `k${key}`, null, anybody, (kind) => warnings.push(kind));
    expect(evaluation).toMatchObject({ errorCode: 0, value: false });
    expect(warnings).toEqual(evaluateIn({ f }, `k${key}`, anybody).warnings);
    const visits = writeEvaluationLog(`k${key}`, anybody, tree, false).split('Evaluating prerequisite flag').length - 1;
    expect(visits).toBeGreaterThanOrEqual(fewest);
    expect(visits).toBeLessThanOrEqual(most);
  });
});

describe('evaluate, with prerequisites that are deep', () => {
  type Flags = Readonly<Record<string, object>>;
  const on = (flag: string, value = true, c = 0) => ({ p: { f: flag, c, v: { b: value } } });
  const isX = (s: string) => ({ u: { a: 'X', c: 28, s } });
  const rule = (c: readonly object[], b: boolean) => ({ c, s: { v: { b } } });
  const flag = (r: readonly object[], more: object = {}) => ({ t: 0, v: { b: false }, r, ...more });
  const user = { identifier: 'id', custom: { X: 'x' } };
  /** `k0` depends on nothing, each other one on the one before. */
  const chain = (length: number, link: (before: string, i: number) => object, foot: object): Flags =>
    Object.fromEntries([['k0', foot], ...Array.from({ length }, (_, i) => [`k${i + 1}`, link(`k${i}`, i)] as const)]);
  const foot = flag([rule([isX('x')], true)]);

  /** Flags that are as deep as stays on the stack, and deeper. */
  const depths = [1, 49, 50, 51, 52, 53, 120];

  it.each<[string, (before: string, i: number) => object, (i: number, isFootOn: boolean) => boolean]>([
    ['repeat it', (k) => flag([rule([on(k)], true)]), (_, is) => is],
    ['say the opposite', (k) => flag([rule([on(k, false)], true)]), (i, is) => is === (i % 2 === 0)],
    [
      'say the opposite by the comparator',
      (k) => flag([rule([on(k, true, 1)], true)]),
      (i, is) => is === (i % 2 === 0),
    ],
    [
      'have other conditions before',
      (k) => flag([rule([isX('y'), on(k)], false), rule([isX('x'), on(k)], true)]),
      (_, is) => is,
    ],
    [
      'have other conditions behind',
      (k) => flag([rule([on(k), isX('y')], false), rule([on(k), isX('x')], true)]),
      (_, is) => is,
    ],
    ['ask twice', (k) => flag([rule([on(k), on(k, false)], false), rule([on(k)], true)]), (_, is) => is],
    ['have other rules before', (k) => flag([rule([isX('z')], false), rule([on(k)], true)]), (_, is) => is],
    [
      'serve everybody in the end',
      (k) => flag([rule([on(k)], true), rule([], false)], { v: { b: true } }),
      (_, is) => is,
    ],
    [
      'have options of which there is none for the user',
      (k) => flag([{ c: [isX('x')], p: [{ p: 100, v: { b: true } }] }, rule([on(k)], true)], { a: 'Y' }),
      (_, is) => is,
    ],
    ['serve options', (k) => flag([{ c: [on(k)], p: [{ p: 100, v: { b: true } }] }]), (_, is) => is],
    [
      'have options behind',
      (k) => flag([rule([on(k, false)], false)], { p: [{ p: 100, v: { b: true } }] }),
      (_, is) => is,
    ],
    [
      'skip rules that cannot be evaluated',
      (k) => flag([rule([on(k), { u: { a: 'Y', c: 28, s: 'y' } }], false), rule([on(k)], true)]),
      (_, is) => is,
    ],
  ])('answers at any depth alike, where flags %s', (_, link, expected) => {
    for (const isFootOn of [true, false]) {
      const f = chain(Math.max(...depths), link, flag([rule([isX('x')], isFootOn)]));
      for (const depth of depths) {
        expect([depth, evaluateIn({ f }, `k${depth}`, user).outcome]).toEqual([depth, expected(depth, isFootOn)]);
      }
    }
  });

  it('asks each flag once, at any depth', () => {
    const f = chain(120, (k) => flag([rule([on(k, false), isX('y')], true), rule([on(k)], true)]), foot);
    const ruleset = compile([parseConfig(JSON.stringify({ f }))]);
    let reads = 0;
    const custom = {
      get X() {
        reads++;
        return 'x';
      },
    };
    for (const key of ['k40', 'k120']) {
      reads = 0;
      expect(evaluate(ruleset, key, null, { identifier: 'id', custom }, () => undefined)).toMatchObject({
        value: true,
      });
      expect(reads).toBe(1);
    }
  });

  it('warns at any depth as often', () => {
    const f = chain(
      120,
      (k) => flag([rule([on(k, false)], true)]),
      flag([rule([{ u: { a: 'Y', c: 28, s: 'y' } }], true)]),
    );
    for (const depth of depths) expect(evaluateIn({ f }, `k${depth}`, user).warnings).toEqual(['attributeMissing']);
    for (const depth of depths) expect(evaluateIn({ f }, `k${depth}`).warnings).toEqual(['userMissing']);
    const each = chain(
      120,
      (k) => flag([rule([isX('y')], true), rule([on(k, false)], true), rule([isX('y')], true)]),
      foot,
    );
    for (const depth of depths) {
      expect(evaluateIn({ f: each }, `k${depth}`).warnings).toEqual(Array<string>(depth + 1).fill('userMissing'));
    }
  });

  it.each([
    ['the type', { t: 1, v: { s: 'x' } }, "Type mismatch between comparison value 'true' and prerequisite flag 'k0'."],
    ['the value', { t: 0, v: {} }, 'Setting value is missing or invalid.'],
  ])('fails at any depth alike, where %s of the last one is wrong', (_, last, problem) => {
    const f = chain(120, (k) => flag([rule([on(k)], true)]), last);
    for (const depth of depths)
      expect(evaluateIn({ f }, `k${depth}`, user).outcome).toBe(`InvalidConfigModelError: ${problem}`);
  });

  it.each([
    [20, 0],
    [21, 0],
    [22, 2],
    [60, 40],
  ])('names the first and the last of %i flags in a circle', (count, hidden) => {
    const f = chain(count - 2, (k) => flag([rule([on(k)], true)]), flag([rule([on(`k${count - 2}`)], true)]));
    const keys = [...Array.from({ length: count - 1 }, (_, i) => `'k${count - 2 - i}'`), `'k${count - 2}'`];
    if (hidden > 0) keys.splice(10, hidden, `... <${hidden} more flags> ...`);
    expect(evaluateIn({ f }, `k${count - 2}`, user).outcome).toBe(
      `InvalidConfigModelError: Circular dependency detected between the following depending flags: ${keys.join(' -> ')}.`,
    );
  });

  it('lets 2500 flags wait for one, and no more', () => {
    const f = chain(2501, (k) => flag([rule([on(k)], true)]), foot);
    expect(evaluateIn({ f }, 'k2500', user).outcome).toBe(true);
    expect(evaluateIn({ f }, 'k2501', user).outcome).toBe(
      'RangeError: More than 2500 prerequisite flags depend on each other.',
    );
  });

  it('takes no more of the stack for more flags', () => {
    const f = chain(400, (k) => flag([rule([on(k)], true)]), foot);
    const ruleset = compile([parseConfig(JSON.stringify({ f }))]);
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = Infinity;
    try {
      const [few, many] = [200, 400].map((depth) => {
        let height = 0;
        const custom = {
          get X() {
            height = new Error().stack!.split('\n').length;
            return 'x';
          },
        };
        evaluate(ruleset, `k${depth}`, null, { identifier: 'id', custom }, () => undefined);
        return height;
      });
      expect(few).toBeGreaterThan(1);
      expect(many).toBe(few);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });
});
