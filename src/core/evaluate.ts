import { requireEvaluable } from '../arguments.js';
import type { EvaluationErrorCode } from '../errors.js';
import type { DefaultValue, Evaluation } from '../evaluation/evaluate.js';
import { evaluate, isFailure } from '../evaluation/evaluate.js';
import { messages } from '../logging/messages.js';
import type { User } from '../model/user.js';
import type { InternalSnapshot } from './snapshot.js';

/** The value of a flag, or the default value; logs why, and tells whoever listens to evaluations. */
export function valueOf(
  snapshot: InternalSnapshot,
  method: string,
  key: string,
  defaultValue: DefaultValue,
  user: User | undefined,
): DefaultValue {
  const evaluation = evaluateFlag(snapshot, method, key, defaultValue, user);
  const { events, detailsOf } = snapshot.context;
  if (detailsOf && events.isHeard()) {
    events.emit({ type: 'flagEvaluated', details: detailsOf(snapshot, key, defaultValue, user, evaluation) });
  }
  return isFailure(evaluation) ? defaultValue : evaluation.value;
}

/** Evaluates a flag, and logs what fails. Tells nobody. */
export function evaluateFlag(
  snapshot: InternalSnapshot,
  method: string,
  key: string,
  defaultValue: DefaultValue,
  user: User | undefined,
): Evaluation {
  requireEvaluable(key, defaultValue, user);
  const { ruleset, context } = snapshot;
  const evaluation = context.evaluateWithLog
    ? context.evaluateWithLog(snapshot, key, defaultValue, user, shownOf(method, defaultValue))
    : evaluate(ruleset, key, defaultValue, user, context.report);
  if (isFailure(evaluation)) {
    const { errorCode: code, exception } = evaluation;
    const shown = shownOf(method, defaultValue);
    context.log.error(code < 1000 ? 1002 : code, () => failureText(method, key, shown, code, ruleset?.keys), exception);
  }
  return evaluation;
}

/** A default value as the log may show it: what JavaScript passes to `flags$()` may be a user, whose attributes are private. */
function shownOf(method: string, defaultValue: DefaultValue): DefaultValue {
  return method === 'flags$' ? '<not shown>' : defaultValue;
}

/** What is logged of an evaluation that failed. */
export function failureText(
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
