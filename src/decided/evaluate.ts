import type { DefaultValue, Evaluation } from '../evaluation/evaluate.js';
import type { Report, Ruleset } from '../evaluation/ruleset.js';
import type { User } from '../model/user.js';

/**
 * Evaluates a flag that somebody else has decided: `evaluate()` without what only rules need. Pure, synchronous, and never
 * throws.
 */
export function evaluateDecided(
  ruleset: Ruleset | undefined,
  key: string,
  defaultValue: DefaultValue,
  user: User | undefined,
  report: Report,
): Evaluation {
  const setting = ruleset?.get(key);
  if (!setting) return { errorCode: ruleset ? 1001 : 1000, exception: undefined };
  const { type, typeofValue, otherwise } = setting;
  const given = typeof defaultValue;
  // Who has no default value is given values of any type that is known.
  const fits = given === typeofValue || (type && (defaultValue === undefined || defaultValue === null));
  if (!fits || otherwise.value === undefined) {
    const exception = new Error(`There is no value of this flag that would fit a default value of type ${given}.`);
    return { errorCode: !fits && type && typeofValue ? 2 : 1, exception };
  }
  try {
    return ruleset!.decide(setting, user, report);
  } catch (exception) {
    return { errorCode: -1, exception };
  }
}

/** The same for all flags, in the order of the keys. */
export function evaluateAllDecided(ruleset: Ruleset, user: User | undefined, report: Report): readonly Evaluation[] {
  return ruleset.keys.map((key) => evaluateDecided(ruleset, key, undefined, user, report));
}
