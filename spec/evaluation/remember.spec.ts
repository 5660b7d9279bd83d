import { compile } from '../../src/evaluation/compile';
import { evaluate, isFailure } from '../../src/evaluation/evaluate';
import type { WarningKind } from '../../src/evaluation/ruleset';
import { parseConfig } from '../../src/model/parse-config';
import type { User } from '../../src/model/user';

/** A text flag that serves the first of these values of the attribute X that the user has, else `none`. */
const ruleset = (...values: readonly string[]) =>
  compile([
    parseConfig(
      JSON.stringify({
        f: {
          flag: {
            t: 1,
            v: { s: 'none' },
            r: values.map((s) => ({ c: [{ u: { a: 'X', c: 34, l: [s] } }], s: { v: { s } } })),
          },
          text: { t: 1, v: { s: 'none' }, r: [{ c: [{ u: { a: 'X', c: 28, s: 'a' } }], s: { v: { s: 'a' } } }] },
        },
      }),
    ),
  ]);

function evaluator(rules = ruleset('a', 'b')) {
  const warnings: WarningKind[] = [];
  return {
    warnings,
    value: (key: string, user: unknown) => {
      const evaluation = evaluate(rules, key, null, user as User, (kind) => warnings.push(kind));
      return isFailure(evaluation) ? evaluation.errorCode : evaluation.value;
    },
  };
}

