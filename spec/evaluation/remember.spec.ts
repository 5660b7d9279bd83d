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
    const distinct = Array.from({ length: 640 }, (_, i) => userOf(`x${i}`));
    readsOf(distinct);
    // Once per rule, and for two of 64 once more.
    expect(readsOf(distinct)).toBe(2 * 640 + 20);
    for (let i = 0; i < 640; i++) expect(value('flag', userOf('abc'[i % 3]!))).toBe(['a', 'b', 'none'][i % 3]);
    const same = Array<object>(64).fill(userOf('b'));
    readsOf(same);
    expect(readsOf(same)).toBe(64);
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
});
