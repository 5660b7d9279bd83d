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

  it('keeps apart what would be in the same place', () => {
    const memo = createMemo();
    const computations = Array.from({ length: 600 }, () => memo.start());
    const compute = (text: string, subject: number) => `${text}${subject}`;
    for (let round = 0; round < 3; round++) {
      for (const computation of computations) {
        for (const text of ['', 'a']) {
          expect(memo.recall(computation, text, compute, computation)).toBe(`${text}${computation}`);
        }
      }
    }
  });

  it('remembers no text that is too long to be kept', () => {
    for (const [length, times] of [
      [256, 1],
      [257, 2],
    ] as const) {
      const compute = jest.fn((text: string) => text.length);
      const remembering = createMemo().wrap(compute);
      remembering('x'.repeat(length));
      remembering('x'.repeat(length));
      expect(compute).toHaveBeenCalledTimes(times);
    }
  });

  it('remembers from the first text on', () => {
    const compute = jest.fn((text: string) => text.length);
    const remembering = createMemo().wrap(compute);
    for (const text of ['a', 'a', 'b', 'b', 'a', '', '']) remembering(text);
    expect(compute.mock.calls).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['', undefined],
    ]);
  });

  it('keeps what it remembers when it takes more places', () => {
    // Those of one character are in different places, if there are as many.
    const texts = Array.from({ length: 1024 }, (_, i) => String.fromCharCode(i));
    const compute = jest.fn((text: string) => text);
    const remembering = createMemo().wrap(compute);
    for (const text of texts.slice(0, 160)) remembering(text);
    for (const text of texts.slice(0, 160)) expect(remembering(text)).toBe(text);
    expect(compute).toHaveBeenCalledTimes(160);
    for (let round = 0; round < 2; round++) for (const text of texts) for (let i = 0; i < 2; i++) remembering(text);
    expect(compute).toHaveBeenCalledTimes(1024);
  });

  it('remembers thousands of texts, and no more, however many there are', () => {
    const compute = jest.fn((text: string) => text);
    const remembering = createMemo().wrap(compute);
    const countOf = (texts: readonly string[]) => {
      compute.mockClear();
      for (const text of texts) {
        remembering(text);
        // What comes again keeps it looking.
        remembering('often');
      }
      return compute.mock.calls.length;
    };
    const texts = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
    countOf(texts);
    const last = texts.slice(-10_000);
    const computed = countOf(last);
    expect(computed).toBeGreaterThanOrEqual(10_000 - 4096);
    expect(countOf(last.slice(-2048))).toBeLessThan(900);
  });

  describe('where texts do not come again', () => {
    /** Asks for 512 texts, of which so many have come before, and for others then. */
    function asker(comeAgain: number) {
      const compute = jest.fn((text: string) => text.length);
      const remembering = createMemo().wrap(compute);
      const sample = (name: string) => {
        for (let i = 0; i <= comeAgain; i++) remembering('again');
        for (let i = comeAgain + 1; i < 512; i++) remembering(`${name}-${i}`);
      };
      sample('first');
      return {
        sample,
        computedOf: (text: string, times: number) => {
          compute.mockClear();
          for (let i = 0; i < times; i++) remembering(text);
          return compute.mock.calls.length;
        },
      };
    }

    it.each([
      [15, 2],
      [16, 1],
    ])('stops looking, if no more than %i of 512 have come again', (comeAgain, computed) => {
      expect(asker(comeAgain).computedOf('x', 2)).toBe(computed);
    });

    it('looks again after 8192 others', () => {
      const { computedOf, sample } = asker(0);
      expect(computedOf('x', 8192)).toBe(8192);
      expect(computedOf('x', 2)).toBe(1);
      sample('second');
      expect(computedOf('y', 8192)).toBeGreaterThan(8000);
    });

    it('counts anew after each 512', () => {
      const { computedOf, sample } = asker(40);
      sample('second');
      expect(computedOf('x', 2)).toBe(1);
      for (let i = 0; i < 1024; i++) computedOf(`distinct-${i}`, 1);
      expect(computedOf('y', 2)).toBe(2);
    });
  });
});
