import { EvaluationError, InvalidConfigModelError } from '../../src/errors';
import { compile } from '../../src/evaluation/compile';
import type { DefaultValue, Evaluation } from '../../src/evaluation/evaluate';
import { evaluate, evaluateAll, failed, failureMessage, isFailure, matchedBy } from '../../src/evaluation/evaluate';
import { configV5 } from '../../src/formats/v5';
import { parseConfig } from '../../src/model/parse-config';
import type { User } from '../../src/model/user';

const rulesetOf = (document: object) => compile([parseConfig(JSON.stringify(document), undefined, [configV5])]);
const anybody = { identifier: 'id' };
const quiet = () => undefined;
const outcomeOf = (evaluation: Evaluation) =>
  isFailure(evaluation) ? [evaluation.errorCode, failureMessage(evaluation)] : evaluation.value;

describe('evaluate', () => {
  const values = {
    boolean: { t: 0, v: { b: true } },
    string: { t: 1, v: { s: 'x' } },
    int: { t: 2, v: { i: 5 } },
    double: { t: 3, v: { d: 1.5 } },
  };
  const ruleset = rulesetOf({ f: { ...values, odd: { t: 9, v: { b: true } }, empty: { t: 0, v: {} } } });
  const defaults: readonly (readonly [type: string, value: unknown, fits: readonly string[]])[] = [
    ['boolean', false, ['boolean']],
    ['string', '', ['string']],
    ['number', 0, ['int', 'double']],
    ['undefined', undefined, ['boolean', 'string', 'int', 'double']],
    ['object', null, ['boolean', 'string', 'int', 'double']],
  ];

  it.each(defaults)('takes a default value of type %s for settings of the same type only', (type, value, fits) => {
    for (const [key, { v }] of Object.entries(values)) {
      const name = key[0]!.toUpperCase() + key.slice(1);
      const expected = fits.includes(key)
        ? (Object.values(v)[0] as unknown)
        : [
            2,
            `EvaluationError: The type of a setting must match the type of the specified default value. Setting's type was ${name} but the default value's type was ${type}. ` +
              `Please use a default value which corresponds to the setting type ${name}. Learn more: https://configcat.com/docs/sdk-reference/js/overview/#setting-type-mapping`,
          ];
      expect([key, outcomeOf(evaluate(ruleset, key, value as DefaultValue, anybody, quiet))]).toEqual([key, expected]);
    }
  });

  it('finds no type in a setting that has none, whatever the default value', () => {
    for (const value of [false, '', 0, null, undefined]) {
      expect(outcomeOf(evaluate(ruleset, 'odd', value, anybody, quiet))).toEqual([
        1,
        'InvalidConfigModelError: Setting type is invalid.',
      ]);
    }
  });

  it('finds no value where there is none', () => {
    expect(outcomeOf(evaluate(ruleset, 'empty', null, anybody, quiet))).toEqual([
      1,
      'InvalidConfigModelError: Setting value is missing or invalid.',
    ]);
  });

  it('compares values of the previous format, which may be of any type, with the default value', () => {
    const f = Object.fromEntries(
      [true, 'x', 5].flatMap((v) => [0, 1, 2].map((t) => [`${typeof v}${t}`, { v, t, p: [], r: [] }])),
    );
    const old = rulesetOf({ f });
    for (const [key, { v }] of Object.entries(f)) {
      for (const value of [false, '', 0]) {
        const outcome = outcomeOf(evaluate(old, key, value, anybody, quiet));
        if (typeof v === typeof value) expect([key, outcome]).toEqual([key, v]);
        else
          expect([key, outcome]).toMatchObject([
            key,
            [2, expect.stringContaining(`default value's type was ${typeof value}.`)],
          ]);
      }
      for (const value of [null, undefined]) expect(outcomeOf(evaluate(old, key, value, anybody, quiet))).toBe(v);
    }
    expect(outcomeOf(evaluate(old, 'number1', 'x', anybody, quiet))).toMatchObject([
      2,
      expect.stringContaining("Setting's type was Double but"),
    ]);
    expect(outcomeOf(evaluate(old, 'string0', false, anybody, quiet))).toMatchObject([
      2,
      expect.stringContaining("Setting's type was String but"),
    ]);
    expect(outcomeOf(evaluate(old, 'boolean1', '', anybody, quiet))).toMatchObject([
      2,
      expect.stringContaining("Setting's type was Boolean but"),
    ]);
  });

  it('tells that there is no such setting, or no config', () => {
    expect(evaluate(ruleset, 'nobody', null, anybody, quiet)).toEqual({ errorCode: 1001, exception: undefined });
    expect(evaluate(undefined, 'boolean', null, anybody, quiet)).toEqual({ errorCode: 1000, exception: undefined });
    expect(failureMessage({ errorCode: 1000, exception: undefined })).toBeUndefined();
  });

  it.each<[string, unknown, number, string | undefined]>([
    ['an invalid config', new InvalidConfigModelError('bad'), 1, 'InvalidConfigModelError: bad'],
    ['a wrong question', new EvaluationError('bad'), 2, 'EvaluationError: bad'],
    ['anything else', new TypeError('bad'), -1, 'TypeError: bad'],
    ['an error without a message', new TypeError(''), -1, 'TypeError: '],
    ['an error with a text of its own', Object.assign(new Error('bad'), { toString: () => 'own' }), -1, 'Error: bad'],
    ['a text', 'bad', -1, 'bad'],
    ['nothing', null, -1, 'null'],
    ['a symbol', Symbol('bad'), -1, '[symbol]'],
    ['what does not let itself be looked at', unreadable(), -1, '[unknown]'],
  ])('fails with what was thrown: %s', (_, thrown, errorCode, message) => {
    const user = {
      get email() {
        throw thrown;
      },
    };
    const needy = rulesetOf({
      f: { k: { t: 0, v: { b: false }, r: [{ c: [{ u: { a: 'Email', c: 28, s: 'x' } }], s: { v: { b: true } } }] } },
    });
    for (let i = 0; i < 3; i++) {
      const evaluation = evaluate(needy, 'k', null, user as unknown as User, quiet);
      expect(evaluation.errorCode).toBe(errorCode);
      expect(isFailure(evaluation) && Object.is(evaluation.exception, thrown)).toBe(true);
    }
    const { exception } = failed(thrown);
    expect(Object.is(exception, thrown)).toBe(true);
    expect(failureMessage(failed(thrown))).toBe(message);
    const [evaluation] = evaluateAll(needy, user as unknown as User, quiet);
    expect(evaluation!.errorCode).toBe(errorCode);
  });

  function unreadable(): unknown {
    const refuse = () => {
      throw new Error('not to be looked at');
    };
    return new Proxy({}, { getPrototypeOf: refuse, get: refuse });
  }
});

