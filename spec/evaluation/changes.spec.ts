import { compareRulesets } from '../../src/evaluation/changes';
import { compile } from '../../src/evaluation/compile';
import type { InternalConfig } from '../../src/model/config';
import { parseConfig } from '../../src/model/parse-config';
import { booleanFlag } from '../support/evaluation';

const parse = (document: object) => parseConfig(JSON.stringify(document));
const inSegment = (s: number) => ({ s: { s, c: 0 } });
const requires = (f: string) => ({ p: { f, c: 0, v: { b: true } } });
const hashes = { u: { a: 'Email', c: 16, l: ['x'] } };
const text = (s: string, more: object = {}) => ({ t: 1, v: { s }, ...more });

const rulesetOf = (...layers: readonly object[]) => {
  const ruleset = compile(layers.map(parse));
  ruleset.keys.forEach((key) => ruleset.get(key));
  return ruleset;
};
const reasons = (before: readonly object[], after: readonly object[]) =>
  compareRulesets(rulesetOf(...before), rulesetOf(...after)).map(({ key, reasons }) => `${key}: ${reasons.join()}`);

describe('compareRulesets', () => {
  const base = {
    p: { s: 'salt' },
    s: [
      { n: 'A', r: [{ a: 'Email', c: 28, s: 'x' }] },
      { n: 'B', r: [{ a: 'Email', c: 16, l: ['x'] }] },
    ],
    f: {
      plain: text('a'),
      hashed: booleanFlag([hashes]),
      inA: booleanFlag([inSegment(0)]),
      inB: booleanFlag([inSegment(1)]),
      onPlain: booleanFlag([requires('plain')]),
      onB: booleanFlag([requires('inB')]),
      onOnB: booleanFlag([requires('onB'), requires('plain')]),
    },
  };
  const withFlags = (f: object) => ({ ...base, f: { ...base.f, ...f } });

  it.each<[string, object, readonly string[]]>([
    ['nothing', base, []],
    ['the order of members', { f: base.f, s: base.s, p: { s: 'salt' } }, []],
    ['the order of the members of a setting', withFlags({ plain: { v: { s: 'a' }, t: 1 } }), []],
    ['a value', withFlags({ plain: text('b') }), ['plain: own-rules', 'onPlain: prerequisite', 'onOnB: prerequisite']],
    [
      'the salt',
      { ...base, p: { s: 'pepper' } },
      ['hashed: salt', 'inB: salt', 'onB: prerequisite', 'onOnB: prerequisite'],
    ],
    ['a segment', { ...base, s: [{ n: 'A' }, base.s[1]] }, ['inA: segment']],
    [
      'all of it',
      {
        p: { s: 'pepper' },
        s: [{ n: 'A' }, { n: 'B', r: [{ a: 'Email', c: 16, l: ['y'] }] }],
        f: {
          inB: booleanFlag([inSegment(1), hashes]),
          onB: booleanFlag([requires('inB'), requires('inB')]),
          added: text('x'),
        },
      },
      [
        'inB: own-rules,salt,segment',
        'onB: own-rules,prerequisite',
        'added: added',
        'plain: removed',
        'hashed: removed',
        'inA: removed',
        'onPlain: removed',
        'onOnB: removed',
      ],
    ],
  ])('tells what comes of a change of %s', (_, after, expected) => {
    expect(reasons([base], [after])).toEqual(expected);
  });

  it('says nothing of prerequisites that are missing before and after', () => {
    const document = { f: { a: booleanFlag([requires('missing'), requires('b')]), b: text('b') } };
    expect(reasons([document], [document])).toEqual([]);
    expect(reasons([document], [{ f: { ...document.f, missing: booleanFlag([]) } }])).toEqual([
      'a: prerequisite',
      'missing: added',
    ]);
    expect(reasons([{ f: { ...document.f, missing: booleanFlag([]) } }], [document])).toEqual([
      'a: prerequisite',
      'missing: removed',
    ]);
  });

  it('says nothing of circles that stay as they are', () => {
    const document = (s: string) => ({
      f: { a: booleanFlag([requires('b')]), b: booleanFlag([requires('a'), requires('c')]), c: text(s) },
    });
    expect(reasons([document('x')], [document('x')])).toEqual([]);
    expect(reasons([document('x')], [document('y')])).toEqual(['a: prerequisite', 'b: prerequisite', 'c: own-rules']);
  });

  it('takes each setting from the highest layer that has it, with salt and segments of that layer', () => {
    const low = (salt: string, segment: string) => ({
      p: { s: salt },
      s: [{ n: segment }],
      f: { both: text('low'), low: booleanFlag([hashes, inSegment(0)]) },
    });
    const high = (salt: string, segment: string) => ({
      p: { s: salt },
      s: [{ n: segment }],
      f: { both: text('high'), high: booleanFlag([hashes, inSegment(0)]) },
    });
    const before = [low('a', 'A'), high('a', 'A')];
    expect(reasons(before, [low('b', 'A'), high('a', 'A')])).toEqual(['low: salt']);
    expect(reasons(before, [low('a', 'B'), high('a', 'A')])).toEqual(['low: segment']);
    expect(reasons(before, [low('a', 'A'), high('b', 'A')])).toEqual(['high: salt']);
    expect(reasons(before, [low('a', 'A'), high('a', 'B')])).toEqual(['high: segment']);
    expect(reasons(before, [low('a', 'A')])).toEqual(['both: own-rules', 'high: removed']);
    expect(reasons([low('a', 'A')], before)).toEqual(['both: own-rules', 'high: added']);
  });

  it('has each setting before and after, with the segments of its config', () => {
    const [change] = compareRulesets(rulesetOf(base), rulesetOf({ ...base, s: [{ n: 'C' }, base.s[1]] }));
    expect(change).toMatchObject({
      key: 'inA',
      before: { setting: { key: 'inA' } },
      after: { setting: { key: 'inA' } },
    });
    expect([change!.before!.segment(0)?.name, change!.after!.segment(0)?.name]).toEqual(['A', 'C']);
    expect(change!.after!.segment(7)).toBeUndefined();
    const changes = compareRulesets(rulesetOf({ f: { gone: text('x') } }), rulesetOf({ f: { fresh: text('x') } }));
    expect(changes.map(({ key, before, after }) => [key, before?.setting.key, after?.setting.key])).toEqual([
      ['fresh', undefined, 'fresh'],
      ['gone', 'gone', undefined],
    ]);
  });
});

