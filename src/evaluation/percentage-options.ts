import { readerOf } from '#evaluation-memory';
import { InvalidConfigModelError } from '../errors.js';
import { percentageBucket, utf8 } from '../hash.js';
import type { PercentageOption, Setting } from '../model/config.js';
import { ownRules } from '../model/own-rules.js';
import { reportMissingUser, toDecision } from './decide.js';
import { attributeText } from './operands.js';
import type { OptionChoice } from './ruleset.js';
import type { Scope } from './scope.js';

/** Source: protocol section 5.3. */
export function compileOptions(
  options: readonly PercentageOption[],
  setting: Setting,
  scope: Scope,
  ruleIndex: number | undefined,
): OptionChoice {
  const attribute = percentageAttributeOf(setting);
  const readAttribute = readerOf(attribute, scope);
  const isLenient = setting[ownRules] !== undefined;
  const { limits, problem } = accumulate(options, isLenient);
  const decisions = options.map((option, i) => toDecision(option, ruleIndex, i));
  const bucketOf = scope.context.memo(createBuckets(setting));
  return (run) => {
    if (!run.user) {
      reportMissingUser(run);
      return undefined;
    }
    const value = readAttribute(run.user);
    if (value === undefined || value === null) {
      run.reportCount++;
      if (!run.isAbsenceReported) {
        run.isAbsenceReported = true;
        run.report('percentageAttributeMissing', run.settingKey, attribute);
      }
      return undefined;
    }
    const bucket = bucketOf(attributeText(value));
    for (let i = 0; i < limits.length; i++) if (bucket < limits[i]!) return decisions[i];
    if (isLenient) return undefined;
    throw new InvalidConfigModelError(problem);
  };
}

/** The place of a text among the 100 buckets of a setting. */
export function createBuckets({ key, [ownRules]: own }: Setting): (text: string) => number {
  if (own) return own.bucketOf(key);
  const prefix = utf8(key);
  return (text) => percentageBucket(prefix, text);
}

/** The attribute that the percentage options of a setting hash. */
export function percentageAttributeOf({ percentageAttribute = 'Identifier' }: Setting): string {
  return percentageAttribute;
}

/** Bucket by bucket where each option ends, as far as the options mean something, and what is wrong beyond. */
function accumulate(options: readonly PercentageOption[], isLenient: boolean): { limits: number[]; problem: string } {
  const limits: number[] = [];
  let limit = 0;
  for (const { percentage } of options) {
    if (percentage < 0 && !isLenient) return { limits, problem: 'Percentage option percentage is invalid.' };
    limits.push((limit += percentage));
  }
  return { limits, problem: 'Sum of percentage option percentages is less than 100.' };
}
