import * as fc from 'fast-check';
import { createTextSet } from '../../src/evaluation/text-set';

const runs = { numRuns: 500, seed: 20261130 };

/** Short texts of few characters, so that those of the list and others share lengths and characters. */
const similar = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', '\u0000'), maxLength: 6 });
const any = fc.oneof(similar, fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }));

describe('createTextSet', () => {
  it('holds what a set holds, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 60 }), fc.array(any), (items, others) => {
        const [set, expected] = [createTextSet(items), new Set(items)];
        for (const text of [...items, ...others]) expect([text, set.has(text)]).toEqual([text, expected.has(text)]);
      }),
      runs,
    );
  });

  it('holds texts however they were made', () => {
    const set = createTextSet(Array.from({ length: 1000 }, (_, i) => `user-${i}@example.com`));
    const whole = Array.from({ length: 1000 }, (_, i) => `user-${i}@example.com`).join(' ');
    expect(whole.split(' ').every((text) => set.has(text))).toBe(true);
    expect(set.has(['user', '-', 7, '@example.com'].join(''))).toBe(true);
    expect(set.has('user-'.concat('7', '@example', '.com'))).toBe(true);
    expect(set.has(whole.slice(1, 19))).toBe(false);
  });

  it('looks at nothing but the length where no text has it', () => {
    const set = createTextSet(Array.from({ length: 20 }, (_, i) => `user-${i + 10}`));
    const charCodeAt = jest.spyOn(String.prototype, 'charCodeAt');
    const has = jest.spyOn(Set.prototype, 'has');
    try {
      expect(['user-1', 'user-123', '', 'u'].map((text) => set.has(text))).toEqual([false, false, false, false]);
      expect(charCodeAt).not.toHaveBeenCalled();
      expect(has).not.toHaveBeenCalled();
    } finally {
      charCodeAt.mockRestore();
      has.mockRestore();
    }
  });

  it.each([
    ['identifiers in a row', (i: number) => `user-${i + 1000}`, (i: number) => `user-${i + 5000}`],
    ['identifiers of other lengths', (i: number) => `user-${i}`, (i: number) => `visitor-${i}`],
    [
      'addresses of one domain',
      (i: number) => `${nameOf(i)}@example.com`,
      (i: number) => `${nameOf(i + 3000)}@example.com`,
    ],
    ['random identifiers', (i: number) => idOf(i), (i: number) => idOf(i + 3000)],
  ])('does not compute hashes for most of what it does not hold: %s', (_, held, other) => {
    const items = Array.from({ length: 1000 }, (_, i) => held(i));
    const has = jest.spyOn(Set.prototype, 'has');
    try {
      const set = createTextSet(items);
      has.mockClear();
      for (let i = 0; i < 1000; i++) set.has(other(i));
      expect(has.mock.calls.length).toBeLessThan(500);
    } finally {
      has.mockRestore();
    }
  });
});

function nameOf(i: number): string {
  return (Math.imul(i, 2654435761) >>> 0).toString(36);
}

function idOf(i: number): string {
  const part = (seed: number) => (Math.imul(i + seed, 2654435761) >>> 0).toString(16).padStart(8, '0');
  return `${part(1)}-${part(7919).slice(0, 4)}-4000-8000-${part(104729)}`;
}
