import { compile } from '../../src/evaluation/compile';
import {
  createMemo,
  createTextSet,
  decideCached,
  noteAttributes,
  readerOf,
  startAttributes,
} from '../../src/evaluation/no-memory';
import { createScope } from '../../src/evaluation/scope';
import { parseConfig } from '../../src/model/parse-config';
import { booleanFlag } from '../support/evaluation';

describe('what browsers have in the place of memory', () => {
  it('computes each time', () => {
    const memo = createMemo();
    const compute = jest.fn((text: string, subject?: string) => `${text}${subject ?? ''}`);
    const wrapped = memo.wrap(compute);
    expect([wrapped('a'), wrapped('a'), memo.recall(memo.start(), 'a', compute, 'b')]).toEqual(['a', 'a', 'ab']);
    expect(compute).toHaveBeenCalledTimes(3);
    expect(memo.start()).toBe(0);
  });

  it('looks texts up in a set', () => {
    const texts = createTextSet(['a', 'b']);
    expect(['a', 'b', 'c', ''].map((text) => texts.has(text))).toEqual([true, true, false, false]);
  });

  it('decides each time', () => {
    const config = parseConfig(JSON.stringify({ f: { k: booleanFlag([{ u: { a: 'X', c: 28, s: 'x' } }]) } }));
    const setting = compile([config]).get('k')!;
    const warnings: unknown[] = [];
    const valueFor = (X: unknown) =>
      decideCached(setting, { identifier: 'id', custom: { X: X as string } }, (...warning) => warnings.push(warning))
        .value;
    expect([valueFor('x'), valueFor('x'), valueFor('y'), valueFor('x'), valueFor('')]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(warnings).toEqual([['attributeMissing', 'k', expect.objectContaining({ attribute: 'X' }), undefined]]);
    expect(setting).toMatchObject({ isKnown: false, last: undefined });
  });

  it('keeps no list of attributes', () => {
    startAttributes();
    const context = { attributes: undefined } as Parameters<typeof createScope>[1];
    const scope = createScope('k', context);
    expect(readerOf('Email', scope)({ email: 'e' })).toBe('e');
    noteAttributes();
    expect(scope.attributes).toBeUndefined();
  });
});
