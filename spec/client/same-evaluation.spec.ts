import type { EvaluationDetails, User } from '../../src';
import { isSameEvaluation } from '../../src';

const kate: User = { identifier: 'kate', custom: { plan: 'pro' } };

const details = (more: Partial<EvaluationDetails> = {}): EvaluationDetails => ({
  key: 'a',
  value: 1,
  variationId: 'v',
  user: kate,
  isDefaultValue: false,
  errorCode: 0,
  fetchedAt: new Date(1000),
  ...more,
});

const rule = (value: string) => ({ conditions: [], servedValue: { value, variationId: 'v' } });
const option = (percentage: number) => ({ percentage, value: 1, variationId: 'v' });
const held = (currentValue: number) => ({ value: 1, since: new Date(0), currentValue });

describe('isSameEvaluation()', () => {
  it.each<[string, object, object, boolean]>([
    ['equal details', {}, {}, true],
    ['another time of the fetch', {}, { fetchedAt: new Date(2000) }, true],
    ['an equal user', {}, { user: { identifier: 'kate', custom: { plan: 'pro' } } }, true],
    ['a user of another name', {}, { user: { identifier: 'leo' } }, false],
    ['a user of other attributes', {}, { user: { identifier: 'kate', custom: { plan: 'free' } } }, false],
    ['no user', {}, { user: undefined }, false],
    ['nobody both times', { user: undefined }, { user: undefined }, true],
    ['another value', {}, { value: 2 }, false],
    ['NaN both times', { value: NaN }, { value: NaN }, true],
    ['another variation', {}, { variationId: 'w' }, false],
    ['no variation', {}, { variationId: undefined }, false],
    ['another error', { errorMessage: 'a' }, { errorMessage: 'b' }, false],
    ['the same error', { errorMessage: 'a' }, { errorMessage: 'a' }, true],
    ['an equal rule', { matchedTargetingRule: rule('x') }, { matchedTargetingRule: rule('x') }, true],
    ['another rule', { matchedTargetingRule: rule('x') }, { matchedTargetingRule: rule('y') }, false],
    ['a rule', {}, { matchedTargetingRule: rule('x') }, false],
    ['no rule any more', { matchedTargetingRule: rule('x') }, {}, false],
    ['an equal option', { matchedPercentageOption: option(5) }, { matchedPercentageOption: option(5) }, true],
    ['another option', { matchedPercentageOption: option(5) }, { matchedPercentageOption: option(6) }, false],
    ['an option', {}, { matchedPercentageOption: option(5) }, false],
    ['what is held as before', { held: held(1) }, { held: held(1) }, true],
    ['what is held while it would be another one', { held: held(1) }, { held: held(2) }, false],
    ['what is held no more', { held: held(1) }, {}, false],
  ])('of %s', (_, a, b, expected) => {
    expect(isSameEvaluation(details(a), details(b))).toBe(expected);
    expect(isSameEvaluation(details(b), details(a))).toBe(expected);
  });

  it('looks into nothing where the models are the same objects', () => {
    const matchedTargetingRule = {
      toJSON: () => {
        throw new Error('looked into');
      },
    } as never;
    expect(isSameEvaluation(details({ matchedTargetingRule }), details({ matchedTargetingRule }))).toBe(true);
  });
});
