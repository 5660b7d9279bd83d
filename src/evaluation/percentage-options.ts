import { readerOf } from '#evaluation-memory';
import { InvalidConfigModelError } from '../errors.js';
import { percentageBucket } from '../hash.js';
import type { PercentageOption, Setting } from '../model/config.js';
import { ownRules } from '../model/own-rules.js';
import type { AttributeReader } from '../model/user.js';
import { reportMissingUser, toDecision } from './decide.js';
import { attributeText } from './operands.js';
import type { Memo } from './memo.js';
import type { Decision, OptionChoice, Run } from './ruleset.js';
import type { Scope } from './scope.js';

/** Source: protocol section 5.3. */
export function compileOptions(
  options: readonly PercentageOption[],
  setting: Setting,
  scope: Scope,
  ruleIndex: number | undefined,
): OptionChoice {
  const { key, [ownRules]: own } = setting;
  const { memo } = scope.context;
  const attribute = percentageAttributeOf(setting);
  const choice: PercentageChoice = {
    choose: chooseByPercentage,
    attribute,
    read: readerOf(attribute, scope),
    decisions: options.map((option, i) => toDecision(option, ruleIndex, i)),
    limits: accumulate(options, own !== undefined),
    own: own?.bucketOf(key),
    key,
    memo,
    computation: memo.start(),
  };
  return choice;
}

/** Options made ready. */
interface PercentageChoice extends OptionChoice {
  readonly attribute: string;
  readonly read: AttributeReader;
  readonly decisions: readonly Decision[];
  /** Bucket by bucket where each option ends, as far as the options mean something. */
  readonly limits: readonly number[];
  /** The buckets of a format that has its own, and where nobody need be in an option. */
  readonly own: ((text: string) => number) | undefined;
  /** Which is hashed together with the attribute. */
  readonly key: string;
  readonly memo: Memo;
  /** The number of the hashes in the memo. */
  readonly computation: number;
}

function chooseByPercentage(choice: PercentageChoice, run: Run): Decision | undefined {
  if (!run.user) {
    reportMissingUser(run);
    return undefined;
  }
  const value = choice.read(run.user);
  if (value === undefined || value === null) {
    run.reportCount++;
    if (!run.isAbsenceReported) {
      run.isAbsenceReported = true;
      run.report('percentageAttributeMissing', run.settingKey, choice.attribute);
    }
    return undefined;
  }
  const { limits, decisions, own, memo, computation, key } = choice;
  const bucket = memo.recall(computation, attributeText(value), own ?? toBucket, key);
  for (let i = 0; i < limits.length; i++) if (bucket < limits[i]!) return decisions[i];
  if (own) return undefined;
  throw new InvalidConfigModelError(
    limits.length < decisions.length
      ? 'Percentage option percentage is invalid.'
      : 'Sum of percentage option percentages is less than 100.',
  );
}

function toBucket(text: string, key: string): number {
  return percentageBucket(key, text);
}

/** The place of a text among the 100 buckets of a setting. */
export function createBuckets({ key, [ownRules]: own }: Setting): (text: string) => number {
  return own?.bucketOf(key) ?? ((text) => toBucket(text, key));
}

/** The attribute that the percentage options of a setting hash. */
export function percentageAttributeOf({ percentageAttribute = 'Identifier' }: Setting): string {
  return percentageAttribute;
}

function accumulate(options: readonly PercentageOption[], isLenient: boolean): number[] {
  let limit = 0;
  const limits = options.map(({ percentage }) => (limit += percentage));
  const wrong = isLenient ? -1 : options.findIndex(({ percentage }) => percentage < 0);
  return wrong < 0 ? limits : limits.slice(0, wrong);
}
