import type { InternalConfig, Segment, Setting, SettingValue } from '../model/config.js';
import type { PlainOverride } from '../model/own-rules.js';
import type { AttributeReader, User } from '../model/user.js';
import type { Memo } from './memo.js';

/** One or several configs made ready for evaluation. */
export interface Ruleset {
  /** The configs it was made of, lowest layer first. */
  readonly layers: readonly InternalConfig[];
  /** What those are told who ask for rules, where there are none because somebody else has decided. */
  readonly whyNoRules?: string;
  /** Setting keys: those of the lowest layer in property order, then what each layer adds. */
  readonly keys: readonly string[];
  /** The compiled setting with this key, from the highest layer that has it, or `undefined`. */
  get(key: string): CompiledSetting | undefined;
  /** Decides what a setting serves: by its rules, or by what somebody else has decided. */
  readonly decide: (setting: CompiledSetting, user: User | undefined, report: Report) => Decision;
  /** Settings that have been read so far. */
  readonly compiled: ReadonlyMap<string, CompiledSetting>;
  readonly memo: Memo;
  /** All settings in the order of the keys, once all have been read; `undefined` for those that cannot be. */
  inOrder: readonly (CompiledSetting | undefined)[] | undefined;
  /** What all settings came to when they were last evaluated together. */
  lastValues: AllValues | undefined;
}

/** The values of all settings for one user, as a list in the order of the keys and as a record. */
export interface AllValues {
  readonly list: readonly (SettingValue | null)[];
  readonly record: Readonly<Record<string, SettingValue | null>>;
}

/** A setting whose every decision that does not depend on the user is already taken. It does not keep the document alive. */
export interface CompiledSetting extends Pick<Setting, 'key' | 'type'> {
  /** Present for a plain value of overrides. */
  readonly plainOverride: PlainOverride | undefined;
  /** What `typeof` says of its values; `any` when they may be of any type, `undefined` when the type is none. */
  readonly typeofValue: string | undefined;
  readonly dependencies: Dependencies;
  readonly rules: readonly CompiledRule[];
  /** The options after the rules. */
  readonly choice: OptionChoice | undefined;
  /** What everybody gets whom no rule and no option reaches. */
  readonly otherwise: Decision;
  /**
   * All attributes that the decision can depend on, segments and prerequisites included; `undefined` when they are not
   * known, or too many to be worth comparing.
   */
  readonly attributes: Attributes | undefined;
  /** It has been evaluated before. */
  isKnown: boolean;
  /** `undefined` until it is evaluated for the second time. */
  last: LastDecision | undefined;
}

/** Attributes by their names; the same object for all settings of a config that depend on the same. */
export interface Attributes {
  readonly names: readonly string[];
  readonly readers: readonly AttributeReader[];
  /** The lists with one more attribute, by its name. */
  readonly longer: Map<string, Attributes>;
}

/** What a setting depends on beside its own JSON: while all of it stays the same, so does the compiled setting. */
export interface Dependencies {
  readonly usesSalt: boolean;
  /** Indexes of the segments. */
  readonly segments: ReadonlySet<number>;
  /** Keys of the prerequisite flags. */
  readonly prerequisites: ReadonlySet<string>;
}

/** The attributes of the user who was evaluated last, and the decision if it came without a warning. */
export interface LastDecision {
  readonly attributes: unknown[];
  decision: Decision | undefined;
  /** Counts evaluations, to notice one that happens inside another. */
  evaluation: number;
  /** How often other attributes came since the same came last. */
  misses: number;
  /** How many evaluations are not to be compared. */
  skips: number;
}

export interface CompiledRule {
  /** The first one, which leads to the next. */
  readonly condition: CompiledCondition | undefined;
  /** What the rule serves once its conditions hold. */
  readonly decision: Decision | undefined;
  /** Where there is none: what chooses; `undefined` chosen means: go on with the next rule. */
  readonly choice: OptionChoice | undefined;
}