describe('evaluateAll', () => {
  const isX = { u: { a: 'X', c: 28, s: 'x' } };
  const document = {
    f: {
      b: { t: 0, v: { b: false }, r: [{ c: [isX], s: { v: { b: true } } }] },
      broken: { t: 0, v: {} },
      a: { t: 2, v: { i: 1 } },
      odd: { t: 9, v: { i: 1 } },
    },
  };

  it('evaluates all settings in the order of keys, those that fail as well', () => {
    const ruleset = rulesetOf(document);
    for (const X of ['x', 'y', 'x']) {
      const evaluations = evaluateAll(ruleset, { ...anybody, custom: { X } }, quiet);
      expect(evaluations.map(outcomeOf)).toEqual([
        X === 'x',
        [1, 'InvalidConfigModelError: Setting value is missing or invalid.'],
        1,
        [1, 'InvalidConfigModelError: Setting type is invalid.'],
      ]);
    }
    expect(evaluateAll(rulesetOf({ f: {} }), anybody, quiet)).toEqual([]);
  });

  it('looks settings up once', () => {
    const ruleset = rulesetOf(document);
    const asked: string[] = [];
    const counting = { ...ruleset, get: (key: string) => (asked.push(key), ruleset.get(key)) };
    for (let i = 0; i < 3; i++) evaluateAll(counting, anybody, quiet);
    expect(asked).toEqual(ruleset.keys);
  });

  it('says of a setting that cannot be read what evaluation says', () => {
    const ruleset = rulesetOf(document);
    const unreadable = {
      ...ruleset,
      get: (key: string) => {
        if (key === 'a') throw new RangeError('nested too deeply');
        return ruleset.get(key);
      },
    };
    for (let i = 0; i < 2; i++) {
      expect(evaluateAll(unreadable, { ...anybody, custom: { X: 'x' } }, quiet).map(outcomeOf)).toEqual([
        true,
        [1, expect.any(String)],
        [-1, 'RangeError: nested too deeply'],
        [1, expect.any(String)],
      ]);
    }
  });
});

