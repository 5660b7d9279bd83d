import { comparatorLabels } from '../../src/evaluation/comparator-labels';
import { describeUserCondition } from '../../src/evaluation/describe';
import type { ComparisonValue } from '../../src/model/config';

const describeX = (comparator: number, value: Partial<ComparisonValue>) =>
  describeUserCondition({
    kind: 'user',
    attribute: 'X',
    comparator,
    comparisonValue: { text: undefined, number: undefined, list: undefined, ...value },
  });

const items = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`);
const ten = "'1', '2', '3', '4', '5', '6', '7', '8', '9', '10'";

// Source: protocol section 6.1 for the labels, section 12.2 for the values.
describe('describeUserCondition', () => {
  it.each([
    [0, 'IS ONE OF', "['a', 'b']"],
    [1, 'IS NOT ONE OF', "['a', 'b']"],
    [2, 'CONTAINS ANY OF', "['a', 'b']"],
    [3, 'NOT CONTAINS ANY OF', "['a', 'b']"],
    [4, 'IS ONE OF', "['a', 'b']"],
    [5, 'IS NOT ONE OF', "['a', 'b']"],
    [6, '<', "'text'"],
    [7, '<=', "'text'"],
    [8, '>', "'text'"],
    [9, '>=', "'text'"],
    [10, '=', "'5.5'"],
    [11, '!=', "'5.5'"],
    [12, '<', "'5.5'"],
    [13, '<=', "'5.5'"],
    [14, '>', "'5.5'"],
    [15, '>=', "'5.5'"],
    [16, 'IS ONE OF', '[<2 hashed values>]'],
    [17, 'IS NOT ONE OF', '[<2 hashed values>]'],
    [18, 'BEFORE', "'5.5' (1970-01-01T00:00:05.500Z UTC)"],
    [19, 'AFTER', "'5.5' (1970-01-01T00:00:05.500Z UTC)"],
    [20, 'EQUALS', "'<hashed value>'"],
    [21, 'NOT EQUALS', "'<hashed value>'"],
    [22, 'STARTS WITH ANY OF', '[<2 hashed values>]'],
    [23, 'NOT STARTS WITH ANY OF', '[<2 hashed values>]'],
    [24, 'ENDS WITH ANY OF', '[<2 hashed values>]'],
    [25, 'NOT ENDS WITH ANY OF', '[<2 hashed values>]'],
    [26, 'ARRAY CONTAINS ANY OF', '[<2 hashed values>]'],
    [27, 'ARRAY NOT CONTAINS ANY OF', '[<2 hashed values>]'],
    [28, 'EQUALS', "'text'"],
    [29, 'NOT EQUALS', "'text'"],
    [30, 'STARTS WITH ANY OF', "['a', 'b']"],
    [31, 'NOT STARTS WITH ANY OF', "['a', 'b']"],
    [32, 'ENDS WITH ANY OF', "['a', 'b']"],
    [33, 'NOT ENDS WITH ANY OF', "['a', 'b']"],
    [34, 'ARRAY CONTAINS ANY OF', "['a', 'b']"],
    [35, 'ARRAY NOT CONTAINS ANY OF', "['a', 'b']"],
    [36, '<invalid operator>', "'<invalid value>'"],
    [-1, '<invalid operator>', "'<invalid value>'"],
  ])('writes comparator %i as %s %s', (comparator, label, value) => {
    const all = { text: 'text', number: 5.5, list: ['a', 'b'] };
    expect(describeX(comparator, all)).toBe(`User.X ${label} ${value}`);
  });

  it.each([
    [0, '[]'],
    [1, "['1']"],
    [10, `[${ten}]`],
    [11, `[${ten}, ... <1 more value>]`],
    [12, `[${ten}, ... <2 more values>]`],
  ])('writes a list of %i items as %s', (count, text) => {
    for (const comparator of [0, 4, 30]) {
      expect(describeX(comparator, { list: items(count) })).toBe(`User.X ${comparatorLabels[comparator]!} ${text}`);
    }
  });

  it.each([
    [0, '[<0 hashed values>]'],
    [1, '[<1 hashed value>]'],
    [2, '[<2 hashed values>]'],
    [12, '[<12 hashed values>]'],
  ])('writes a list of %i hashes as %s', (count, text) => {
    for (const comparator of [16, 22, 26]) {
      expect(describeX(comparator, { list: items(count) })).toBe(`User.X ${comparatorLabels[comparator]!} ${text}`);
    }
  });

  it.each([
    [5, "'5'"],
    [-0, "'0'"],
    [1e21, "'1e+21'"],
    [1e-7, "'1e-7'"],
  ])('writes the number %d as %s', (number, text) => {
    expect(describeX(10, { number })).toBe(`User.X = ${text}`);
  });

  it.each([
    [1693497600, "'1693497600' (2023-08-31T16:00:00.000Z UTC)"],
    [1693497600.123, "'1693497600.123' (2023-08-31T16:00:00.123Z UTC)"],
    [-1, "'-1' (1969-12-31T23:59:59.000Z UTC)"],
    [253402300800, "'253402300800' (+010000-01-01T00:00:00.000Z UTC)"],
    [-62198755200, "'-62198755200' (-000001-01-01T00:00:00.000Z UTC)"],
    [8640000000000, "'8640000000000' (+275760-09-13T00:00:00.000Z UTC)"],
    [8640000000001, "'8640000000001'"],
    [1e300, "'1e+300'"],
  ])('writes the date %d as %s', (number, text) => {
    expect(describeX(18, { number })).toBe(`User.X BEFORE ${text}`);
  });

  it.each([
    ['empty text', { text: '' }, "''"],
    ['quotes and line breaks as they are', { text: "'\n" }, "''\n'"],
  ])('writes %s', (_, value, text) => {
    expect(describeX(28, value)).toBe(`User.X EQUALS ${text}`);
  });

  it.each([
    [0, { text: 'a' }],
    [6, { list: ['a'] }],
    [10, { text: '5' }],
    [16, {}],
    [18, { list: [] }],
    [20, { number: 5 }],
    [28, {}],
  ])('says that comparator %i has no value in %j', (comparator, value) => {
    expect(describeX(comparator, value)).toBe(`User.X ${comparatorLabels[comparator]!} '<invalid value>'`);
  });

  it.each<[Partial<ComparisonValue>, string]>([
    [{ text: 'x' }, "'x'"],
    [{ number: 5.5 }, "'5.5'"],
    [{ list: ['x'] }, "'<invalid value>'"],
    [{ text: 'x', number: 5.5 }, "'<invalid value>'"],
    [{ text: 'x', list: ['x'] }, "'<invalid value>'"],
    [{}, "'<invalid value>'"],
  ])('writes the value %j of an unknown comparator as %s', (value, text) => {
    expect(describeX(36, value)).toBe(`User.X <invalid operator> ${text}`);
  });

  it('writes the name of the attribute as it is', () => {
    const comparisonValue = { text: 'x', number: undefined, list: undefined };
    expect(describeUserCondition({ kind: 'user', attribute: "a 'b'", comparator: 28, comparisonValue })).toBe(
      "User.a 'b' EQUALS 'x'",
    );
  });
});
