import { compile } from '../../src/evaluation/compile';
import { evaluate } from '../../src/evaluation/evaluate';
import { parseConfig } from '../../src/model/parse-config';
import type { User } from '../../src/model/user';
import { booleanFlag, testCondition } from '../support/evaluation';

// Source: protocol section 16, rows N.
describe('evaluate, with number comparators', () => {
  it.each([
    ['N1', '1,5', 1.5, true],
    ['N2', '1,5,5', 1.5, 'skip'],
    ['N3', '1,000.5', 1000.5, 'skip'],
    ['N4', ' 1 ', 1, true],
    ['N5', '+1', 1, true],
    ['N6', '00012', 12, true],
    ['N7', '.5', 0.5, true],
    ['N8', '5.', 5, true],
    ['N9', '1e3', 1000, true],
    ['N10', '0x10', 16, 'skip'],
    ['N11', '0', 0, true],
    ['N12', '0 ', 0, 'skip'],
    ['N13', ' 0', 0, true],
    ['N14', '0,5', 0.5, true],
    ['N15', '-0', 0, true],
    ['N16', '1_000', 1000, 'skip'],
    ['N17', '12a', 12, 'skip'],
    ['N18', '   ', 0, 'skip'],
    ['N19', 'infinity', Infinity, 'skip'],
    ['N20', '\u00a01', 1, true],
    ['a zero at the end', '10 ', 10, true],
    ['a zero in the middle', '1 0', 10, 'skip'],
    ['a zero behind the point', '5.0 ', 5, true],
    ['blanks before a zero', '  0 ', 0, 'skip'],
    ['blanks before a zero and a point', '  0.5', 0.5, true],
    ['no number', 'NaN ', 1, false],
    ['no number', ' NaN', 1, false],
    ['something like no number', 'nan', 1, 'skip'],
  ])('%s: compares the text %j with %d: %s', (_, x, d, verdict) => {
    expect(testCondition(10, { d }, x)).toBe(verdict);
  });

  it.each([
    ['N21', '=', 10, false],
    ['N22', '!=', 11, true],
    ['N23', '<', 12, false],
    ['N24', '<=', 13, false],
    ['N25', '>', 14, false],
    ['N26', '>=', 15, false],
  ])('%s: answers NaN %s 1', (_, _label, comparator, verdict) => {
    expect(testCondition(comparator, { d: 1 }, 'NaN')).toBe(verdict);
  });

  it.each([
    ['= 0', 10, [false, true, false]],
    ['!= 0', 11, [true, false, true]],
    ['< 0', 12, [true, false, false]],
    ['<= 0', 13, [true, true, false]],
    ['> 0', 14, [false, false, true]],
    ['>= 0', 15, [false, true, true]],
  ])('orders -0.5, 0 and 0.5 by %s', (_, comparator, verdicts) => {
    expect([-0.5, 0, 0.5].map((x) => testCondition(comparator, { d: 0 }, x))).toEqual(verdicts);
  });

  it.each<[unknown]>([[true], [{}], [['1']], [1n], [() => 1], [new Date(1000)]])('cannot use %p as a number', (x) => {
    for (const comparator of [10, 11, 12, 15]) expect(testCondition(comparator, { d: 1 }, x)).toBe('skip');
  });

  it.each<[string, number, object, unknown, string]>([
    ['numbers', 10, { d: 1 }, 'x', "'x' is not a valid decimal number"],
    ['numbers', 10, { d: 1 }, true, "'true' is not a valid decimal number"],
    ['dates', 18, { d: 1 }, 'x', "'x' is not a valid Unix timestamp (number of seconds elapsed since Unix epoch)"],
    ['versions', 6, { s: '1.0.0' }, 1, "'1' is not a valid semantic version"],
    ['lists', 34, { l: ['a'] }, 'a', "'a' is not a valid string array"],
  ])('says why an attribute is none of the %s', (_, c, value, x, reason) => {
    const ruleset = compile([
      parseConfig(JSON.stringify({ f: { key: booleanFlag([{ u: { a: 'X', c, ...value } }]) } })),
    ]);
    const warnings: unknown[] = [];
    const user = { identifier: 'id', custom: { X: x } };
    evaluate(ruleset, 'key', null, user as User, (...warning) => warnings.push(warning));
    expect(warnings).toEqual([['attributeInvalid', 'key', expect.objectContaining({ attribute: 'X' }), reason]]);
  });

  it.each([['Infinity'], ['1e999'], [Infinity]])('finds %p infinite', (x) => {
    expect(testCondition(10, { d: Infinity }, x)).toBe(true);
  });
});

describe('evaluate, with date comparators', () => {
  it.each([
    ['N27', 'reads milliseconds of a Date', 18, new Date(999999999999), 1000000000, true],
    ['N28', 'reads text with a decimal comma', 19, '1000000000,5', 1000000000, true],
    ['N29', 'is strict', 18, 5, 5, false],
    ['N29', 'is strict', 19, 5, 5, false],
    ['N30', 'compares an invalid Date as NaN', 19, new Date(NaN), 5, false],
    ['N31', 'cannot use a written date', 18, '2023.04.10', 5, 'skip'],
  ])('%s: %s', (_, _description, comparator, x, d, verdict) => {
    expect(testCondition(comparator, { d }, x)).toBe(verdict);
  });
});
