import type { OwnComparator, OwnSettingRules, PlainOverride, ownRules, plainOverride } from './own-rules.js';

/** A value that a setting can serve. */
export type SettingValue = boolean | string | number;

/** The types of settings. An `int` and a `double` are both numbers in JavaScript, but never equal as types. */
export type SettingType = 'boolean' | 'string' | 'int' | 'double';

/**
 * One config JSON under readable names: immutable, settings and segments are read and translated when first asked for.
 * Source: protocol section 4.
 */
export interface Config {
  /** Where the document wants to be downloaded from (data governance). */
  readonly preferences: Preferences;
  /** Salt of the hashed comparators; `undefined` when the document has none. */
  readonly salt: string | undefined;
  /** Setting keys in property order. */
  readonly keys: readonly string[];
  /** The setting with this key, or `undefined`. Only the document's own keys are found, never inherited names. */
  setting(key: string): Setting | undefined;
  /** The segment at this zero-based index, or `undefined`. */
  segment(index: number): Segment | undefined;
}

/** A config as evaluation and its successor need it. */
export interface InternalConfig extends Config {
  /** Whether there is a setting with this key. */
  has(key: string): boolean;
  /** The same setting for those who do not keep it: it is not remembered, and so takes no memory. */
  readSetting(key: string): Setting | undefined;
  /**
   * A setting as the document has it, its text or what was parsed of it, good for nothing but comparison; not to be kept,
   * because it may keep the document alive.
   */
  settingJson(key: string): unknown;
  /** A segment as the document writes it, good for nothing but comparison. */
  segmentJson(index: number): unknown;
  /** The keys, for a config to come that has the same. */
  readonly settingKeys?: SettingKeys | undefined;
}

/** The keys of settings. */
export interface SettingKeys {
  /** All of them as the document writes them. */
  readonly text: string;
  /** In property order. */
  readonly inOrder: readonly string[];
  /** The place of each among them. */
  readonly places: ReadonlyMap<string, number>;
}

/** Base URL and redirect mode (0 stay, 1 should, 2 must) that a document asks for. Source: protocol section 3. */
export interface Preferences {
  readonly baseUrl?: string;
  readonly redirectMode?: number;
}

/** A named, reusable list of user conditions, joined by AND. */
export interface Segment {
  readonly name: string;
  readonly conditions: readonly UserCondition[];
}

/** A feature flag or another typed value with its targeting. Source: protocol section 4.4. */
export interface Setting {
  readonly key: string;
  /** `undefined` when the document names a type that does not exist; such a setting fails when evaluated. */
  readonly type: SettingType | undefined;
  /** What everybody gets whom no rule and no option reaches. */
  readonly servedValue: ServedValue;
  /** The attribute that percentage options hash; `undefined` means `Identifier`. */
  readonly percentageAttribute: string | undefined;
  readonly targetingRules: readonly TargetingRule[];
  readonly percentageOptions: readonly PercentageOption[];
  /**
   * Present in plain values of overrides.
   *
   * @internal
   */
  readonly [plainOverride]?: PlainOverride;
  /**
   * Present in settings of a format that evaluates them in its own way.
   *
   * @internal
   */
  readonly [ownRules]?: OwnSettingRules;
}

/** A value and the variation ID that analytics know it by. `value` is `undefined` when it does not fit the type. */
export interface ServedValue {
  readonly value: SettingValue | undefined;
  readonly variationId: string | undefined;
}

/** A share of users, in percent, and what they get. */
export interface PercentageOption extends ServedValue {
  readonly percentage: number;
}

/** Conditions joined by AND, then one served value or percentage options. */
export interface TargetingRule {
  readonly conditions: readonly Condition[];
  readonly servedValue: ServedValue | undefined;
  readonly percentageOptions: readonly PercentageOption[] | undefined;
}

/** A condition of a targeting rule. `invalid` stands for a document that gives none or several of the three kinds. */
export type Condition = UserCondition | PrerequisiteCondition | SegmentCondition | InvalidCondition;

/** Compares an attribute of the user with a value of the config. Source: protocol section 6. */
export interface UserCondition {
  readonly kind: 'user';
  readonly attribute: string;
  /** Comparator number, 0 to 35; 0 to 17 in the previous format. */
  readonly comparator: number;
  readonly comparisonValue: ComparisonValue;
  /**
   * Present when the number is that of a comparator which only its format has.
   *
   * @internal
   */
  readonly [ownRules]?: OwnComparator;
}

/** The right side of a comparator; which member counts is the comparator's business. */
export interface ComparisonValue {
  readonly text: string | undefined;
  readonly number: number | undefined;
  readonly list: readonly string[] | undefined;
}

/** Compares what another setting serves to the same user. Comparator 0 is EQUALS, 1 is NOT EQUALS. */
export interface PrerequisiteCondition {
  readonly kind: 'prerequisite';
  readonly flagKey: string;
  readonly comparator: number;
  readonly comparisonValue: ValueByType;
}

/** Asks whether the user is in a segment. Comparator 0 is IS IN, 1 is IS NOT IN. */
export interface SegmentCondition {
  readonly kind: 'segment';
  readonly segmentIndex: number;
  readonly comparator: number;
}

/** Stands for a document that gives none or several of the three kinds of conditions: it cannot be evaluated. */
export interface InvalidCondition {
  readonly kind: 'invalid';
}

/** A value as documents write it: under the name of its type, so that none, one or several can be present. */
export interface ValueByType {
  readonly boolean: boolean | undefined;
  readonly string: string | undefined;
  readonly int: number | undefined;
  readonly double: number | undefined;
}
