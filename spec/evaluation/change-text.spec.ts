import * as fc from 'fast-check';
import { describeChange } from '../../src';
import { compareRulesets } from '../../src/evaluation/changes';
import { compile } from '../../src/evaluation/compile';
import { parseConfig } from '../../src/model/parse-config';

const ruleset = (document: object) => compile([parseConfig(JSON.stringify(document))]);
const textOf = (before: object, after: object) =>
  compareRulesets(ruleset(before), ruleset(after)).map(describeChange).join('\n');

const text = (s: string) => ({ v: { s } });
const endsWith = (...l: string[]) => ({ u: { a: 'Email', c: 32, l } });

describe('describeChange', () => {
  it('shows rules line by line, with what is gone and what is new', () => {
    const flag = (...rules: object[]) => ({ f: { theme: { t: 1, ...text('light'), r: rules } } });
    const rule = (value: string, ...domains: string[]) => ({ c: [endsWith(...domains)], s: text(value) });
    const before = flag(rule('a', '@a.com'), rule('b', '@b.com'), rule('c', '@c.com'));
    const after = flag(rule('a', '@a.com'), rule('b', '@b.com', '@b.org'), { s: text('d') }, rule('c', '@c.com'));
    expect(textOf(before, after)).toBe(
      [
        'theme (own-rules)',
        "  IF User.Email ENDS WITH ANY OF ['@a.com'] THEN 'a'",
        "- IF User.Email ENDS WITH ANY OF ['@b.com'] THEN 'b'",
        "+ IF User.Email ENDS WITH ANY OF ['@b.com', '@b.org'] THEN 'b'",
        "+ ALWAYS THEN 'd'",
        "  IF User.Email ENDS WITH ANY OF ['@c.com'] THEN 'c'",
        "  OTHERWISE 'light'",
      ].join('\n'),
    );
  });

  it('shows percentage options, segments and prerequisites', () => {
    const document = (percentage: number, domain: string) => ({
      s: [{ n: 'Beta', r: [{ a: 'Email', c: 32, l: [domain] }] }],
      f: {
        main: { t: 0, v: { b: false }, r: [{ c: [{ s: { s: 0, c: 0 } }], s: { v: { b: true }, i: 'v-on' } }] },
        split: {
          t: 1,
          ...text('none'),
          a: 'Country',
          r: [
            {
              c: [{ p: { f: 'main', c: 0, v: { b: true } } }, endsWith('@a.com')],
              p: [{ p: 100, ...text('x') }],
            },
          ],
          p: [percentage, 100 - percentage].map((p) => ({ p, ...text(String(p)) })),
        },
      },
    });
    expect(textOf(document(20, '@a.com'), document(30, '@b.com'))).toBe(
      [
        'main (segment)',
        "  IF User IS IN SEGMENT 'Beta' THEN 'true' (v-on)",
        "  OTHERWISE 'false'",
        "- SEGMENT 'Beta': User.Email ENDS WITH ANY OF ['@a.com']",
        "+ SEGMENT 'Beta': User.Email ENDS WITH ANY OF ['@b.com']",
        'split (own-rules, prerequisite)',
        "  IF Flag 'main' EQUALS 'true' AND User.Email ENDS WITH ANY OF ['@a.com'] THEN 100%: 'x'",
        "- 20%: '20' BY User.Country",
        "- 80%: '80' BY User.Country",
        "+ 30%: '30' BY User.Country",
        "+ 70%: '70' BY User.Country",
        "  OTHERWISE 'none'",
      ].join('\n'),
    );
  });

  it('shows what means nothing as such', () => {
    const setting = {
      t: 1,
      v: {},
      r: [
        { c: [{}], ...{ s: { v: {} } } },
        { c: [] },
        { c: [{ s: { s: 0, c: 0 } }, { s: { s: 7, c: 1 } }], s: text('a') },
      ],
      p: [{ p: 100, v: {} }],
    };
    expect(textOf({ f: {} }, { f: { odd: setting }, s: [{ n: 'All' }] }).split('\n')).toEqual([
      'odd (added)',
      "+ IF <invalid condition> THEN '<invalid value>'",
      '+ ALWAYS THEN ',
      "+ IF User IS IN SEGMENT 'All' AND User IS NOT IN SEGMENT '<invalid reference>' THEN 'a'",
      "+ 100%: '<invalid value>'",
      "+ OTHERWISE '<invalid value>'",
      "+ SEGMENT 'All': everybody",
    ]);
  });

  it('joins options and conditions', () => {
    const r = [{ c: [{ s: { s: 0, c: 0 } }], p: [20, 80].map((p) => ({ p, ...text(String(p)), i: `v${p}` })) }];
    const s = [{ n: 'Two', r: [endsWith('@a.com').u, { a: 'Country', c: 28, s: 'AT' }] }];
    expect(textOf({ f: {} }, { f: { on: { t: 1, ...text('x'), r, i: 'own' } }, s }).split('\n')).toEqual([
      'on (added)',
      "+ IF User IS IN SEGMENT 'Two' THEN 20%: '20' (v20), 80%: '80' (v80)",
      "+ OTHERWISE 'x' (own)",
      "+ SEGMENT 'Two': User.Email ENDS WITH ANY OF ['@a.com'] AND User.Country EQUALS 'AT'",
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    ['a', 'ba', ['+b', ' a']],
    ['ab', 'b', ['-a', ' b']],
    ['xab', 'abx', ['-x', ' a', ' b', '+x']],
    ['abx', 'xab', ['+x', ' a', ' b', '-x']],
    ['', 'ab', ['+a', '+b']],
    ['ab', '', ['-a', '-b']],
    ['abc', 'axc', [' a', '-b', '+x', ' c']],
    ['abcabba', 'cbabac', ['-a', '-b', ' c', '-a', ' b', '+a', ' b', ' a', '+c']],
  ])('goes from the lines %j to %j by the shortest way', (before, after, expected) => {
    expect(linesOf(before, after)).toEqual(expected);
  });

  it('goes by a shortest way, from any lines to any others', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 }).map((items) => items.join(''));
    const common = (a: string, b: string): number =>
      a === '' || b === ''
        ? 0
        : a.startsWith(b.slice(0, 1))
          ? 1 + common(a.slice(1), b.slice(1))
          : Math.max(common(a.slice(1), b), common(a, b.slice(1)));
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        const lines = linesOf(before, after);
        const those = (signs: string) =>
          lines
            .filter((line) => signs.includes(line[0]!))
            .map((line) => line[1])
            .join('');
        expect([those('- '), those('+ '), those(' ').length]).toEqual([before, after, common(before, after)]);
      }),
      { numRuns: 300 },
    );
  });

  /** How rules change that serve these letters. */
  function linesOf(before: string, after: string): string[] {
    const flag = (letters: string, more: object) => ({
      f: { k: { t: 1, ...text('-'), r: Array.from(letters, (letter) => ({ s: text(letter) })), ...more } },
    });
    // Something else must differ, for what is the same is no change.
    return textOf(flag(before, {}), flag(after, { a: 'X' }))
      .split('\n')
      .slice(1, -1)
      .map((line) => line.replace(/ (ALWAYS THEN)? '(.)'/, '$2').replace(/^([-+ ]) .*'(.)'$/, '$1$2'));
  }

  it('shows flags that are new or gone with all their lines', () => {
    expect(textOf({ f: { a: { t: 1, ...text('x') } } }, { f: { b: { t: 1, ...text('y') } } })).toBe(
      ['b (added)', "+ OTHERWISE 'y'", 'a (removed)', "- OTHERWISE 'x'"].join('\n'),
    );
  });
});
