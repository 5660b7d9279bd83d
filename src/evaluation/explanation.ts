import type { EvaluationErrorCode } from '../errors.js';
import type {
  InvalidCondition,
  PercentageOption,
  PrerequisiteCondition,
  SegmentCondition,
  Setting,
  SettingValue,
  TargetingRule,
  UserCondition,
} from '../model/config.js';
import type { User } from '../model/user.js';
import type { HeldValue } from './held-value.js';

/**
 * One evaluation as a tree: what was looked at, in order, and what came of it. Where an error ended the evaluation,
 * results are `undefined` from there on.
 *
 * @example
 * const { setting, text } = await client.explain('darkMode', user);
 * setting?.rules.map((rule) => rule.outcome); // ['no-match', 'match']
 */
export interface Explanation {
  readonly key: string;
  /** The user of this evaluation, the default user included. */
  readonly user: User | undefined;
  /** The served value; `undefined` when the setting cannot be evaluated. */
  readonly value: SettingValue | undefined;
  readonly variationId: string | undefined;
  readonly matchedTargetingRule: TargetingRule | undefined;
  readonly matchedPercentageOption: PercentageOption | undefined;
  readonly errorCode: EvaluationErrorCode;
  readonly errorMessage: string | undefined;
  /** There when a session holds another answer, or this one, for the user: what is shown instead, and since when. */
  readonly held?: HeldValue | undefined;
  /** The tree; `undefined` when there is no such setting. */
  readonly setting: ExplainedSetting | undefined;
  /** ConfigCat's evaluation log of this evaluation. Source: protocol section 12.2. */
  readonly text: string;
}

/** What was looked at of one setting. */
export interface ExplainedSetting {
  readonly source: Setting;
  /** Rules up to the one that served, in order. */
  readonly rules: readonly ExplainedRule[];
  /** The options after the rules; `undefined` when evaluation did not come to them. */
  readonly percentageOptions: ExplainedOptions | undefined;
  readonly value: SettingValue | undefined;
}

/** What a condition said: that it holds or not, or that it could not be evaluated, so that its rule was skipped. */
export type ExplainedResult = boolean | 'cannot-evaluate';

/** What was looked at of one targeting rule. */
export interface ExplainedRule {
  readonly source: TargetingRule;
  /** Conditions up to the first one that does not hold, in order. */
  readonly conditions: readonly ExplainedCondition[];
  readonly outcome: 'match' | 'no-match' | 'cannot-evaluate' | undefined;
  /** Why the rule could not be evaluated. */
  readonly reason: string | undefined;
  /** The options that the rule serves; `undefined` when it serves a value, or did not match. */
  readonly percentageOptions: ExplainedOptions | undefined;
}

/** A condition that was looked at. */
export type ExplainedCondition =
  ExplainedUserCondition | ExplainedPrerequisite | ExplainedSegment | ExplainedInvalidCondition;

interface Explained<C> {
  readonly source: C;
  /** The condition in the words of logs. */
  readonly text: string;
  readonly result: ExplainedResult | undefined;
  /** Why the condition could not be evaluated. */
  readonly reason: string | undefined;
}

/** A comparison with an attribute of the user. */
export interface ExplainedUserCondition extends Explained<UserCondition> {
  readonly kind: 'user';
  /** The comparator in the words of logs. */
  readonly comparator: string;
  /** The attribute of the user as it was given. */
  readonly operand: unknown;
}

/** A comparison with what another setting serves. */
export interface ExplainedPrerequisite extends Explained<PrerequisiteCondition> {
  readonly kind: 'prerequisite';
  readonly prerequisite: ExplainedSetting | undefined;
}

/** A look at whether the user is in a segment. */
export interface ExplainedSegment extends Explained<SegmentCondition> {
  readonly kind: 'segment';
  /** Name of the segment. */
  readonly name: string | undefined;
  /** Conditions of the segment up to the first one that does not hold; `undefined` when none was looked at. */
  readonly conditions: readonly ExplainedCondition[] | undefined;
  /** Whether the user is in the segment. */
  readonly isInSegment: ExplainedResult | undefined;
}

/** A condition that is none, or several at once. */
export interface ExplainedInvalidCondition extends Explained<InvalidCondition> {
  readonly kind: 'invalid';
}

/** What was looked at of percentage options. */
export interface ExplainedOptions {
  readonly source: readonly PercentageOption[];
  /** Name of the attribute that is hashed. */
  readonly attribute: string;
  /** The user's place, 0 to 99; `undefined` when the options were skipped. */
  readonly bucket: number | undefined;
  readonly selected: PercentageOption | undefined;
  /** Why the options were skipped. */
  readonly reason: string | undefined;
}
