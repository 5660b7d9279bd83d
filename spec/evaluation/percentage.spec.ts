import { sha1Hex } from '../../src/hash';
import { evaluateIn } from '../support/evaluation';

// Source: protocol section 16, rows P.
const everyBucket = Array.from({ length: 100 }, () => 1);

/** A flag whose percentage options serve their own position, and which serves -1 when there is no choice. */
function evaluateOptions(percentages: readonly number[], user: object, key = 'key', a?: string) {
  const p = percentages.map((percentage, index) => ({ p: percentage, v: { i: index } }));
  return evaluateIn({ f: { [key]: { t: 2, v: { i: -1 }, a, p } } }, key, user);
}

describe('evaluate, with percentage options', () => {
  it.each([
    ['P1', 'isAwesomeFeatureEnabled', { identifier: 'a@b.com' }, 17],
    ['P2', 'key', { identifier: '' }, 74],
    ['P3', 'key', {}, 74],
    ['P4', 'key', { identifier: 'id' }, 79],
    ['P5', 'kéy', { identifier: 'ő😀' }, 65],
  ])('%s: hashes %s and %j into bucket %i', (_, key, user, bucket) => {
    expect(evaluateOptions(everyBucket, user, key)).toEqual({ outcome: bucket, warnings: [] });
  });

  it.each([
    ['P1', 'isAwesomeFeatureEnableda@b.com', '87f54d5'],
    ['P2', 'key', 'a62f222'],
    ['P4', 'keyid', '89d2af7'],
    ['P5', 'kéyő😀', '7850681'],
  ])('%s: begins the hash of %s with %s', (_, text, start) => {
    expect(sha1Hex(text).slice(0, 7)).toBe(start);
  });

  it.each([
    ['P6', 'the number 0', 0, 67],
    ['P7', 'the number 1.5', 1.5, 69],
    ['P8', 'the number 1e21', 1e21, 31],
    ['P9', 'a Date as seconds', new Date(1700000000123), 82],
    ['P10', 'a list as JSON', ['a', 'b'], 33],
    ['P11', 'NaN by name', NaN, 43],
  ])('%s: hashes %s', (_, _description, x, bucket) => {
    expect(evaluateOptions(everyBucket, { identifier: 'id', custom: { X: x } }, 'key', 'X')).toEqual({
      outcome: bucket,
      warnings: [],
    });
  });

  it.each([
    ['P12', 'hashes an empty attribute', { identifier: 'id', email: '' }, 74, []],
    [
      'P13',
      'serves the flag without options when the attribute is absent',
      { identifier: 'id' },
      -1,
      ['percentageAttributeMissing'],
    ],
  ])('%s: %s', (_, _description, user, outcome, warnings) => {
    expect(evaluateOptions(everyBucket, user, 'key', 'Email')).toEqual({ outcome, warnings });
  });

  it.each([
    ['P14', [50, 40], 1],
    ['P15', [50, 20], 'InvalidConfigModelError: Sum of percentage option percentages is less than 100.'],
    ['P16', [-1, 101], 'InvalidConfigModelError: Percentage option percentage is invalid.'],
    ['P17', [79, 21], 1],
    ['P18', [80, 20], 0],
    ['none for nobody', [0, 100], 1],
    ['none for nobody behind', [80, 0, 20], 0],
  ])('%s: answers bucket 79 of the options %j with %s', (_, percentages, outcome) => {
    expect(evaluateOptions(percentages, { identifier: 'id' })).toEqual({ outcome, warnings: [] });
  });

  it.each([null, undefined])('serves the flag without options when the attribute is %s', (X) => {
    const user = { identifier: 'id', custom: { X } };
    expect(evaluateOptions(everyBucket, user, 'key', 'X')).toEqual({
      outcome: -1,
      warnings: ['percentageAttributeMissing'],
    });
  });

  it('names the missing attribute once', () => {
    const r = [{ p: [{ p: 100, v: { i: 0 } }] }, { p: [{ p: 100, v: { i: 1 } }] }];
    const document = { f: { key: { t: 2, v: { i: -1 }, a: 'X', r, p: [{ p: 100, v: { i: 2 } }] } } };
    expect(evaluateIn(document, 'key', { identifier: 'id' })).toEqual({
      outcome: -1,
      warnings: ['percentageAttributeMissing'],
    });
  });

  it('takes an empty list for no options', () => {
    expect(evaluateOptions([], { identifier: 'id' })).toEqual({ outcome: -1, warnings: [] });
  });

  it('names the missing user once', () => {
    const r = [{ c: [{ u: { a: 'X', c: 28, s: 'x' } }], s: { v: { i: 0 } } }, { p: [{ p: 100, v: { i: 1 } }] }];
    const document = { f: { key: { t: 2, v: { i: -1 }, r, p: [{ p: 100, v: { i: 2 } }] } } };
    expect(evaluateIn(document, 'key')).toEqual({ outcome: -1, warnings: ['userMissing'] });
  });
});
