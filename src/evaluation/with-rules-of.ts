import { onlyServedValueDiffers } from '../model/served-value-text.js';
import { toDecision } from './decide.js';
import type { CompiledSetting } from './ruleset.js';

/**
 * A setting whose text is another one, around the compiled rules and options of before: `undefined` if these may be different.
 *
 * @param setting - depends on no other setting and on no segment.
 */
export function withRulesOf(setting: CompiledSetting, before: unknown, after: unknown): CompiledSetting | undefined {
  const { key, type, plainOverride, typeofValue, dependencies, rules, choice, attributes } = setting;
  const served = onlyServedValueDiffers(before, after, type);
  if (!served) return undefined;
  const otherwise = toDecision(served, undefined, undefined);
  // Member by member in the order of the compiler: engines take that as the same shape.
  return {
    key,
    type,
    plainOverride,
    typeofValue,
    dependencies,
    rules,
    choice,
    otherwise,
    attributes,
    isKnown: false,
    last: undefined,
  };
}
