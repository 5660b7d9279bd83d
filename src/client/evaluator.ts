import type { EvaluationErrorCode } from '../errors.js';
import type { DefaultValue, Evaluation } from '../evaluation/evaluate.js';
import { evaluate, evaluateAll, explain, failureMessage, isFailure, matchedBy } from '../evaluation/evaluate.js';
import { writeEvaluationLog } from '../evaluation/evaluation-log.js';
import type { Explanation } from '../evaluation/explanation.js';
import type { Report, Ruleset } from '../evaluation/ruleset.js';
import type { Log } from '../logging/logger.js';
import { messages } from '../logging/messages.js';
import type { User } from '../model/user.js';
import { requireEvaluable } from '../arguments.js';
import type { EvaluationDetails } from './details.js';

/** Evaluation with what belongs to it: checks, log entries, details, events. */
export interface Evaluator {
  readonly run: (method: string, key: string, defaultValue: DefaultValue, user: User | undefined) => Evaluation;
  /** Evaluates all settings in one go; what fails is summed up in one log entry. */
  readonly runAll: (method: string, ruleset: Ruleset, user: User | undefined) => readonly Evaluation[];
  readonly explain: (key: string, user: User | undefined) => Explanation;
  readonly toDetails: (
    key: string,
    defaultValue: DefaultValue,
    user: User | undefined,
    evaluation: Evaluation,
  ) => EvaluationDetails;
}

/** Whom evaluation reports to. */
export interface EvaluatorContext {
  readonly log: Log;
  readonly report: Report;
  readonly isListening: () => boolean;
  readonly evaluated: (details: EvaluationDetails) => void;
}

/** Evaluates with one ruleset, or without any. */
export function createEvaluator(
  ruleset: Ruleset | undefined,
  fetchTimeMs: number | undefined,
  { log, report, isListening, evaluated }: EvaluatorContext,
): Evaluator {
  const evaluatePlainly = (key: string, defaultValue: DefaultValue, user: User | undefined): Evaluation =>
    evaluate(ruleset, key, defaultValue, user, report);
  const evaluateInWords = (key: string, defaultValue: DefaultValue, user: User | undefined): Evaluation => {
    const { evaluation, tree } = explain(ruleset, key, defaultValue, user, report);
    const returned = isFailure(evaluation) ? defaultValue : evaluation.value;
    if (evaluation.errorCode < 1000) log.info(5000, () => writeEvaluationLog(key, user, tree, returned));
    return evaluation;
  };
  // Only whoever wants to read how flags are evaluated pays for writing it down.
  const isInWords = log.isEnabled('info');
  const evaluateOne = isInWords ? evaluateInWords : evaluatePlainly;

  const failureText = (method: string, key: string, defaultValue: DefaultValue, errorCode: EvaluationErrorCode) =>
    errorCode === 1000
      ? messages.configMissingForSetting(key, defaultValue)
      : errorCode === 1001
        ? messages.settingMissing(key, defaultValue, ruleset?.keys ?? [])
        : messages.evaluationFailed(method, key, defaultValue);

  const toDetails: Evaluator['toDetails'] = (key, defaultValue, user, evaluation) => {
    const common = { key, user, fetchTime: fetchTimeMs === undefined ? undefined : new Date(fetchTimeMs) };
    if (!isFailure(evaluation)) {
      const { value, variationId } = evaluation;
      return {
        ...common,
        value,
        variationId,
        isDefaultValue: false,
        errorCode: 0,
        ...matchedBy(ruleset, key, evaluation),
      };
    }
    const { errorCode, exception } = evaluation;
    return {
      ...common,
      value: defaultValue,
      isDefaultValue: true,
      errorCode,
      errorMessage: failureMessage(evaluation) ?? failureText('', key, defaultValue, errorCode),
      errorException: exception,
    };
  };

  return {
    toDetails,
    run: (method, key, defaultValue, user) => {
      requireEvaluable(key, defaultValue, user);
      const evaluation = evaluateOne(key, defaultValue, user);
      if (isFailure(evaluation)) {
        const { errorCode, exception } = evaluation;
        const text = () => failureText(method, key, defaultValue, errorCode);
        log.error(errorCode < 1000 ? 1002 : errorCode, text, exception);
      }
      if (isListening()) evaluated(toDetails(key, defaultValue, user, evaluation));
      return evaluation;
    },
    runAll: (method, all, user) => {
      const { keys } = all;
      const evaluations = isInWords
        ? keys.map((key) => evaluateInWords(key, null, user))
        : evaluateAll(all, user, report);
      if (evaluations.some(isFailure)) {
        const error = new AggregateError(evaluations.filter(isFailure).map(({ exception }) => exception));
        log.error(1002, () => messages.methodFailed(method, 'evaluation result'), error);
      }
      if (isListening()) keys.forEach((key, i) => evaluated(toDetails(key, null, user, evaluations[i]!)));
      return evaluations;
    },
    explain: (key, user) => {
      requireEvaluable(key, undefined, user);
      const { evaluation, tree } = explain(ruleset, key, undefined, user, report);
      const details = toDetails(key, undefined, user, evaluation);
      const { variationId, matchedTargetingRule, matchedPercentageOption, errorCode, errorMessage } = details;
      const value = details.value ?? undefined;
      const text = writeEvaluationLog(key, user, tree, value);
      const matched = { matchedTargetingRule, matchedPercentageOption };
      return { key, user, value, variationId, ...matched, errorCode, errorMessage, setting: tree, text };
    },
  };
}
