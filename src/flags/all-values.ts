import { requireUser } from '../arguments.js';
import type { EvaluationDetails } from '../core/types.js';
import { announced, toDetails } from './details.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { Evaluation, Failure } from '../evaluation/evaluate.js';
import { evaluateAll, isFailure } from '../evaluation/evaluate.js';
import type { Ruleset } from '../evaluation/ruleset.js';
import { valuesOf } from '../evaluation/values.js';
import * as logEvents from '../logging/events.js';
import type { SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';

/** All values by key; `null` for a flag that cannot be evaluated. */
export function allValues(snapshot: InternalSnapshot, method: string, user: User | undefined): AllValues {
  return allValuesBy(evaluateAll, snapshot, method, user);
}

type AllValues = Readonly<Record<string, SettingValue | null>>;

/** Evaluates all flags for one user, in the order of the keys: by rules, or by what somebody else has decided. */
export type EvaluateAll = typeof evaluateAll;

/** The same for those who do not evaluate by rules. */
export function allValuesBy(
  evaluateEach: EvaluateAll,
  snapshot: InternalSnapshot,
  method: string,
  user: User | undefined,
): AllValues {
  const evaluations = evaluateInOneGo(evaluateEach, snapshot, 'empty object', method, user);
  const { ruleset } = snapshot;
  if (!evaluations || !ruleset) return {};
  const { events, detailsOf } = snapshot.context;
  if (detailsOf && events.hasListeners()) {
    ruleset.keys.forEach((key, i) => {
      const details = detailsOf(snapshot, key, null, user, evaluations[i]!);
      events.emit({ type: 'flagEvaluated', details, isBulk: true });
    });
  }
  return valuesOf(ruleset, evaluations);
}

/** The details of all flags, in the order of the config. */
export function allDetails(
  snapshot: InternalSnapshot,
  method: string,
  user: User | undefined,
): readonly EvaluationDetails[] {
  const evaluations = evaluateInOneGo(evaluateAll, snapshot, 'empty array', method, user);
  return (evaluations ?? []).map((evaluation, i) =>
    announced(snapshot, toDetails(snapshot, snapshot.ruleset!.keys[i]!, null, user, evaluation), { isBulk: true }),
  );
}

/** All keys, in the order of the config. */
export function allKeys(snapshot: InternalSnapshot): readonly string[] {
  return requireRuleset(snapshot, 'empty array')?.keys ?? [];
}

/** The ruleset, if there is one: that there is none is logged. */
export function requireRuleset({ ruleset, context }: InternalSnapshot, returned: string): Ruleset | undefined {
  if (!ruleset) context.log(logEvents.configMissing, { returned });
  return ruleset;
}

/** Evaluates all settings; what fails is summed up in one log entry. */
function evaluateInOneGo(
  evaluateEach: EvaluateAll,
  snapshot: InternalSnapshot,
  returned: string,
  method: string,
  user: User | undefined,
): readonly Evaluation[] | undefined {
  requireUser(user);
  const ruleset = requireRuleset(snapshot, returned);
  if (!ruleset) return undefined;
  const { log, report, evaluateWithLog } = snapshot.context;
  const evaluations = evaluateWithLog
    ? ruleset.keys.map((key) => evaluateWithLog(snapshot, key, null, user, null))
    : evaluateEach(ruleset, user, report);
  const failures = evaluations.filter(isFailure);
  if (failures.length > 0) {
    log(logEvents.evaluationFailed, { method, returned: 'evaluation result' }, aggregate(failures));
  }
  return evaluations;
}

/** One error for several: not all engines have a class for it. */
function aggregate(failures: readonly Failure[]): Error {
  const errors = failures.map(({ exception }) => exception);
  return Object.assign(new Error('Several errors.'), { name: 'AggregateError', errors });
}
