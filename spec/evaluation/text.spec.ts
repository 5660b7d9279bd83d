import { booleanFlag, evaluateIn, testCondition } from '../support/evaluation';

// Source: protocol section 16, rows T.
describe('evaluate, with text and array comparators', () => {
  it.each([
    ['T1', 'writes 1e21 with an exponent', 28, { s: '1e+21' }, 1e21, true],
    ['T2', 'writes 1e-7 with an exponent', 28, { s: '1e-7' }, 1e-7, true],
    ['T3', 'writes 1e-6 without an exponent', 28, { s: '0.000001' }, 1e-6, true],
    ['T4', 'writes -0 without a sign', 28, { s: '0' }, -0, true],
    ['T5', 'writes a Date in seconds', 28, { s: '1680307199.999' }, new Date('2023-03-31T23:59:59.999Z'), true],
    ['T6', 'writes a list as JSON', 28, { s: '["a","b"]' }, ['a', 'b'], true],
    ['T7', 'writes a boolean by name', 28, { s: 'true' }, true, true],
    ['T8', 'trims nothing', 0, { l: [' a '] }, 'a', false],
    ['T10', 'finds the empty text in any text', 2, { l: [''] }, 'abc', true],
    ['T11', 'finds nothing in an empty list', 1, { l: [] }, 'abc', true],
    ['T12', 'reads an array from JSON', 34, { l: ['a'] }, '["a"]', true],
    ['T13', 'cannot use text that is no array', 35, { l: ['a'] }, 'a', 'skip'],
    ['T14', 'finds nothing in an empty array', 35, { l: ['a'] }, [], true],
  ])('%s: %s', (_, _description, comparator, value, x, verdict) => {
    expect(testCondition(comparator, value, x)).toBe(verdict);
  });

  const flagFor = (condition: object) => ({ f: { key: booleanFlag([{ u: condition }]) } });

  it.each([
    ['T9: takes empty text for', ''],
    ['takes null for', null],
    ['takes undefined for', undefined],
  ])('%s a missing attribute', (_, X) => {
    const user = { identifier: 'id', custom: { X } };
    expect(evaluateIn(flagFor({ a: 'X', c: 29, s: 'z' }), 'key', user)).toEqual({
      outcome: false,
      warnings: ['attributeMissing'],
    });
  });

  it('T15: does not look for Email among the custom attributes', () => {
    const user = { identifier: 'id', custom: { Email: 'custom' } };
    expect(evaluateIn(flagFor({ a: 'Email', c: 28, s: 'custom' }), 'key', user)).toEqual({
      outcome: false,
      warnings: ['attributeMissing'],
    });
  });

  const hasToText = { toString: () => 'own text' };
  const failsToText = {
    toString: () => {
      throw new Error('no text');
    },
  };
  it.each<[string, unknown, string]>([
    ['a bigint', 5n, '5'],
    ['a mixed array', ['a', 1], 'a,1'],
    ['an empty array', [], '[]'],
    ['an object', {}, '[object Object]'],
    ['an object without prototype', Object.create(null), '[object Object]'],
    ['an object with a text of its own', hasToText, 'own text'],
    ['an object that fails to become text', failsToText, '[unknown]'],
    ['a symbol', Symbol('s'), '[symbol]'],
    ['an invalid Date', new Date(NaN), 'NaN'],
    ['infinity', -Infinity, '-Infinity'],
  ])('converts %s to text, and says so', (_, x, s) => {
    const user = { identifier: 'id', custom: { X: x } };
    expect(evaluateIn(flagFor({ a: 'X', c: 28, s }), 'key', user)).toEqual({
      outcome: true,
      warnings: ['attributeConverted'],
    });
  });

  it.each([
    ['text that holds other items', '["a",1]'],
    ['text that holds no array', '{"0":"a"}'],
    ['an array of other items', ['a', 1]],
    ['a number', 1],
    ['a Date', new Date(0)],
  ])('cannot use %s as an array', (_, x) => {
    expect(testCondition(34, { l: ['a'] }, x)).toBe('skip');
  });

  it.each([
    [0, 1, { l: ['a', 'bc'] }, 'bc', 'b'],
    [2, 3, { l: ['x', 'bc'] }, 'abcd', 'acb'],
    [28, 29, { s: 'bc' }, 'bc', 'BC'],
    [30, 31, { l: ['x', 'bc'] }, 'bcd', 'abc'],
    [32, 33, { l: ['x', 'bc'] }, 'abc', 'bcd'],
    [34, 35, { l: ['x', 'bc'] }, ['a', 'bc'], ['b', 'c']],
  ])('answers by comparator %i the opposite of comparator %i', (positive, negative, value, fits, differs) => {
    expect([fits, differs].map((x) => testCondition(positive, value, x))).toEqual([true, false]);
    expect([fits, differs].map((x) => testCondition(negative, value, x))).toEqual([false, true]);
  });

  it.each([[0], [4], [6], [10], [18], [20], [26], [28]])('fails without the comparison value of comparator %i', (c) => {
    const fitting = c === 26 ? ['a'] : c >= 4 && c <= 6 ? '1.0.0' : '1';
    expect(testCondition(c, {}, fitting)).toBe('InvalidConfigModelError: Comparison value is missing.');
  });
});
