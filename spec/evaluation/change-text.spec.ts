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

  it('shows flags that are new or gone with all their lines', () => {
    expect(textOf({ f: { a: { t: 1, ...text('x') } } }, { f: { b: { t: 1, ...text('y') } } })).toBe(
      ['b (added)', "+ OTHERWISE 'y'", 'a (removed)', "- OTHERWISE 'x'"].join('\n'),
    );
  });
});