describe('decideCached', () => {
  it('sees that a user has changed since the last evaluation', () => {
    const { value } = evaluator();
    const custom: Record<string, unknown> = { X: '["a"]' };
    const user = { identifier: 'id', custom };
    expect(value('flag', user)).toBe('a');
    custom.X = '["b"]';
    expect(value('flag', user)).toBe('b');
    custom.X = ['a'];
    expect(value('flag', user)).toBe('a');
    (custom.X as string[])[0] = 'b';
    expect(value('flag', user)).toBe('b');
    delete custom.X;
    expect(value('flag', user)).toBe('none');
  });

  it('stops comparing where each user is another one, and begins again where one comes again', () => {
    const { value } = evaluator();
    let reads = 0;
    const userOf = (X: string) => {
      const custom = Object.defineProperty({}, 'X', { get: () => (reads++, JSON.stringify([X])) });
      return { identifier: 'id', custom };
    };
    const readsOf = (users: readonly object[]) => {
      reads = 0;
      for (const user of users) value('flag', user);
      return reads;
    };
    const distinct = Array.from({ length: 2560 }, (_, i) => userOf(`x${i}`));
    readsOf(distinct);
    // Once per rule, and for two of 256 once more.
    expect(readsOf(distinct)).toBe(2 * 2560 + 20);
    for (let i = 0; i < 2560; i++) expect(value('flag', userOf('abc'[i % 3]!))).toBe(['a', 'b', 'none'][i % 3]);
    const same = Array<object>(256).fill(userOf('b'));
    readsOf(same);
    expect(readsOf(same)).toBe(256);
    expect(value('flag', userOf('a'))).toBe('a');
  });

  it('gives a warning at each evaluation, however often the user comes again', () => {
    const { value, warnings } = evaluator();
    for (let i = 0; i < 3; i++) value('text', { identifier: 'id', custom: { X: 1 } });
    for (let i = 0; i < 3; i++) value('text', { identifier: 'id' });
    for (let i = 0; i < 3; i++) value('text', undefined);
    expect(warnings).toEqual([
      ...Array<string>(3).fill('attributeConverted'),
      ...Array<string>(3).fill('attributeMissing'),
      ...Array<string>(3).fill('userMissing'),
    ]);
  });

  it('tells users apart when one is evaluated inside a getter of the other', () => {
    const { value } = evaluator();
    const other = { identifier: 'id', custom: { X: 'b' } };
    const user = {
      identifier: 'id',
      custom: {
        get X() {
          value('text', other);
          return 'a';
        },
      },
    };
    expect([value('text', user), value('text', other), value('text', user)]).toEqual(['a', 'none', 'a']);
  });

  it('reads no attribute that evaluation does not come to', () => {
    const rules = compile([
      parseConfig(
        JSON.stringify({
          f: {
            flag: {
              t: 0,
              v: { b: false },
              r: [
                { c: [{ u: { a: 'Email', c: 28, s: 'kate' } }], s: { v: { b: true } } },
                { c: [{ u: { a: 'X', c: 28, s: 'a' } }], s: { v: { b: true } } },
              ],
            },
          },
        }),
      ),
    ]);
    const { value } = evaluator(rules);
    const throwing = {
      get X(): string {
        throw new Error('not to be read');
      },
    };
    for (let i = 0; i < 3; i++) expect(value('flag', { identifier: 'id', email: 'kate', custom: throwing })).toBe(true);
    expect(value('flag', { identifier: 'id', email: 'ben', custom: throwing })).toBe(-1);
    expect(value('flag', { identifier: 'id', email: 'ben', custom: { X: 'a' } })).toBe(true);
  });

  it('remembers a decision from the second evaluation on', () => {
    const rules = ruleset('a');
    const { value } = evaluator(rules);
    const user = { identifier: 'id', custom: { X: 'a' } };
    const remembered = [1, 2].map(() => {
      value('text', user);
      return rules.get('text')!.last?.decision?.value;
    });
    expect(remembered).toEqual([undefined, 'a']);
  });

  /** Flags that serve the text of their first rule whose conditions hold, each `[attribute, text]`, else `none`. */
  const flags = (rules: readonly (readonly (readonly [string, string])[])[], more: object = {}) =>
    compile([
      parseConfig(
        JSON.stringify({
          ...more,
          f: Object.fromEntries(
            ['flag', 'twin'].map((key) => [
              key,
              {
                t: 1,
                v: { s: 'none' },
                r: rules.map((conditions) => ({
                  c: conditions.map(([a, s]) => ({ u: { a, c: 28, s } })),
                  s: { v: { s: conditions.map(([, text]) => text).join() } },
                })),
              },
            ]),
          ),
        }),
      ),
    ]);

  it('does not take the decision for a user inside a getter for its own', () => {
    const { value } = evaluator(
      flags([
        [
          ['X', 'a'],
          ['Y', 'y'],
        ],
        [
          ['X', 'b'],
          ['Y', 'y'],
        ],
      ]),
    );
    const plain = (X: string) => ({ identifier: 'id', custom: { X, Y: 'y' } });
    const outer = {
      identifier: 'id',
      custom: {
        X: 'a',
        get Y() {
          value('flag', plain('b'));
          return 'y';
        },
      },
    };
    for (let i = 0; i < 3; i++) {
      expect(value('flag', plain('a'))).toBe('a,y');
      expect(value('flag', plain('a'))).toBe('a,y');
      expect(value('flag', outer)).toBe('a,y');
      expect(value('flag', plain('b'))).toBe('b,y');
      expect(value('flag', outer)).toBe('a,y');
    }
  });

  it('forgets what was seen of a user whose getter throws once', () => {
    const { value } = evaluator(flags([[['Y', 'b']], [['X', 'a']]]));
    const plain = (Y: string) => ({ identifier: 'id', custom: { X: 'a', Y } });
    value('flag', plain('c'));
    expect(value('flag', { identifier: 'id', custom: { X: 'x', Y: 'c' } })).toBe('none');
    let reads = 0;
    const throwing = {
      identifier: 'id',
      custom: {
        Y: 'c',
        get X() {
          if (reads++ === 0) throw new Error('only once');
          return 'a';
        },
      },
    };
    expect(value('flag', throwing)).toBe('a');
    expect(value('flag', { identifier: 'id', custom: { X: 'x', Y: 'c' } })).toBe('none');
  });

  it.each([
    ['a number', 5],
    ['null', null],
    ['nothing', undefined],
  ])('remembers users with an attribute that is %s', (_, Y) => {
    const rules = flags([[['X', 'a']], [['Y', 'y']]]);
    const { value } = evaluator(rules);
    let reads = 0;
    const custom = {
      Y,
      get X() {
        reads++;
        return 'a';
      },
    };
    for (let i = 0; i < 3; i++) expect(value('flag', { identifier: 'id', custom })).toBe('a');
    // When it is decided, when it is decided and remembered, and when it is only compared.
    expect(reads).toBe(1 + 2 + 1);
  });

  it('compares lists each time', () => {
    const { value } = evaluator(ruleset('a'));
    const list = ['a'];
    const values = [0, 1, 2, 3].map(() => value('flag', { identifier: 'id', custom: { X: list } }));
    list[0] = 'b';
    expect([...values, value('flag', { identifier: 'id', custom: { X: list } })]).toEqual(['a', 'a', 'a', 'a', 'none']);
  });

  it.each([
    [12, 'remembers'],
    [13, 'does not remember'],
  ])('with %i attributes it %s', (count, verb) => {
    const rules = flags(Array.from({ length: count }, (_, i) => [[`X${i}`, 'a']]));
    const { value } = evaluator(rules);
    const user = { identifier: 'id', custom: { [`X${count - 1}`]: 'a', ...defined(count - 1) } };
    for (let i = 0; i < 3; i++) expect(value('flag', user)).toBe('a');
    expect(rules.get('flag')!.last?.decision?.value).toBe(verb === 'remembers' ? 'a' : undefined);
    expect(value('flag', { identifier: 'id', custom: { ...user.custom, [`X${count - 1}`]: 'b' } })).toBe('none');
  });

  const defined = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`X${i}`, '-']));

  it('keeps one list of attributes for all settings that read the same', () => {
    const rules = flags([
      [
        ['X', 'a'],
        ['Y', 'y'],
      ],
    ]);
    expect(rules.get('flag')!.attributes).toBe(rules.get('twin')!.attributes);
    expect(rules.get('flag')!.attributes?.names).toEqual(['X', 'Y']);
  });

  it('keeps nothing for a setting that serves everybody the same', () => {
    const rules = flags([]);
    const { value } = evaluator(rules);
    for (let i = 0; i < 3; i++) expect(value('flag', { identifier: 'id' })).toBe('none');
    expect(rules.get('flag')).toMatchObject({ isKnown: false, last: undefined });
  });

  describe('of attributes that only something else reads', () => {
    const rulesWith = (condition: object, before: readonly object[] = []) =>
      compile([
        parseConfig(
          JSON.stringify({
            s: [{ n: 'Segment', r: [{ a: 'X', c: 28, s: 'a' }] }],
            f: {
              flag: { t: 0, v: { b: false }, r: [{ c: [...before, condition], s: { v: { b: true } } }] },
              other: { t: 0, v: { b: false }, r: [{ c: [{ u: { a: 'X', c: 28, s: 'a' } }], s: { v: { b: true } } }] },
            },
          }),
        ),
      ]);

    describe.each([
      ['a segment', { s: { s: 0, c: 0 } }],
      ['a prerequisite flag', { p: { f: 'other', c: 0, v: { b: true } } }],
    ])('as %s', (_, condition) => {
      it('sees changes', () => {
        for (const before of [[], [{ u: { a: 'Y', c: 28, s: 'y' } }]]) {
          const { value } = evaluator(rulesWith(condition, before));
          for (let i = 0; i < 3; i++) {
            expect(value('flag', { identifier: 'id', custom: { X: 'a', Y: 'y' } })).toBe(true);
            expect(value('flag', { identifier: 'id', custom: { X: 'b', Y: 'y' } })).toBe(false);
          }
        }
      });

      it('remembers', () => {
        const rules = rulesWith(condition);
        const { value } = evaluator(rules);
        for (let i = 0; i < 3; i++) expect(value('flag', { identifier: 'id', custom: { X: 'a' } })).toBe(true);
        expect(rules.get('flag')!.last).toMatchObject({ attributes: ['a'], decision: { value: true } });
      });
    });
  });
});

