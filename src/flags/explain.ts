import { requireEvaluable } from '../arguments.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { DefaultValue, Evaluation } from '../evaluation/evaluate.js';
import { isFailure } from '../evaluation/evaluate.js';
import { explain as explainEvaluation } from '../evaluation/evaluate-explained.js';
import { writeEvaluationLog } from '../evaluation/evaluation-log.js';
import type { Explanation } from '../evaluation/explanation.js';
import type { Report } from '../evaluation/ruleset.js';
import { flagEvaluated } from '../logging/events.js';
import type { User } from '../model/user.js';
import { toDetails } from './details.js';
import { heldContexts } from './held-contexts.js';

export { traceLog } from './trace-log.js';

/** The evaluation of a flag as a tree and as text. Never fails, and tells nobody. */
export function explainFlag(snapshot: InternalSnapshot, key: string, user: User | undefined): Explanation {
  requireEvaluable(key, undefined, user);
  const { ruleset, context } = snapshot;
  const { evaluation, tree } = explainEvaluation(ruleset, key, undefined, user, context.report);
  const held = heldContexts.get(context)?.heldOf(snapshot, key, user, evaluation);
  const details = toDetails(snapshot, key, undefined, user, evaluation);
  const { variationId, matchedTargetingRule, matchedPercentageOption, errorCode, errorMessage } = details;
  const value = details.value ?? undefined;
  const matched = { matchedTargetingRule, matchedPercentageOption };
  const written = writeEvaluationLog(key, user, tree, value);
  const text = ruleset?.whyNoRules ? `${ruleset.whyNoRules}\n${written}` : written;
  return {
    key,
    user,
    value,
    variationId,
    ...matched,
    errorCode,
    errorMessage,
    setting: tree,
    text,
    ...(held && { held }),
  };
}

/**
 * Evaluates a flag, and logs how.
 *
 * @param shown - the default value, as the log may show it.
 */
export function evaluateWithLog(
  { ruleset, context: { log, report: reportToLog } }: InternalSnapshot,
  key: string,
  defaultValue: DefaultValue,
  user: User | undefined,
  { shown, report = reportToLog }: { readonly shown: DefaultValue; readonly report?: Report },
): Evaluation {
  const { evaluation, tree } = explainEvaluation(ruleset, key, defaultValue, user, report);
  if (evaluation.errorCode < 1000) {
    const value = isFailure(evaluation) ? shown : evaluation.value;
    log(flagEvaluated, { key, value }, undefined, () => writeEvaluationLog(key, user, tree, value));
  }
  return evaluation;
}
