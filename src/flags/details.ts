import type { DefaultValue, Evaluation } from '../evaluation/evaluate.js';
import { failureMessage, isFailure, matchedBy } from '../evaluation/evaluate.js';
import { configMissing } from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import type { User } from '../model/user.js';
import { isSameUser } from '../model/user-copy.js';
import { evaluateFlag, failureEvent } from '../core/evaluate.js';
import type { HeldDecision } from '../evaluation/held-value.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { EvaluationDetails } from '../core/types.js';

/** Evaluates a flag for whoever wants to know more: the same object as in the event of it. */
export function detailsOf(
  snapshot: InternalSnapshot,
  method: string,
  key: string,
  defaultValue: DefaultValue,
  user: User | undefined,
): EvaluationDetails {
  const evaluation = evaluateFlag(snapshot, method, key, defaultValue, user);
  return announced(snapshot, toDetails(snapshot, key, defaultValue, user, evaluation));
}

/** Tells those who listen to evaluations of one. */
export function announced(
  { context: { events } }: InternalSnapshot,
  details: EvaluationDetails,
  how?: { readonly isBulk: boolean },
): EvaluationDetails {
  if (events.hasListeners()) events.emit({ type: 'flagEvaluated', details, ...how });
  return details;
}

/** Puts an evaluation into words. */
export function toDetails(
  { ruleset, state, context }: InternalSnapshot,
  key: string,
  defaultValue: DefaultValue,
  user: User | undefined,
  evaluation: Evaluation,
): EvaluationDetails {
  const fetchedAt = context.cacheState(state) === 'local-only' ? undefined : new Date(state.entry.fetchedAtMs ?? 0);
  const common = { key, user, fetchedAt };
  if (!isFailure(evaluation)) {
    const { value, variationId, held } = evaluation as HeldDecision;
    const matched = matchedBy(ruleset, key, evaluation);
    return { ...common, value, variationId, isDefaultValue: false, errorCode: 0, ...matched, ...held };
  }
  const { errorCode, exception } = evaluation;
  return {
    ...common,
    value: defaultValue,
    isDefaultValue: true,
    errorCode,
    errorMessage:
      failureMessage(evaluation) ?? context.log.textOf(...failureEvent(evaluation, '', key, defaultValue, ruleset)),
    exception,
  };
}

/** Details of a flag that has not been evaluated yet; nothing is logged of it. */
export function pendingDetails({ textOf }: Log, key: string, defaultValue: DefaultValue): EvaluationDetails {
  return {
    key,
    value: defaultValue,
    isDefaultValue: true,
    errorCode: 1000,
    errorMessage: textOf(configMissing, { key, defaultValue }),
    fetchedAt: new Date(0),
  };
}

/**
 * Tells whether two details mean the same to whoever is shown the flag: value, variation, matched rule and option, error
 * and user. When the config was fetched makes no difference.
 *
 * @example
 * client.snapshot$.pipe(
 *   map((snapshot) => snapshot.details('darkMode', false)),
 *   distinctUntilChanged(isSameEvaluation),
 * );
 */
export function isSameEvaluation(a: EvaluationDetails, b: EvaluationDetails): boolean {
  return isSameAnswer(a, b) && isSameUser(a.user, b.user);
}

/** Like `isSameEvaluation()`, whoever the users are. */
export function isSameAnswer(a: EvaluationDetails, b: EvaluationDetails): boolean {
  return (
    Object.is(a.value, b.value) &&
    a.variationId === b.variationId &&
    a.errorMessage === b.errorMessage &&
    isSameModel(a.matchedTargetingRule, b.matchedTargetingRule) &&
    isSameModel(a.matchedPercentageOption, b.matchedPercentageOption) &&
    isSameModel(a.held, b.held)
  );
}

/** Each config has models of its own, which are plain data, and so is what is held. */
function isSameModel(a: object | undefined, b: object | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
