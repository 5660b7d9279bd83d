import * as fc from 'fast-check';
import * as semver from 'semver';
import { compareVersions, parseVersion } from '../../src/evaluation/semver';

const pick = <T>(...items: readonly T[]) => fc.constantFrom(...items);
const rarely = <T>(common: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: common }, { weight: 1, arbitrary: rare });

const goodNumber = pick('0', '1', '2', '9', '10', '11', '9007199254740991');
const anyNumber = rarely(goodNumber, pick('', '01', '00', '-1', 'x', '9007199254740992', '٣', '1'.repeat(257)));
const goodIdentifier = pick(
  ...['0', '1', '2', '11', '9007199254740991', '9007199254740993', '99999999999999999999', '1'.repeat(120)],
  ...['a', 'A', 'b', 'alpha', 'beta', '-', '--', '0a', '1a', '01a', '-1', '1-', 'a'.repeat(120)],
);
const anyIdentifier = rarely(goodIdentifier, pick('', '01', '00', 'é', 'a_b', ' ', 'a+b', 'a'.repeat(250)));
const goodBuild = fc.array(rarely(goodIdentifier, pick('001')), { minLength: 1, maxLength: 3 });

const core = (number: fc.Arbitrary<string>) => fc.tuple(number, number, number).map((numbers) => numbers.join('.'));
const suffix = (sign: string, identifiers: fc.Arbitrary<string[]>) =>
  fc.option(
    identifiers.map((items) => sign + items.join('.')),
    { nil: '' },
  );
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));
const prerelease = fc.array(goodIdentifier, { minLength: 1, maxLength: 3 });
const blanks = pick('', '', '', ' ', '\t', '\n', '\u00a0', '\ufeff', ' '.repeat(300));

const validVersion = joined(core(goodNumber), suffix('-', prerelease), suffix('+', goodBuild)).filter(
  (text) => text.length <= 256,
);
const anyVersion = fc.oneof(
  joined(
    blanks,
    rarely(pick('', '', 'v'), pick('V', '=', 'vv', 'v ', '^', '~')),
    rarely(core(anyNumber), pick('1', '1.0', '1.0.0.0', 'latest', '', '1.x', '1..0')),
    suffix('-', fc.array(anyIdentifier, { maxLength: 3 })),
    suffix('+', fc.array(anyIdentifier, { maxLength: 3 })),
    rarely(blanks, pick('-', '+', '.', ' x')),
  ),
  validVersion,
  fc.string({ unit: pick(...Array.from('0123456789.-+vaA ')) }),
);

/** What the `semver` package makes of a version; its limit of 256 characters counts surrounding blanks, ours does not. */
const reference = (text: string) => semver.parse(text.trim());

describe('parseVersion', () => {
  it('accepts what the semver package accepts', () => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(anyVersion, (text) => {
        const isValid = reference(text) !== null;
        seen[isValid ? 'valid' : 'invalid']++;
        expect(parseVersion(text) !== undefined).toBe(isValid);
      }),
      { numRuns: 5000 },
    );
    expect(seen.valid).toBeGreaterThan(1000);
    expect(seen.invalid).toBeGreaterThan(500);
  });

  it.each([
    [256, true],
    [257, false],
  ])('finds %i characters valid: %s', (length, isValid) => {
    const texts = ['1.0.0-', '1.0.0+', 'v1.0.0-'].map((start) => start.padEnd(length, 'a'));
    for (const text of texts) {
      expect(parseVersion(text) !== undefined).toBe(isValid);
      expect(parseVersion(` ${text} `) !== undefined).toBe(isValid);
      expect(reference(text) !== null).toBe(isValid);
    }
  });

  it.each([
    ['1.2.3', [1, 2, 3], []],
    [' v1.2.3 ', [1, 2, 3], []],
    ['1.2.3-a.1.0b+001', [1, 2, 3], ['a', 1, '0b']],
    ['10.20.30-x.y9z.0.a1', [10, 20, 30], ['x', 'y9z', 0, 'a1']],
    ['1.2.3+x.y9z.12.-', [1, 2, 3], []],
  ])('reads %j', (text, numbers, identifiers) => {
    expect(parseVersion(text)).toEqual({ numbers, prerelease: identifiers });
  });
});

describe('compareVersions', () => {
  const order = (a: string, b: string) => Math.sign(compareVersions(parseVersion(a)!, parseVersion(b)!));
  // Pairs that have much in common, so that the last parts decide as often as the first.
  const pair = fc.oneof(
    fc.tuple(validVersion, validVersion),
    fc.tuple(core(goodNumber), prerelease, prerelease).map(([start, a, b]) => pairOf(start, a, b)),
    fc
      .tuple(core(goodNumber), prerelease, prerelease)
      .map(([start, a, b]) => pairOf(start, a, [...a.slice(0, -1), ...b])),
    fc.tuple(core(goodNumber), prerelease).map(([start, a]): [string, string] => [start, `${start}-${a.join('.')}`]),
    fc.tuple(core(goodNumber), goodBuild).map(([start, a]): [string, string] => [start, `${start}+${a.join('.')}`]),
  );
  const pairOf = (start: string, a: readonly string[], b: readonly string[]): [string, string] => [
    `${start}-${a.join('.')}`,
    `${start}-${b.join('.')}`,
  ];

  it('orders numbers, releases and identifiers', () => {
    const ascending = [
      ...['0.0.1', '0.0.2', '0.1.0', '0.10.0', '1.0.0-0', '1.0.0-2', '1.0.0-10', '1.0.0-10.0', '1.0.0-10.a'],
      ...['1.0.0--', '1.0.0-1a', '1.0.0-A', '1.0.0-a', '1.0.0-a.1', '1.0.0-a.b', '1.0.0-b', '1.0.0', '1.0.1', '10.0.0'],
    ];
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) expect([a, b, order(a, b)]).toEqual([a, b, Math.sign(i - j)]);
    }
  });

  it('orders as the semver package does', () => {
    const seen = new Map<number, number>();
    fc.assert(
      fc.property(
        pair.filter((texts) => texts.every((text) => text.length <= 256)),
        ([a, b]) => {
          const expected = semver.compare(a, b);
          seen.set(expected, (seen.get(expected) ?? 0) + 1);
          expect(order(a, b)).toBe(expected);
          expect(order(b, a)).toBe(semver.compare(b, a));
          expect(order(a, a)).toBe(0);
        },
      ),
      { numRuns: 5000 },
    );
    for (const expected of [-1, 0, 1]) expect(seen.get(expected)).toBeGreaterThan(200);
  });
});