describe('matchedBy', () => {
  const options = (name: string) => [50, 50].map((p, i) => ({ p, v: { s: `${name}-${i}` } }));
  const rule = (X: string, then: object) => ({ c: [{ u: { a: 'X', c: 28, s: X } }], ...then });
  const r = [rule('a', { s: { v: { s: 'served' } } }), rule('b', { p: options('rule') })];
  const ruleset = rulesetOf({
    f: { k: { t: 1, v: { s: 'none' }, r, p: options('own') }, plain: { t: 1, v: { s: '' } } },
  });
  const { targetingRules, percentageOptions } = ruleset.layers[0]!.setting('k')!;
  const matched = (user: User | undefined, key = 'k') => {
    const evaluation = evaluate(ruleset, key, null, user, quiet);
    if (isFailure(evaluation)) throw evaluation.exception;
    return { ...matchedBy(ruleset, key, evaluation), value: evaluation.value };
  };

  it('finds rule and option', () => {
    expect(matched({ identifier: 'id', custom: { X: 'a' } })).toEqual({
      matchedTargetingRule: targetingRules[0],
      matchedPercentageOption: undefined,
      value: 'served',
    });
    const inRule = matched({ identifier: 'id', custom: { X: 'b' } });
    expect(inRule.matchedTargetingRule).toBe(targetingRules[1]);
    expect(inRule.matchedPercentageOption?.value).toBe(inRule.value);
    expect(targetingRules[1]!.percentageOptions).toContain(inRule.matchedPercentageOption);
    const own = matched({ identifier: 'id', custom: { X: 'c' } });
    expect(own.matchedTargetingRule).toBeUndefined();
    expect(own.matchedPercentageOption?.value).toBe(own.value);
    expect(percentageOptions).toContain(own.matchedPercentageOption);
  });

  it('finds neither where the value is that of everybody, or the rules are not known', () => {
    const nothing = { matchedTargetingRule: undefined, matchedPercentageOption: undefined };
    expect(matched(undefined)).toEqual({ ...nothing, value: 'none' });
    expect(matched(anybody, 'plain')).toEqual({ ...nothing, value: '' });
    const decision = { errorCode: 0, value: 'x', variationId: undefined, ruleIndex: 0, optionIndex: 0 } as const;
    expect(matchedBy(undefined, 'k', decision)).toEqual(nothing);
    expect(matchedBy(ruleset, 'nobody', decision)).toEqual(nothing);
    expect(matchedBy(ruleset, 'plain', decision)).toEqual(nothing);
  });

  it('reads nothing of the config where there is nothing to find', () => {
    let reads = 0;
    const layers = ruleset.layers.map(
      (config) =>
        Object.create(config, { setting: { value: (key: string) => (reads++, config.setting(key)) } }) as typeof config,
    );
    const plain = {
      errorCode: 0,
      value: 'x',
      variationId: undefined,
      ruleIndex: undefined,
      optionIndex: undefined,
    } as const;
    matchedBy({ ...ruleset, layers }, 'k', plain);
    expect(reads).toBe(0);
    matchedBy({ ...ruleset, layers }, 'k', { ...plain, ruleIndex: 0 });
    expect(reads).toBe(1);
  });
});
