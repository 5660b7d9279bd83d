import type { User } from '../model/user.js';
import type { DefaultValue, Evaluation } from './evaluate.js';
import { evaluate, failed, missing, requireServable, requireType } from './evaluate.js';
import type { Recording } from './explain.js';
import { record } from './explain.js';
import type { ExplainedSetting } from './explanation.js';
import type { Report, Ruleset } from './ruleset.js';

/** An evaluation together with its tree. */
export interface ExplainedEvaluation {
  readonly evaluation: Evaluation;
  /** `undefined` when evaluation did not come to a setting. */
  readonly tree: ExplainedSetting | undefined;
}

/** Evaluates like `evaluate()`, with the same outcome and the same warnings, and keeps a record of it. */
export function explain(
  ruleset: Ruleset | undefined,
  key: string,
  defaultValue: DefaultValue,
  user: User | undefined,
  report: Report,
): ExplainedEvaluation {
  if (ruleset?.whyNoRules) return { evaluation: evaluate(ruleset, key, defaultValue, user, report), tree: undefined };
  let recording: Recording | undefined;
  const attempt = (): Evaluation => {
    const setting = ruleset?.get(key);
    if (!setting) return missing(ruleset);
    requireType(setting, defaultValue);
    recording = record(ruleset!.layers, setting, user, report);
    const decision = recording.decide();
    requireServable(setting, decision, defaultValue);
    return decision;
  };
  try {
    return { evaluation: attempt(), tree: recording?.tree };
  } catch (exception) {
    return { evaluation: failed(exception), tree: recording?.tree };
  }
}
