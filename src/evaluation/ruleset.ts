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
export type Warning =
  | { readonly kind: 'user-missing'; readonly settingKey: string }
  | { readonly kind: 'percentage-attribute-missing'; readonly settingKey: string; readonly attribute: string }
  | { readonly kind: 'attribute-missing'; readonly settingKey: string; readonly condition: UserCondition }
  | {
      readonly kind: 'attribute-invalid';
      readonly settingKey: string;
      readonly condition: UserCondition;
      readonly reason: string;
    }
  | {
      readonly kind: 'attribute-converted';
      readonly settingKey: string;
      readonly condition: UserCondition;
      readonly text: string;
    };

/** Takes warnings as they arise. */
export type Report = (warning: Warning) => void;

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
