import { isDeepStrictEqual } from 'node:util';
import { LogLevel } from '@configcat/sdk';
import * as fc from 'fast-check';
import { logTexts } from '../../src/client/log-texts';
import { reportTo } from '../../src/core/evaluate';
import { compile } from '../../src/evaluation/compile';
import { evaluate, failureMessage, isFailure, matchedBy } from '../../src/evaluation/evaluate';
import type { Ruleset } from '../../src/evaluation/ruleset';
import type { Logger } from '../../src/logging/logger';
import { createLog } from '../../src/logging/logger';
import { parseConfig } from '../../src/model/parse-config';
import type { User } from '../../src/model/user';
import { randomConfig, randomUser } from '../support/arbitraries';
import type { Oracle } from '../support/oracle';
import { createOracle } from '../support/oracle';

const configs = Number(process.env.DIFFERENTIAL_CONFIGS ?? 600);
const usersPerConfig = 20;
const seed = Number(process.env.DIFFERENTIAL_SEED ?? 20261123);

/** All that a user of either SDK can see of one evaluation. */
interface Seen {
  readonly value: unknown;
  readonly variationId: string | undefined;
  readonly errorCode: number;
  readonly errorMessage: string | undefined;
  readonly ruleIndex: number;
  readonly percentage: number | undefined;
  readonly warnings: readonly string[];
}

describe('evaluation beside the official SDK', () => {
  it(`agrees on value, variation, matched rule, error and warnings of ${configs} random configs (seed ${seed})`, () => {
    const counts = { evaluations: 0, byRule: 0, byOption: 0, failed: 0, warned: 0 };
    fc.assert(
      fc.property(
        randomConfig,
        fc.array(randomUser, { minLength: usersPerConfig, maxLength: usersPerConfig }),
        ({ text, keys }, users) => {
          const oracle = createOracle(text, LogLevel.Warn);
          oracle.takeLog();
          const ruleset = compile([parseConfig(text)]);
          for (const key of keys) {
            for (const user of users) {
              const actual = evaluateHere(ruleset, key, user);
              const expected = evaluateThere(oracle, key, user);
              if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
              counts.evaluations++;
              if (expected.ruleIndex >= 0) counts.byRule++;
              if (expected.percentage !== undefined) counts.byOption++;
              if (expected.errorCode !== 0) counts.failed++;
              if (expected.warnings.length > 0) counts.warned++;
            }
          }
          oracle.dispose();
        },
      ),
      { numRuns: configs, seed },
    );
    // Agreement means something only where there was something to disagree about.
    expect(counts.evaluations).toBe(configs * usersPerConfig * 9);
    for (const kind of ['byRule', 'byOption', 'failed', 'warned'] as const) {
      expect(counts[kind]).toBeGreaterThan(counts.evaluations / 25);
    }
  });
});

const same = <T>(value: T) => value;

function evaluateHere(ruleset: Ruleset, key: string, user: User | undefined): Seen {
  const warnings: string[] = [];
  const logger: Logger = { log: (_, eventId, message) => warnings.push(`${eventId} ${message}`) };
  const log = createLog({ logger, logLevel: 'warn' }, logTexts.textOf, same, () => undefined);
  const evaluation = evaluate(
    ruleset,
    key,
    null,
    user,
    reportTo(log, logTexts, () => ({})),
  );
  if (isFailure(evaluation)) {
    return {
      value: null,
      variationId: undefined,
      errorCode: evaluation.errorCode,
      errorMessage: failureMessage(evaluation),
      ruleIndex: -1,
      percentage: undefined,
      warnings,
    };
  }
  const { value, variationId, ruleIndex = -1 } = evaluation;
  const { matchedPercentageOption: option } = matchedBy(ruleset, key, evaluation);
  return {
    value,
    variationId,
    errorCode: 0,
    errorMessage: undefined,
    ruleIndex,
    percentage: option?.percentage,
    warnings,
  };
}

function evaluateThere(oracle: Oracle, key: string, user: User | undefined): Seen {
  const details = oracle.details(key, null, user);
  const option = details.matchedPercentageOption as { p: number } | undefined;
  return {
    value: details.value,
    variationId: details.variationId ?? undefined,
    errorCode: details.errorCode,
    // Two codes have no exception: their text is the log entry.
    errorMessage: details.errorException === undefined ? undefined : details.errorMessage,
    ruleIndex: oracle.matchedRuleIndex(key, details),
    percentage: option?.p,
    warnings: oracle
      .takeLog()
      .filter(({ level }) => level === LogLevel.Warn)
      // The text names an evaluation method, which differs by SDK.
      .map(({ eventId, message }) => `${eventId} ${message.replace('getValueAsync()', 'getValue()')}`),
  };
}
