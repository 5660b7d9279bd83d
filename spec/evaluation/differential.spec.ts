import { LogLevel } from '@configcat/sdk';
import * as fc from 'fast-check';
import { compile } from '../../src/evaluation/compile';
import { evaluate, failureMessage, isFailure } from '../../src/evaluation/evaluate';
import { parseConfig } from '../../src/model/config';
import { randomConfig, randomUser } from '../support/arbitraries';
import { createOracle } from '../support/oracle';

const configs = Number(process.env.DIFFERENTIAL_CONFIGS ?? 600);
const usersPerConfig = 20;
const seed = Number(process.env.DIFFERENTIAL_SEED ?? 20261123);

describe('evaluation beside the official SDK', () => {
  it(`agrees on every value, variation, matched rule and error of ${configs} random configs (seed ${seed})`, () => {
    let evaluations = 0;
    fc.assert(
      fc.property(
        randomConfig,
        fc.array(randomUser, { minLength: usersPerConfig, maxLength: usersPerConfig }),
        ({ text, keys }, users) => {
          const oracle = createOracle(text, LogLevel.Off);
          const ruleset = compile(parseConfig(text));
          for (const key of keys) {
            for (const user of users) {
              const expected = oracle.details(key, null, user);
              const actual = evaluate(ruleset, key, null, user, () => undefined);
              evaluations++;
              expect(summary(ruleset.get(key)?.source.targetingRules ?? [], actual)).toEqual({
                value: expected.isDefaultValue ? undefined : expected.value,
                variationId: expected.variationId ?? undefined,
                errorCode: expected.errorCode,
                // Two codes have no exception: their text is the log entry.
                errorMessage: expected.errorException === undefined ? '' : expected.errorMessage,
                ruleIndex: oracle.matchedRuleIndex(key, expected),
                percentage: (expected.matchedPercentageOption as { p?: number } | undefined)?.p,
              });
            }
          }
          oracle.dispose();
        },
      ),
      { numRuns: configs, seed },
    );
    expect(evaluations).toBeGreaterThanOrEqual(configs * usersPerConfig * 9);
  });
});

function summary(rules: readonly unknown[], evaluation: ReturnType<typeof evaluate>) {
  if (isFailure(evaluation)) {
    const { errorCode, exception } = evaluation;
    return {
      value: undefined,
      variationId: undefined,
      errorCode,
      errorMessage: exception === undefined ? '' : failureMessage(evaluation),
      ruleIndex: -1,
      percentage: undefined,
    };
  }
  return {
    value: evaluation.value,
    variationId: evaluation.variationId,
    errorCode: 0,
    errorMessage: '',
    ruleIndex: evaluation.matchedTargetingRule ? rules.indexOf(evaluation.matchedTargetingRule) : -1,
    percentage: evaluation.matchedPercentageOption?.percentage,
  };
}
