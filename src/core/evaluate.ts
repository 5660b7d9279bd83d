import { requireEvaluable } from '../arguments.js';
import type { DefaultValue, Evaluation, Failure } from '../evaluation/evaluate.js';
import { isFailure } from '../evaluation/evaluate.js';
import type { Comparison, Report, Ruleset } from '../evaluation/ruleset.js';
import type { Occurrence, Texts } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import type { User } from '../model/user.js';
import type { InternalSnapshot } from './snapshot.js';

/** Tells the compiler `logTexts` from what merely looks like them; nothing has it at run time. */
declare const areLogTexts: unique symbol;

/** What log entries and error messages say: `logTexts`, ConfigCat's texts. */
export interface LogTexts extends Texts {
  /** Only `logTexts` counts as having it. */
  readonly [areLogTexts]: true;
  /**
   * Puts the condition into words that a warning is about.
   *
   * @internal
   */
  readonly condition: (condition: Comparison) => string | undefined;
}

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
  if (detailsOf && events.hasListeners()) {
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
    : context.evaluate(ruleset, key, defaultValue, user, context.report);
  // By itself: engines put functions that are small into their callers.
  return isFailure(evaluation) ? logFailure(snapshot, evaluation, method, key, defaultValue) : evaluation;
}

function logFailure(
  { ruleset, context }: InternalSnapshot,
  evaluation: Failure,
  method: string,
  key: string,
  defaultValue: DefaultValue,
): Failure {
  const failure = failureEvent(evaluation, method, key, shownOf(method, defaultValue), ruleset);
  context.log(...failure, evaluation.exception);
  return evaluation;
}

/**
 * A default value as the log may show it: what JavaScript passes to `flags$()` may be a user, whose attributes are private, and
 * those of JSON are no values of flags.
 */
function shownOf(method: string, defaultValue: DefaultValue): DefaultValue {
  return /^flags\$|json/i.test(method) ? '<not shown>' : defaultValue;
}

/** What is logged of an evaluation that failed. */
export function failureEvent(
  { errorCode }: Failure,
  method: string,
  key: string,
  defaultValue: DefaultValue,
  ruleset: Ruleset | undefined,
): Occurrence {
  if (errorCode === 1000) return [events.configMissing, { key, defaultValue }];
  // A copy, because loggers are given it.
  if (errorCode === 1001) return [events.settingMissing, { key, defaultValue, keys: [...ruleset!.keys] }];
  return [events.evaluationFailed, { method, key, defaultValue }];
}

/**
 * Turns what evaluation reports into log entries: each flag and attribute of a config once, with how often it was left out while
 * the config before was there. Source: protocol section 12.1, events 3001 to 3005.
 *
 * @param configNow - what is another one with each config.
 */
export function reportTo(log: Log, texts: LogTexts, configNow: () => unknown): Report {
  let config: unknown;
  let counts = new Map<string, number>();
  let countsBefore = counts;
  return (kind, key, subject = '', detail = '') => {
    if (!log.isEnabled('warn')) return;
    const isCondition = typeof subject === 'object';
    const attribute = isCondition ? subject.attribute : subject;
    const present = configNow();
    if (config !== present) {
      config = present;
      countsBefore = counts;
      counts = new Map();
    }
    const cause = [kind, key, attribute].join('\n');
    const count = counts.get(cause);
    counts.set(cause, (count ?? -1) + 1);
    if (count !== undefined) return;
    const leftOut = countsBefore.get(cause);
    const told = { key, repeated: leftOut === 0 ? undefined : leftOut };
    const parameters = { ...told, attribute, condition: isCondition ? texts.condition(subject) : undefined };
    if (kind === 'userMissing') log(events.userMissing, told);
    else if (kind === 'attributeInvalid') log(events.attributeInvalid, { ...parameters, reason: detail });
    else if (kind === 'attributeConverted') log(events.attributeConverted, { ...parameters, text: detail });
    else log(events.attributeMissing, parameters);
  };
}