/*
 * What choices and conditions know before there is a user stands in objects, and a function judges by them: closures would
 * take three times the memory, of which there is one for each condition of each flag.
 */

/** A choice among percentage options. */
export interface OptionChoice {
  choose(choice: this, run: Run): Decision | undefined;
}

/** A condition of a rule or of a segment. */
export interface CompiledCondition {
  judge(condition: this, run: Run): Verdict;
  /** The next one of the same rule or segment: both have to hold. */
  and?: CompiledCondition | undefined;
  /** Present when it asks for a prerequisite flag, for those who do that in their own way. */
  readonly question?: PrerequisiteQuestion;
}

/** What a condition wants to know of a prerequisite flag. */
export interface PrerequisiteQuestion {
  /** @throws InvalidConfigModelError when there is no such flag, or it is of another type. */
  readonly prerequisite: () => CompiledSetting;
  readonly judge: (prerequisite: CompiledSetting, decision: Decision) => Verdict;
}

/** A segment made ready. */
export interface CompiledSegment {
  readonly source: Segment;
  /** The first one, which leads to the next. */
  readonly condition: CompiledCondition | undefined;
  /** Like those of a setting. */
  readonly attributes: Attributes | undefined;
  /** Some condition needs the salt. */
  readonly usesSalt: boolean;
}

/** What a condition says of a user. `unusable`: it cannot be evaluated, so its targeting rule is skipped. */
export type Verdict = boolean | 'unusable';

/** What evaluation decided, built once per rule and option and shared by all evaluations. */
export interface Decision {
  readonly errorCode: 0;
  readonly value: SettingValue | undefined;
  readonly variationId: string | undefined;
  /** The place of the targeting rule that matched. */
  readonly ruleIndex: number | undefined;
  /** The place of the percentage option that was chosen: of the rule, or of the setting. */
  readonly optionIndex: number | undefined;
}

/** Something the user of the library should know about an evaluation that went on nevertheless. */
export type WarningKind =
  'userMissing' | 'percentageAttributeMissing' | 'attributeMissing' | 'attributeInvalid' | 'attributeConverted';

/** What a condition on an attribute says. */
export interface Comparison {
  readonly attribute: string;
  /** The number of the comparator. */
  readonly comparator: number;
  /** The member of the comparison value that counts; all of it when the comparator is unknown. */
  readonly value: unknown;
}

/**
 * Takes warnings as they arise.
 *
 * @param settingKey - the setting whose rules are being processed.
 * @param subject - the condition, or the attribute of percentage options, that cannot be evaluated as it should.
 * @param detail - why an attribute is invalid, or the text that it was converted to.
 */
export type Report = (kind: WarningKind, settingKey: string, subject?: Comparison | string, detail?: string) => void;

/** The state of one evaluation. */
export interface Run {
  readonly user: User | undefined;
  readonly report: Report;
  traversal: Traversal;
  /** The setting whose rules are being processed: the prerequisite's key inside a prerequisite. */
  settingKey: string;
  /** It has been said that the user is missing, or the attribute of percentage options: once per setting. */
  isAbsenceReported: boolean;
  /** How much has been reported: the same evaluation must report it again. */
  reportCount: number;
  /** Keys of the settings that depend on the one in hand, outermost first. */
  path: Set<string> | undefined;
  /** What prerequisite flags have decided in this evaluation, where it need not be decided once more. */
  prerequisites: Map<CompiledSetting, Decision> | undefined;
}

/** A way through the compiled tree: the plain one, or one that writes down what it sees. */
export interface Traversal {
  /** What a prerequisite flag serves. */
  readonly decide: (prerequisite: CompiledSetting, run: Run) => Decision;
  /** The verdict of the conditions of a segment, joined by AND. */
  readonly holdSegment: (segment: CompiledSegment, run: Run) => Verdict;
}
