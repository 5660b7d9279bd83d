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
  const list = evaluations.map((evaluation) => (isFailure(evaluation) ? null : (evaluation.value ?? null)));
  const last = ruleset.lastValues;
  if (last?.list.every((value, i) => Object.is(value, list[i]))) return last.record;
  // Entries, because assignment would treat a flag named `__proto__` as something else.
  const record = Object.freeze(Object.fromEntries(ruleset.keys.map((key, i) => [key, list[i]!])));
  ruleset.lastValues = { list, record };
  return record;
}
