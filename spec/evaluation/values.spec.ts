import { compile } from '../../src/evaluation/compile';
import { evaluateAll } from '../../src/evaluation/evaluate';
import { valuesOf } from '../../src/evaluation/values';
import { parseConfig } from '../../src/model/parse-config';

const isX = (s: string) => ({ c: [{ u: { a: 'X', c: 28, s } }] });
const number = (i: number) => ({ s: { v: { d: i } } });
const ruleset = compile([
  parseConfig(
    `{"f":${JSON.stringify({
      zero: { t: 3, v: { d: 1 }, r: [{ ...isX('plus'), ...number(0) }] },
      text: { t: 1, v: { s: 'a' }, r: [{ ...isX('other'), s: { v: { s: 'b' } } }] },
      broken: { t: 1, v: {} },
      toString: { t: 0, v: { b: true } },
    }).slice(0, -1)},"__proto__":{"t":0,"v":{"b":true}}}}`,
  ),
]);
const valuesFor = (X: string) =>
  valuesOf(
    ruleset,
    evaluateAll(ruleset, { identifier: 'id', custom: { X } }, () => undefined),
  );

describe('valuesOf', () => {
  it('has all values by key, null for those that fail', () => {
    const values = valuesFor('x');
    expect(Object.entries(values)).toEqual([
      ['zero', 1],
      ['text', 'a'],
      ['broken', null],
      ['toString', true],
      ['__proto__', true],
    ]);
    expect(Object.isFrozen(values)).toBe(true);
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  });

  it('is the same object as long as nothing differs, and no longer', () => {
    const values = valuesFor('x');
    expect(valuesFor('y')).toBe(values);
    const others = valuesFor('other');
    expect(others).not.toBe(values);
    expect(others).toMatchObject({ text: 'b', zero: 1 });
    expect(valuesFor('other')).toBe(others);
    expect(valuesFor('x')).toEqual(values);
    expect(valuesFor('plus')).toMatchObject({ zero: 0, text: 'a' });
  });

  it('tells no flags from nothing', () => {
    const empty = compile([parseConfig('{}')]);
    const values = valuesOf(empty, []);
    expect(values).toEqual({});
    expect(valuesOf(empty, [])).toBe(values);
  });
});
