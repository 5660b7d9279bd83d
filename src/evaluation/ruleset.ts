import type {
  Condition,
  Config,
  PercentageOption,
  Segment,
  Setting,
  SettingValue,
  TargetingRule,
  UserCondition,
} from '../model/config.js';
import type { AttributeReader, User } from '../model/user.js';
import type { Memo } from './memo.js';

/** One or several configs made ready for evaluation. */
export interface Ruleset {
  /** The configs it was made of, lowest layer first. */
  readonly layers: readonly Config[];
  /** Setting keys: those of the lowest layer in property order, then what each layer adds. */
  readonly keys: readonly string[];
  /** The compiled setting with this key, from the highest layer that has it, or `undefined`. */
  get(key: string): CompiledSetting | undefined;
  /** Settings that have been read so far. */
  readonly compiled: ReadonlyMap<string, CompiledSetting>;
  readonly memo: Memo;
  /** What all settings came to when they were last evaluated together. */
  lastValues: AllValues | undefined;
}

/** The values of all settings for one user, as a list in the order of the keys and as a record. */
export interface AllValues {
  readonly list: readonly (SettingValue | null)[];
  readonly record: Readonly<Record<string, SettingValue | null>>;
}

/** A setting whose every decision that does not depend on the user is already taken. */
export interface CompiledSetting {
  readonly source: Setting;
  readonly origin: Origin;
  readonly rules: readonly CompiledRule[];
  /** The options after the rules. */
  readonly chooseOption: OptionChoice | undefined;
  readonly fallback: Decision;
  /**
   * Names of all attributes that the decision can depend on, segments and prerequisites included; `undefined` when
   * they are too many to be worth comparing.
   */
  readonly attributes: readonly string[] | undefined;
  readonly readers: readonly AttributeReader[] | undefined;
  readonly last: LastDecision;
}

/** What a setting was compiled from: while all of this stays the same, so does the compiled setting. */
export interface Origin {
  readonly setting: unknown;
  readonly salt: string | undefined;
  readonly usesSalt: boolean;
  /** Segments by their index. */
  readonly segments: ReadonlyMap<number, unknown>;
  /** Keys of the prerequisite flags. */
  readonly prerequisites: ReadonlySet<string>;
}

/** The attributes of the user who was evaluated last, and the decision if it came without a warning. */
export interface LastDecision {
  readonly attributes: unknown[];
  decision: Decision | undefined;
  /** Counts evaluations, to notice one that happens inside another. */
  evaluation: number;
}

export interface CompiledRule {
  readonly source: TargetingRule;
  readonly conditions: readonly CompiledCondition[];
  /** What the rule serves once its conditions hold; `undefined` answer: go on with the next rule. */
  readonly serve: OptionChoice;
}

export type OptionChoice = (run: Run) => Decision | undefined;

/** A condition, with a closure over everything that is known before the user is. */
export interface CompiledCondition {
  readonly source: Condition;
  /** The segment that the condition refers to. */
  readonly segment?: Segment | undefined;
  /** The condition in the words of logs. */
  readonly describe: () => string;
  readonly holds: (run: Run) => Verdict;
}

/** What a condition says of a user. `unusable`: it cannot be evaluated, so its targeting rule is skipped. */
export type Verdict = boolean | 'unusable';

/** What evaluation decided, built once per rule and option and shared by all evaluations. */
export interface Decision {
  readonly errorCode: 0;
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
  readonly driver: Driver;
  /** The setting whose rules are being processed: the prerequisite's key inside a prerequisite. */
  settingKey: string;
  /** Warnings that are said once per setting. */
  isUserMissingReported: boolean;
  isAttributeMissingReported: boolean;
  /** How much has been reported: the same evaluation must report it again. */
  reportCount: number;
  /** Keys of the settings that depend on the one in hand, outermost first. */
  readonly path: string[];
  /** What prerequisite flags have decided in this evaluation without reporting anything. */
  prerequisites: Map<CompiledSetting, Decision> | undefined;
}

/** A way through the compiled tree: the plain one, or one that writes down what it sees. */
export interface Driver {
  /** What a prerequisite flag serves. */
  readonly decide: (prerequisite: CompiledSetting, run: Run) => Decision;
  /** The verdict of the conditions of a segment, joined by AND. */
  readonly holdAll: (conditions: readonly CompiledCondition[], run: Run) => Verdict;
}