describe('compile, after other layers', () => {
  const keptKeys = (before: readonly InternalConfig[], after: readonly InternalConfig[]) => {
    const old = compile(before);
    old.keys.forEach((key) => old.get(key));
    const ruleset = compile(after, old);
    return ruleset.keys.filter((key) => ruleset.get(key) === old.get(key));
  };
  const low = (b: string) => parse({ f: { a: text('low'), b: text(b), onB: booleanFlag([requires('b')]) } });
  const high = (c: string, more: object = {}) => parse({ f: { a: text('high'), c: text(c), ...more } });

  it('keeps what is the same in the layer that it comes from', () => {
    expect(keptKeys([low('x'), high('x')], [low('x'), high('x')])).toEqual(['a', 'b', 'onB', 'c']);
    expect(keptKeys([low('x'), high('x')], [low('y'), high('x')])).toEqual(['a', 'c']);
    expect(keptKeys([low('x'), high('x')], [low('x'), high('y')])).toEqual(['a', 'b', 'onB']);
    expect(keptKeys([low('x'), high('x')], [low('x')])).toEqual(['b', 'onB']);
    expect(keptKeys([low('x'), high('x')], [low('x'), high('x', { b: text('z') })])).toEqual(['a', 'c']);
    expect(keptKeys([low('x')], [low('x'), high('x')])).toEqual(['b', 'onB']);
    expect(keptKeys([low('x'), high('x', { b: text('x') })], [low('x'), high('x')])).toEqual(['a', 'b', 'onB', 'c']);
  });

  it.each(['settingJson', 'segmentJson'])('keeps nothing where %s cannot be compared', (member) => {
    const document = { s: [{ n: 'A' }], f: { a: text('a'), b: booleanFlag([inSegment(0)]), c: text('c') } };
    const broken = Object.create(parse(document), {
      [member]: {
        value: (key: string | number) => {
          if (key === 'c' || key === 0) throw new RangeError('nested too deeply');
          return key === 'a' ? parse(document).settingJson('a') : parse(document).settingJson('b');
        },
      },
    }) as InternalConfig;
    expect(keptKeys([parse(document)], [broken])).toEqual([]);
  });
});
