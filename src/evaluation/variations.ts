import { InvalidConfigModelError } from '../errors.js';
import type { ServedValue, Setting, SettingValue, TargetingRule } from '../model/config.js';
import { ownRules, plainOverride } from '../model/own-rules.js';
import { typeOf } from './decide.js';
import { sourceOf } from './reuse.js';
import type { Ruleset } from './ruleset.js';

/** A setting and one of its values. */
export interface KeyAndValue {
  readonly key: string;
  readonly value: SettingValue;
}

/**
 * Finds the setting and the value that a variation ID stands for: the first hit over all settings, their own values
 * before their rules before their percentage options. Source: protocol section 13, `getKeyAndValueAsync`.
 *
 * @throws InvalidConfigModelError when the search comes across a setting of no valid type, or a targeting rule that serves
 * nothing; Error when there are no rules to search.
 */
export function findVariation(ruleset: Ruleset, variationId: string): KeyAndValue | undefined {
  if (ruleset.whyNoRules) throw new Error(ruleset.whyNoRules);
  for (const key of ruleset.keys) {
    const source = sourceOf(ruleset.layers, key)!;
    if (!source[ownRules]) typeOf({ type: source.type, plainOverride: source[plainOverride] });
    for (const served of servedValues(source)) {
      if (served.variationId !== variationId) continue;
      if (served.value === undefined) throw new InvalidConfigModelError('Setting value is missing or invalid.');
      return { key, value: served.value };
    }
  }
  return undefined;
}

function* servedValues({ servedValue, targetingRules, percentageOptions }: Setting): Iterable<ServedValue> {
  yield servedValue;
  for (const rule of targetingRules) yield* thenPart(rule);
  yield* percentageOptions;
}

function thenPart({ servedValue, percentageOptions }: TargetingRule): readonly ServedValue[] {
  if (servedValue && !percentageOptions) return [servedValue];
  if (percentageOptions?.length && !servedValue) return percentageOptions;
  throw new InvalidConfigModelError('Targeting rule THEN part is missing or invalid.');
}
