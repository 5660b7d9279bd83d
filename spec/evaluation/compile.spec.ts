import * as fc from 'fast-check';
import { compile } from '../../src/evaluation/compile';
import { evaluate, isFailure } from '../../src/evaluation/evaluate';
import { parseConfig } from '../../src/model/parse-config';
import { randomConfig } from '../support/arbitraries';
import { booleanFlag } from '../support/evaluation';

const parse = (document: object) => parseConfig(JSON.stringify(document));
const text = (s: string, more: object = {}) => ({ t: 1, v: { s }, ...more });
const inSegment = (s: number) => ({ s: { s, c: 0 } });
const requires = (f: string) => ({ p: { f, c: 0, v: { b: true } } });

/** A config whose settings hang together: through a segment, and through a prerequisite. */
const base = {
  p: { s: 'salt' },
  s: [{ n: 'Beta', r: [{ a: 'Email', c: 28, s: 'kate@example.com' }] }, { n: 'Other' }],
  f: {
    plain: text('a'),
    beta: booleanFlag([inSegment(0)]),
    other: booleanFlag([inSegment(1)]),
    onBeta: booleanFlag([requires('beta')]),
    onPlain: booleanFlag([requires('missing')]),
    hashed: booleanFlag([{ u: { a: 'Email', c: 16, l: ['x'] } }]),
  },
};
const keys = Object.keys(base.f);

/** The settings that are compiled anew when one document follows another. */
function changed(before: object, after: object): string[] {
  const old = compile([parse(before)]);
  keys.forEach((key) => old.get(key));
  const now = compile([parse(after)], old);
  return keys.filter((key) => now.get(key) !== old.get(key));
}

