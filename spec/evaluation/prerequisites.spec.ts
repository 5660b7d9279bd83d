import { compile } from '../../src/evaluation/compile';
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
