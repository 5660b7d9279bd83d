import * as fc from 'fast-check';
import { createMemo } from '../../src/evaluation/memo';

describe('createMemo', () => {
  it('answers like the computations that it wraps', () => {
    const memo = createMemo();
    const computations = Array.from({ length: 40 }, (_, i) => (text: string) => `${text}${i}`);
    const wrapped = computations.map((compute) => memo.wrap(compute));
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.nat(39), (text, i) => {
        expect(wrapped[i]!(text)).toBe(computations[i]!(text));
        expect(wrapped[i]!(text)).toBe(computations[i]!(text));
      }),
      { numRuns: 2000, seed: 20261124 },
    );
  });

  it('computes once for a text that comes again, in all wrappers of the same computation', () => {
    const compute = jest.fn((text: string) => text.length);
    const memo = createMemo();
    const users = Array.from({ length: 100 }, (_, i) => `user-${i}@example.com`);
    for (let i = 0; i < 10; i++) for (const user of users) memo.wrap(compute)(user);
    // Some claim the same place, until there are more.
    expect(compute.mock.calls.length).toBeLessThan(250);
  });

  it('keeps apart what computations are about', () => {
    const memo = createMemo();
    const [first, second] = [memo.start(), memo.start()];
    const compute = jest.fn((text: string, subject: string) => subject + text);
    for (let i = 0; i < 3; i++) {
      expect(memo.recall(first, 'x', compute, 'a')).toBe('ax');
      expect(memo.recall(second, 'x', compute, 'b')).toBe('bx');
    }
    expect(compute).toHaveBeenCalledTimes(2);
  });

  it('remembers no text that is too long to be kept', () => {
    const compute = jest.fn((text: string) => text.length);
    const remembering = createMemo().wrap(compute);
    remembering('x'.repeat(257));
    remembering('x'.repeat(257));
    expect(compute).toHaveBeenCalledTimes(2);
  });
});
