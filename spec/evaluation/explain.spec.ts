import { EvaluationErrorCode, LogLevel } from '@configcat/sdk';
import * as fc from 'fast-check';
import { compile } from '../../src/evaluation/compile';
import { evaluate, isFailure } from '../../src/evaluation/evaluate';
import { explain } from '../../src/evaluation/evaluate-explained';
import { writeEvaluationLog } from '../../src/evaluation/evaluation-log';
import { parseConfig } from '../../src/model/parse-config';
import { randomConfig, randomUser } from '../support/arbitraries';
import { createOracle } from '../support/oracle';

const configs = Number(process.env.DIFFERENTIAL_CONFIGS ?? 600);
const usersPerConfig = 20;
const seed = Number(process.env.DIFFERENTIAL_SEED ?? 20261124);

describe('explain', () => {
  it(`decides and warns like the plain way, and writes the log of the official SDK (seed ${seed})`, () => {
    let evaluations = 0;
    let logs = 0;
    fc.assert(
      fc.property(
        randomConfig,
        fc.array(randomUser, { minLength: usersPerConfig, maxLength: usersPerConfig }),
        ({ text, keys }, users) => {
          const oracle = createOracle(text, LogLevel.Info);
          const ruleset = compile([parseConfig(text)]);
          for (const key of keys) {
            for (const user of users) {
              const plainWarnings: unknown[] = [];
              const warnings: unknown[] = [];
              const plain = evaluate(ruleset, key, null, user, (...warning) => plainWarnings.push(warning));
              const { evaluation, tree } = explain(ruleset, key, null, user, (...warning) => warnings.push(warning));
              expect(evaluation).toEqual(plain);
              expect(warnings).toEqual(plainWarnings);
              evaluations++;
              if (isFailure(evaluation) && evaluation.errorCode >= 1000) continue;

              oracle.takeLog();
              const { errorCode } = oracle.details(key, null, user);
              const entry = oracle.takeLog().find(({ eventId }) => eventId === 5000);
              // The official SDK stumbles over logging users that JSON cannot express, and rules that serve nothing.
              if (!entry || errorCode === EvaluationErrorCode.UnexpectedError) continue;
              logs++;
              const returned = isFailure(evaluation) ? null : evaluation.value;
              expect(writeEvaluationLog(key, user, tree, returned)).toBe(entry.message);
            }
          }
          oracle.dispose();
        },
      ),
      { numRuns: configs, seed },
    );
    expect(evaluations).toBe(configs * usersPerConfig * 9);
    expect(logs).toBeGreaterThan(evaluations / 2);
  });
});
