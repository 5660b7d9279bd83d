import { compile } from '../../src/evaluation/compile';
import type { Ruleset } from '../../src/evaluation/ruleset';
import { findVariation } from '../../src/evaluation/variations';
import { configV5 } from '../../src/formats/v5';
import { parseConfig } from '../../src/model/parse-config';

const rulesetOf = (f: object) => compile([parseConfig(JSON.stringify({ f }), undefined, [configV5])]);
const served = (s: string, i: string) => ({ v: { s }, i });
const options = (name: string) => [50, 50].map((p, i) => ({ p, ...served(`${name} ${i}`, `${name}-${i}`) }));
const text = (more: object = {}) => ({ t: 1, ...served('own', 'own'), ...more });

describe('findVariation', () => {
  const ruleset = rulesetOf({
    plain: text(),
    ruled: text({
      ...served('ruled', 'ruled'),
      r: [{ s: served('first', 'rule-0') }, { p: options('rule-1') }, { s: served('third', 'rule-2') }],
      p: options('setting'),
    }),
    last: text({ ...served('last', 'last'), p: options('last') }),
  });

  it.each([
    ['own', 'plain', 'own'],
    ['ruled', 'ruled', 'ruled'],
    ['rule-0', 'ruled', 'first'],
    ['rule-1-0', 'ruled', 'rule-1 0'],
    ['rule-1-1', 'ruled', 'rule-1 1'],
    ['rule-2', 'ruled', 'third'],
    ['setting-1', 'ruled', 'setting 1'],
    ['last', 'last', 'last'],
    ['last-0', 'last', 'last 0'],
  ])('finds %s in the flag %s: %s', (id, key, value) => {
    expect(findVariation(ruleset, id)).toEqual({ key, value });
  });

  it('finds nothing under an ID that nobody has', () => {
    expect(findVariation(ruleset, 'rule-1')).toBeUndefined();
    expect(findVariation(rulesetOf({}), 'own')).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['a setting without a type', { t: 9, v: { b: true } }, 'Setting type is invalid.'],
    ['a variation without a value', { t: 1, v: {}, i: 'wanted' }, 'Setting value is missing or invalid.'],
    ['a rule that serves nothing', text({ r: [{}] }), 'Targeting rule THEN part is missing or invalid.'],
    ['a rule without options', text({ r: [{ p: [] }] }), 'Targeting rule THEN part is missing or invalid.'],
    [
      'a rule that serves a value and options',
      text({ r: [{ s: served('both', 'wanted'), p: options('both') }] }),
      'Targeting rule THEN part is missing or invalid.',
    ],
    [
      'a rule that serves a value without one',
      text({ r: [{ s: { v: {}, i: 'wanted' } }] }),
      'Setting value is missing or invalid.',
    ],
  ])('fails where it comes across %s', (_, setting, problem) => {
    expect(() => findVariation(rulesetOf({ odd: setting }), 'wanted')).toThrow(problem);
    // What comes before it is found.
    expect(findVariation(rulesetOf({ a: text(), odd: setting }), 'own')).toEqual({ key: 'a', value: 'own' });
  });

  it('does not mind a value that is missing where another one is looked for', () => {
    expect(findVariation(rulesetOf({ odd: { t: 1, v: {}, i: 'x' }, a: text() }), 'own')).toEqual({
      key: 'a',
      value: 'own',
    });
  });

  it('finds values of any type in configs of the previous format', () => {
    expect(findVariation(rulesetOf({ k: { v: 5, t: 9, i: 'five', p: [], r: [] } }), 'five')).toEqual({
      key: 'k',
      value: 5,
    });
  });

  it('says why there is nothing to search', () => {
    const decided: Ruleset = { ...ruleset, whyNoRules: 'Somebody else decides.' };
    expect(() => findVariation(decided, 'own')).toThrow(new Error('Somebody else decides.'));
  });
});
