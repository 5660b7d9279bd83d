import type {
  Config,
  PercentageOption,
  Setting,
  SettingType,
  SettingValue,
  TargetingRule,
  UserCondition,
} from '../model/config.js';
import type { User } from '../model/user.js';

/** A config made ready for evaluation. */
export interface Ruleset {
  readonly config: Config;
  /** The compiled setting with this key, or `undefined`. */
  get(key: string): CompiledSetting | undefined;
}

/** A setting whose every decision that does not depend on the user is already taken. */
export interface CompiledSetting {
  readonly source: Setting;
  readonly type: SettingType | undefined;
  readonly rules: readonly CompiledRule[];
  /** The options after the rules; `undefined` answer: none could be chosen for lack of a user or attribute. */
  readonly chooseOption: OptionChoice | undefined;
  readonly fallback: Decision;
}

export interface CompiledRule {
  readonly conditions: readonly CompiledCondition[];
  /** What the rule serves once its conditions hold; `undefined` answer: go on with the next rule. */
  readonly serve: OptionChoice;
}

export type OptionChoice = (run: Run) => Decision | undefined;

/** A condition as a closure over everything that is known before the user is. */
export type CompiledCondition = (run: Run) => Verdict;

/** What a condition says of a user. `unusable`: it cannot be evaluated, so its targeting rule is skipped. */
export type Verdict = boolean | 'unusable';

/** What evaluation decided, built once per rule and option and shared by all evaluations. */
export interface Decision {
  readonly value: SettingValue | undefined;
  readonly variationId: string | undefined;
  readonly matchedTargetingRule: TargetingRule | undefined;
  readonly matchedPercentageOption: PercentageOption | undefined;
}

/** Something the user of the library should know about an evaluation that went on nevertheless. */
export type WarningKind =
  'userMissing' | 'percentageAttributeMissing' | 'attributeMissing' | 'attributeInvalid' | 'attributeConverted';

/**
 * Takes warnings as they arise.
 *
 * @param settingKey - the setting whose rules are being processed.
 * @param subject - the condition, or the attribute of percentage options, that cannot be evaluated as it should.
 * @param detail - why an attribute is invalid, or the text that it was converted to.
 */
export type Report = (kind: WarningKind, settingKey: string, subject?: UserCondition | string, detail?: string) => void;

/** The state of one evaluation. */
export interface Run {
  readonly user: User | undefined;
  readonly report: Report;
  /** The setting whose rules are being processed: the prerequisite's key inside a prerequisite. */
  settingKey: string;
  /** Warnings that are said once per setting. */
  isUserMissingReported: boolean;
  isAttributeMissingReported: boolean;
  /** Keys of the settings that depend on the one in hand, outermost first. */
  readonly path: string[];
}
