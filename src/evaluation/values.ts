import type { SettingValue } from '../model/config.js';
import type { Evaluation } from './evaluate.js';
import { isFailure } from './evaluate.js';
import type { Ruleset } from './ruleset.js';

/**
 * The values of evaluations by key, `null` for those that failed: the same object as the last time when nothing
 * differs, so that whoever is given it can tell by a glance.
 *
 * @param evaluations - one per key of the ruleset, in order.
 */
export function valuesOf(
  ruleset: Ruleset,
  evaluations: readonly Evaluation[],
): Readonly<Record<string, SettingValue | null>> {
  const last = ruleset.lastValues;
  if (last && isSameList(last.list, evaluations)) return last.record;
  const list = evaluations.map(valueOf);
  // Begun without a prototype: a flag named `__proto__` is one among others, and engines make a table of it at once. Of an
  // object that grows as others do they would keep a description of each size it has had.
  const record = Object.create(null) as Record<string, SettingValue | null>;
  ruleset.keys.forEach((key, i) => (record[key] = list[i]!));
  Object.freeze(Object.setPrototypeOf(record, Object.prototype));
  ruleset.lastValues = { list, record };
  return record;
}

function valueOf(evaluation: Evaluation): SettingValue | null {
  return isFailure(evaluation) ? null : (evaluation.value ?? null);
}

function isSameList(values: readonly (SettingValue | null)[], evaluations: readonly Evaluation[]): boolean {
  for (let i = 0; i < values.length; i++) if (!Object.is(values[i], valueOf(evaluations[i]!))) return false;
  return true;
}
