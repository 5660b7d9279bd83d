import { compile } from '../../src/evaluation/compile';
import { compareRulesets } from '../../src/evaluation/changes';
import { evaluate, evaluateAll, isFailure } from '../../src/evaluation/evaluate';
import { explain } from '../../src/evaluation/evaluate-explained';
import { writeEvaluationLog } from '../../src/evaluation/evaluation-log';
import type { Ruleset } from '../../src/evaluation/ruleset';
import { parseConfig } from '../../src/model/parse-config';

const anybody = { identifier: 'id' };
const onlyIf = (flag: string) => ({ c: [{ p: { f: flag, c: 0, v: { b: true } } }], s: { v: { b: true } } });
const requiring = (...flags: readonly string[]) => ({ t: 0, v: { b: false }, r: flags.map(onlyIf) });

type Flags = Readonly<Record<string, object>>;
const flagsOf = (count: number, flag: (i: number) => object): Flags =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, flag(i)]));

const ladder = (count: number, foot: object = { t: 0, v: { b: true } }) =>
  flagsOf(count, (i) => (i === count - 1 ? foot : requiring(`k${i + 1}`)));
const cycle = (count: number) => flagsOf(count, (i) => requiring(`k${(i + 1) % count}`));
const diamonds = (count: number) =>
  flagsOf(count, (i) => (i === count - 1 ? { t: 0, v: { b: false } } : requiring(`k${i + 1}`, `k${i + 1}`)));
const needy = { t: 0, v: { b: true }, r: [{ c: [{ u: { a: 'X', c: 28, s: 'x' } }], s: { v: { b: false } } }] };

const rulesetOf = (f: Flags, previous?: Ruleset) => compile([parseConfig(JSON.stringify({ f }))], previous);

/** What an evaluation comes to, with its warnings, which an explanation must come to as well. */
function outcomeOf(ruleset: Ruleset, key: string): unknown {
  const warnings: string[] = [];
  const evaluation = evaluate(ruleset, key, null, anybody, (kind, flag) => warnings.push(`${kind} ${flag}`));
  const explained: string[] = [];
  const explanation = explain(ruleset, key, null, anybody, (kind, flag) => explained.push(`${kind} ${flag}`));
  const result = isFailure(evaluation) ? String(evaluation.exception) : evaluation.value;
  const { evaluation: again } = explanation;
  expect(isFailure(again) ? String(again.exception) : again.value).toBe(result);
  expect(explained).toEqual(warnings);
  return [result, warnings];
}

/** The order in which flags are read before: some leave more of the stack to the last than others. */
const orders: readonly (readonly [string, (keys: readonly string[]) => readonly string[]])[] = [
  ['nothing', () => []],
  ['the foot', (keys) => keys.slice(-1)],
  ['all from the foot on', (keys) => [...keys].reverse()],
  ['all from the top on', (keys) => keys],
  ['each hundredth', (keys) => keys.filter((_, i) => i % 100 === 50)],
];

describe.each(orders)('a chain of prerequisites, of which %s was read before', (_, before) => {
  it.each<[string, Flags, unknown]>([
    ['49 that serve', ladder(49), [true, []]],
    ['51 that serve', ladder(51), [true, []]],
    ['53 that serve', ladder(53), [true, []]],
    ['1,200 that serve', ladder(1200), [true, []]],
    ['2,501 that serve', ladder(2501), [true, []]],
    ['2,502', ladder(2502), ['RangeError: More than 2500 prerequisite flags depend on each other.', []]],
    ['20,000', ladder(20_000), ['RangeError: More than 2500 prerequisite flags depend on each other.', []]],
    ['1,200 whose foot warns', ladder(1200, needy), [true, ['attributeMissing k1199']]],
    [
      '1,200 whose foot is of no type',
      ladder(1200, { t: 9, v: { b: true } }),
      ['InvalidConfigModelError: Setting type is invalid.', []],
    ],
    ['1,200 diamonds', diamonds(1200), [false, []]],
    [
      '2,000 in a circle',
      cycle(2000),
      [
        expect.stringMatching(
          /^InvalidConfigModelError: Circular dependency .*: 'k0' -> .* <1981 more flags> .* -> 'k0'\.$/,
        ),
        [],
      ],
    ],
  ])('comes to the same: %s', (__, flags, expected) => {
    const ruleset = rulesetOf(flags);
    for (const key of before(ruleset.keys)) {
      // A warning of all of them would be of no use.
      if (ruleset.keys.length <= 2000) evaluate(ruleset, key, null, anybody, () => undefined);
      else ruleset.get(key);
    }
    expect(outcomeOf(ruleset, 'k0')).toEqual(expected);
  });
});

describe('a chain of prerequisites', () => {
  it('names a short circle as a whole', () => {
    const names = [...Array.from({ length: 20 }, (_, i) => `'k${i}'`), "'k0'"].join(' -> ');
    expect(outcomeOf(rulesetOf(cycle(20)), 'k0')).toEqual([expect.stringContaining(`: ${names}.`), []]);
  });

  it('finds a circle below the depth of recursion', () => {
    const flags = { ...ladder(100, requiring('k90')) };
    expect(outcomeOf(rulesetOf(flags), 'k0')).toEqual([expect.stringMatching(/'k99' -> 'k90'\.$/), []]);
  });

  it.each([
    ['a ladder', ladder(1200)],
    ['diamonds', diamonds(1200)],
    ['a circle', cycle(2000)],
    ['diamonds that warn', { ...diamonds(60), k59: needy }],
    [
      'diamonds of many rules',
      flagsOf(40, (i) => requiring(...Array.from({ length: i === 39 ? 0 : 100 }, () => `k${i + 1}`))),
    ],
  ])('is explained in a text of bounded length: %s', (_, flags) => {
    const { evaluation, tree } = explain(rulesetOf(flags), 'k0', null, anybody, () => undefined);
    const value = isFailure(evaluation) ? null : evaluation.value;
    expect(writeEvaluationLog('k0', anybody, tree, value).length).toBeLessThan(5_000_000);
  });

  it('is read as a whole like flag by flag', () => {
    const ruleset = rulesetOf(ladder(1200));
    const all = evaluateAll(ruleset, anybody, () => undefined);
    expect(all.every((evaluation) => !isFailure(evaluation) && evaluation.value === true)).toBe(true);
  });

  it('is compared with the one before, whatever its length', () => {
    const before = rulesetOf(ladder(5000));
    before.get('k0');
    const after = rulesetOf(ladder(5000, { t: 0, v: { b: false } }), before);
    expect(compareRulesets(before, after)).toHaveLength(5000);
    expect(outcomeOf(after, 'k4000')).toEqual([false, []]);
    const compiled = after.get('k0');
    const same = rulesetOf(ladder(5000, { t: 0, v: { b: false } }), after);
    expect([compareRulesets(after, same), same.get('k0') === compiled]).toEqual([[], true]);
  });
});
