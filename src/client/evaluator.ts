import type { EvaluationErrorCode } from '../errors.js';
import type { DefaultValue, Evaluation, Failure } from '../evaluation/evaluate.js';
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
  /** Like `run`, for whoever wants to know more: the same object as in the event of it. */
  readonly runForDetails: (
    method: string,
    key: string,
    defaultValue: DefaultValue,
    user: User | undefined,
  ) => EvaluationDetails;
  /** Evaluates all settings in one go; what fails is summed up in one log entry. */
  readonly runAll: (method: string, ruleset: Ruleset, user: User | undefined) => readonly Evaluation[];
  readonly runAllForDetails: (method: string, ruleset: Ruleset, user: User | undefined) => readonly EvaluationDetails[];
  readonly explain: (key: string, user: User | undefined) => Explanation;
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
  const evaluateInWords = (
    key: string,
    defaultValue: DefaultValue,
    user: User | undefined,
    shown = defaultValue,
  ): Evaluation => {
    const { evaluation, tree } = explain(ruleset, key, defaultValue, user, report);
    const text = () => writeEvaluationLog(key, user, tree, isFailure(evaluation) ? shown : evaluation.value);
    if (evaluation.errorCode < 1000) log.info(5000, text);
    return evaluation;
  };
  // Only whoever wants to read how flags are evaluated pays for writing it down.
  const isInWords = log.isEnabled('info');
  const evaluateOne = isInWords ? evaluateInWords : evaluatePlainly;

  const toDetails = (
    key: string,
    defaultValue: DefaultValue,
    user: User | undefined,
    evaluation: Evaluation,
  ): EvaluationDetails => {
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
      errorMessage: failureMessage(evaluation) ?? failureText('', key, defaultValue, errorCode, ruleset?.keys),
      errorException: exception,
    };
  };

  const attempt: Evaluator['run'] = (method, key, defaultValue, user) => {
    requireEvaluable(key, defaultValue, user);
    const shown = method === 'flags$' ? notShown : defaultValue;
    const evaluation = evaluateOne(key, defaultValue, user, shown);
    if (isFailure(evaluation)) {
      const { errorCode: code, exception } = evaluation;
      log.error(code < 1000 ? 1002 : code, () => failureText(method, key, shown, code, ruleset?.keys), exception);
    }
    return evaluation;
  };
  const attemptAll: Evaluator['runAll'] = (method, all, user) => {
    const evaluations = isInWords
      ? all.keys.map((key) => evaluateInWords(key, null, user))
      : evaluateAll(all, user, report);
    const failures = evaluations.filter(isFailure);
    const text = () => messages.methodFailed(method, 'evaluation result');
    if (failures.length > 0) log.error(1002, text, aggregate(failures));
    return evaluations;
  };
  const announced = (details: EvaluationDetails): EvaluationDetails => {
    if (isListening()) evaluated(details);
    return details;
  };

  return {
    run: (method, key, defaultValue, user) => {
      const evaluation = attempt(method, key, defaultValue, user);
      if (isListening()) evaluated(toDetails(key, defaultValue, user, evaluation));
      return evaluation;
    },
    runForDetails: (method, key, defaultValue, user) =>
      announced(toDetails(key, defaultValue, user, attempt(method, key, defaultValue, user))),
    runAll: (method, all, user) => {
      const evaluations = attemptAll(method, all, user);
      if (isListening()) all.keys.forEach((key, i) => evaluated(toDetails(key, null, user, evaluations[i]!)));
      return evaluations;
    },
    runAllForDetails: (method, all, user) => {
      const evaluations = attemptAll(method, all, user);
      return all.keys.map((key, i) => announced(toDetails(key, null, user, evaluations[i]!)));
    },
    explain: (key, user) => {
      requireEvaluable(key, undefined, user);
      const { evaluation, tree } = explain(ruleset, key, undefined, user, report);
      const details = toDetails(key, undefined, user, evaluation);
      const { variationId, matchedTargetingRule, matchedPercentageOption, errorCode, errorMessage } = details;
      const value = details.value ?? undefined;
      const matched = { matchedTargetingRule, matchedPercentageOption };
      const text = writeEvaluationLog(key, user, tree, value);
      return { key, user, value, variationId, ...matched, errorCode, errorMessage, setting: tree, text };
    },
  };
}

/** One error for several: not all engines have a class for it. */
function aggregate(failures: readonly Failure[]): Error {
  const errors = failures.map(({ exception }) => exception);
  return Object.assign(new Error('Several errors.'), { name: 'AggregateError', errors });
}

/** Stands for the default values of `flags$()`, which may be the attributes of a user that came in their place. */
const notShown = '<not shown>';

/** What is logged of an evaluation that failed. */
function failureText(
  method: string,
  key: string,
  defaultValue: DefaultValue,
  errorCode: EvaluationErrorCode,
  keys: readonly string[] = [],
): string {
  if (errorCode === 1000) return messages.configMissingForSetting(key, defaultValue);
  return errorCode === 1001
    ? messages.settingMissing(key, defaultValue, keys)
    : messages.evaluationFailed(method, key, defaultValue);
}