describe('attributes of users', () => {
  class Custom {
    readonly Y = 'y';
  }
  class CustomOfAll {
    readonly Y = 'y';
    get X() {
      return this.Y.replace('y', 'a');
    }
  }

  const valueFor = (user: object, a = 'X') => {
    const rules = compile([
      parseConfig(
        JSON.stringify({
          f: { flag: { t: 0, v: { b: false }, r: [{ c: [{ u: { a, c: 28, s: 'a' } }], s: { v: { b: true } } }] } },
        }),
      ),
    ]);
    return evaluator(rules).value('flag', { identifier: 'id', ...user });
  };

  it.each<[string, object]>([
    ['in a literal', { X: 'a' }],
    ['without a prototype', Object.assign(Object.create(null) as object, { X: 'a' })],
    ['of a class', Object.assign(new Custom(), { X: 'a' })],
    ['of an object whose prototype cannot be asked for', withBrokenPrototype({ X: 'a' })],
  ])('are read %s', (_, custom) => {
    expect(valueFor({ custom })).toBe(true);
  });

  it.each<[string, object]>([
    ['an object that inherits', Object.create({ X: 'a' }) as object],
    ['a class with a getter', new CustomOfAll()],
    [
      'an object that inherits, whose prototype cannot be asked for',
      withBrokenPrototype(Object.create({ X: 'a' }) as object),
    ],
  ])('do not come from %s', (_, custom) => {
    expect(valueFor({ custom })).toBe(false);
  });

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])('named %s are those that users have', (name) => {
    expect(valueFor({ custom: {} }, name)).toBe(false);
    expect(valueFor({ custom: Object.defineProperty({}, name, { value: 'a' }) }, name)).toBe(true);
  });

  it.each([
    ['Identifier', { identifier: 'a' }],
    ['Email', { email: 'a' }],
    ['Country', { country: 'a' }],
  ])('named %s are not looked for among custom ones', (name, user) => {
    expect(valueFor(user, name)).toBe(true);
    expect(valueFor({ custom: { [name]: 'a' } }, name)).toBe(false);
  });

  function withBrokenPrototype(custom: object) {
    return Object.defineProperty(custom, '__proto__', {
      get: () => {
        throw new Error('not to be asked for');
      },
    });
  }
});