describe('compile', () => {
  it.each<[string, object, string[]]>([
    ['nothing, whatever order members are in', { f: base.f, s: base.s, p: base.p }, []],
    ['the value of a setting', { ...base, f: { ...base.f, plain: text('b') } }, ['plain']],
    ['its variation ID', { ...base, f: { ...base.f, plain: text('a', { i: 'x' }) } }, ['plain']],
    ['a segment', { ...base, s: [{ n: 'Beta' }, { n: 'Other' }] }, ['beta', 'onBeta']],
    ['the name of a segment', { ...base, s: [base.s[0], { n: 'Third' }] }, ['other']],
    ['a prerequisite', { ...base, f: { ...base.f, beta: booleanFlag([]) } }, ['beta', 'onBeta']],
    ['a prerequisite that was missing', { ...base, f: { ...base.f, missing: booleanFlag([]) } }, ['onPlain']],
    [
      'a setting that is gone',
      { ...base, f: { plain: base.f.plain } },
      ['beta', 'other', 'onBeta', 'onPlain', 'hashed'],
    ],
    ['the salt', { ...base, p: { s: 'pepper' } }, ['hashed']],
    ['a salt that is gone', { ...base, p: {} }, ['hashed']],
  ])('compiles anew what depends on %s', (_, after, expected) => {
    expect(changed(base, after)).toEqual(expected);
  });

  it('compiles anew what lacked a salt that there is now', () => {
    expect(changed({ ...base, p: {} }, base)).toEqual(['hashed']);
  });

  it.each([
    ['first', 0],
    ['last', 1],
  ])('compiles anew what hashes in the %s of its segments alone, when the salt changes', (_, hashing) => {
    const rules = [0, 1].map((i) => [{ a: 'Email', ...(i === hashing ? { c: 16, l: ['x'] } : { c: 28, s: 'x' }) }]);
    const document = (salt: string) => ({
      p: { s: salt },
      s: rules.map((r, i) => ({ n: `segment ${i}`, r })),
      f: {
        plain: text('a'),
        beta: booleanFlag([inSegment(0), inSegment(1)]),
        onBeta: booleanFlag([requires('beta')]),
        other: booleanFlag([inSegment(1 - hashing)]),
      },
    });
    expect(changed(document('salt'), document('salt'))).toEqual([]);
    expect(changed(document('salt'), document('pepper'))).toEqual(['beta', 'onBeta']);
  });

  it('compiles settings anew whose prerequisites are circular', () => {
    const circular = { f: { plain: booleanFlag([requires('beta')]), beta: booleanFlag([requires('plain')]) } };
    expect(changed(circular, circular)).toEqual(expect.arrayContaining(['plain', 'beta']));
  });

  it('answers after other configs as if there had been none', () => {
    fc.assert(
      fc.property(fc.array(randomConfig, { minLength: 2, maxLength: 4 }), (configs) => {
        const user = { identifier: 'a', email: 'b@x.com', custom: { X: 'a' } };
        const valueOf = (ruleset: ReturnType<typeof compile>, key: string) => {
          const evaluation = evaluate(ruleset, key, null, user, () => undefined);
          return isFailure(evaluation) ? String(evaluation.exception) : evaluation.value;
        };
        let ruleset: ReturnType<typeof compile> | undefined;
        for (const { text: json, keys: randomKeys } of [...configs, ...configs]) {
          ruleset = compile([parseConfig(json)], ruleset);
          const alone = compile([parseConfig(json)]);
          const current = ruleset;
          expect(randomKeys.map((key) => valueOf(current, key))).toEqual(randomKeys.map((key) => valueOf(alone, key)));
        }
      }),
      { numRuns: 100, seed: 20261124 },
    );
  });

  it('takes each setting from the highest layer that has it, with the segments of that layer', () => {
    const lower = parse({
      s: [{ n: 'Nobody', r: [{ a: 'Email', c: 28, s: 'x' }] }],
      f: { a: text('low'), b: booleanFlag([inSegment(0)]) },
    });
    const upper = parse({
      s: [{ n: 'Everybody' }],
      f: { c: booleanFlag([inSegment(0), requires('b')]), a: text('high') },
    });
    const ruleset = compile([lower, upper]);
    const user = { identifier: 'id', email: 'x' };
    const values = ruleset.keys.map((key) => {
      const evaluation = evaluate(ruleset, key, null, user, () => undefined);
      return [key, isFailure(evaluation) ? evaluation.exception : evaluation.value];
    });
    expect(values).toEqual([
      ['a', 'high'],
      ['b', true],
      ['c', true],
    ]);
  });

  it('survives prerequisites that are nested too deeply', () => {
    const depth = 20_000;
    const flags = Array.from({ length: depth }, (_, i) => [`f${i}`, booleanFlag(i > 0 ? [requires(`f${i - 1}`)] : [])]);
    const document = { f: Object.fromEntries(flags) as object };
    const ruleset = compile([parse(document)]);
    const evaluation = evaluate(ruleset, `f${depth - 1}`, null, undefined, () => undefined);
    expect(isFailure(evaluation) && evaluation.exception).toBeInstanceOf(RangeError);
    expect(evaluate(ruleset, 'f1', null, undefined, () => undefined)).toMatchObject({ value: true });
    expect(compile([parse(document)], ruleset).get('f1')).toBe(ruleset.get('f1'));
  });

  it('compiles what is asked for and what that depends on, once', () => {
    const f = {
      top: booleanFlag([requires('left'), requires('right'), { u: { a: 'Email', c: 28, s: 'x' } }]),
      left: booleanFlag([requires('bottom')]),
      right: booleanFlag([requires('bottom'), requires('missing')]),
      bottom: booleanFlag([]),
      undefined: booleanFlag([]),
      other: booleanFlag([]),
    };
    const ruleset = compile([parse({ f })]);
    expect(ruleset.get('missing')).toBeUndefined();
    expect([...ruleset.compiled.keys()]).toEqual([]);
    const top = ruleset.get('top');
    expect([...ruleset.compiled.keys()]).toEqual(['bottom', 'left', 'right', 'top']);
    const bottom = ruleset.get('bottom');
    expect(ruleset.get('top')).toBe(top);
    expect(ruleset.get('bottom')).toBe(bottom);
  });

  it('finds a setting that cannot be read just as unreadable the next time', () => {
    const config = parse({ f: { top: booleanFlag([requires('middle')]), middle: booleanFlag([requires('broken')]) } });
    const unreadable = Object.create(config, {
      readSetting: {
        value: (key: string) => {
          if (key === 'broken') throw new RangeError('nested too deeply');
          return config.readSetting(key);
        },
      },
    }) as typeof config;
    const ruleset = compile([unreadable]);
    for (const key of ['top', 'middle', 'top', 'broken']) expect(() => ruleset.get(key)).toThrow('nested too deeply');
  });

  it('shares what is the same for many settings', () => {
    const config = parse({ f: { a: text('a'), b: text('b'), c: booleanFlag([requires('a')]) } });
    const ruleset = compile([config]);
    const [a, b, c] = ['a', 'b', 'c'].map((key) => ruleset.get(key)!);
    expect(a!.rules).toBe(b!.rules);
    expect(a!.dependencies).toBe(b!.dependencies);
    expect(c!.dependencies).toEqual({ usesSalt: false, segments: new Set(), prerequisites: new Set(['a']) });
    expect(ruleset.keys).toBe(config.keys);
  });
});
