import { displayText } from '../display-text.js';
import type { Condition, InternalConfig, PercentageOption, Setting, TargetingRule } from '../model/config.js';
import type { User } from '../model/user.js';
import { attributeReader } from '../model/user.js';
import { choose, deepestRecursion, keepDecision, mostRepeats, plain, startRun } from './decide.js';
import { comparatorLabel, describePrerequisite, describeSegment, describeUserCondition } from './describe.js';
import type {
  ExplainedCondition,
  ExplainedOptions,
  ExplainedPrerequisite,
  ExplainedResult,
  ExplainedRule,
  ExplainedSegment,
  ExplainedSetting,
} from './explanation.js';
import { attributeText } from './operands.js';
import { createBuckets, percentageAttributeOf } from './percentage-options.js';
import { sourceOf, topLayer } from './reuse.js';
import type {
  CompiledCondition,
  CompiledRule,
  CompiledSetting,
  Decision,
  Traversal,
  OptionChoice,
  Report,
  Run,
  Verdict,
} from './ruleset.js';

/** A part of the tree while it grows. */
type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** An evaluation that writes down what it sees. */
export interface Recording {
  /** The tree as far as evaluation has come. */
  readonly tree: ExplainedSetting;
  /** Decides like the plain way does, with the same warnings and errors. */
  readonly decide: () => Decision;
}

/** After so many conditions, no further prerequisite flag is written down: they may repeat each other without end. */
const mostConditions = 4000;

const noUser = 'User Object is missing';

/**
 * The second way through the compiled tree: it asks the same conditions in the same order, but keeps a record. Slower,
 * and apart from the plain way, which pays nothing for it.
 */
export function record(
  layers: readonly InternalConfig[],
  setting: CompiledSetting,
  user: User | undefined,
  report: Report,
): Recording {
  // The condition in hand, which segments and prerequisites enter, and why the last one could not be evaluated.
  let current: Draft<ExplainedCondition> | undefined;
  let reason: string | undefined;
  const counts = { visits: 0, conditions: 0 };

  const traversal: Traversal = {
    decide: (prerequisite, run) => {
      const tree = draftSetting(sourceOf(layers, prerequisite.key)!);
      (current as Draft<ExplainedPrerequisite>).prerequisite = tree;
      const { reportCount, path } = run;
      const isTold = path!.size <= deepestRecursion && counts.conditions < mostConditions;
      const known = recall(prerequisite, run, counts.visits++);
      const decision = known ?? (isTold ? decide(prerequisite, tree, run) : decidePlainly(prerequisite, run));
      tree.value = decision.value;
      keepDecision(prerequisite, decision, reportCount, run);
      return decision;
    },
    holdSegment: ({ source, condition }, run) => {
      const segment = current as Draft<ExplainedSegment>;
      const explained: ExplainedCondition[] = [];
      segment.conditions = explained;
      const verdict = holdAll(condition, source.conditions, explained, run);
      segment.isInSegment = toResult(verdict);
      return verdict;
    },
  };
  const reportAndKeep: Report = (kind, key, subject, detail) => {
    const attribute = typeof subject === 'object' ? subject.attribute : subject;
    reason = `the User.${attribute} attribute is ${kind === 'attributeInvalid' ? `invalid (${detail})` : 'missing'}`;
    report(kind, key, subject, detail);
  };
  const tree = draftSetting(sourceOf(layers, setting.key)!);
  return { tree, decide: () => decide(setting, tree, startRun(setting.key, user, reportAndKeep, traversal)) };

  function decide(compiled: CompiledSetting, draft: Draft<ExplainedSetting>, run: Run): Decision {
    const { choice, otherwise } = compiled;
    const { source } = draft;
    let decision: Decision | undefined;
    for (const [i, rule] of compiled.rules.entries()) {
      decision = apply(rule, source.targetingRules[i]!, draft, run);
      if (decision) break;
    }
    if (!decision && choice) {
      const options = draftOptions(source.percentageOptions, source, run);
      draft.percentageOptions = options;
      decision = chooseAndTell(choice, options, run);
    }
    decision ??= otherwise;
    draft.value = decision.value;
    return decision;
  }

  function apply(
    { condition, decision, choice }: CompiledRule,
    source: TargetingRule,
    { source: setting, rules }: ExplainedSetting,
    run: Run,
  ): Decision | undefined {
    const explained: ExplainedCondition[] = [];
    const draft: Draft<ExplainedRule> = {
      source,
      conditions: explained,
      outcome: undefined,
      reason: undefined,
      percentageOptions: undefined,
    };
    (rules as ExplainedRule[]).push(draft);
    const verdict = holdAll(condition, source.conditions, explained, run);
    draft.outcome = verdict === 'unusable' ? 'cannot-evaluate' : verdict ? 'match' : 'no-match';
    if (verdict === 'unusable') draft.reason = reason;
    if (verdict !== true) return undefined;
    if (decision || source.servedValue || !source.percentageOptions?.length) return decision ?? choose(choice, run);
    const options = draftOptions(source.percentageOptions, setting, run);
    draft.percentageOptions = options;
    return chooseAndTell(choice!, options, run);
  }

  function holdAll(
    first: CompiledCondition | undefined,
    sources: readonly Condition[],
    explained: ExplainedCondition[],
    run: Run,
  ): Verdict {
    for (let condition = first, i = 0; condition; condition = condition.and, i++) {
      counts.conditions++;
      const draft = draftCondition(sources[i]!, layers, topLayer(layers, run.settingKey)!, run.user);
      explained.push(draft);
      const outer = current;
      current = draft;
      const verdict = condition.judge(condition, run);
      current = outer;
      draft.result = toResult(verdict);
      draft.reason = verdict === 'unusable' ? (reason = run.user ? reason : noUser) : undefined;
      if (verdict !== true) return verdict;
    }
    return true;
  }
}

/**
 * What a prerequisite flag has decided before. They are written down on each path that leads to them, as logs have it,
 * but not without end: paths may double from flag to flag, and at last stand there with their value alone.
 */
function recall(prerequisite: CompiledSetting, { reportCount, prerequisites }: Run, visits: number) {
  return Math.max(visits, reportCount) < mostRepeats ? undefined : prerequisites?.get(prerequisite);
}

/** Decides what lies too deep to be written down, or comes after too much of that. */
function decidePlainly(prerequisite: CompiledSetting, run: Run): Decision {
  const { traversal } = run;
  run.traversal = plain;
  const decision = plain.decide(prerequisite, run);
  run.traversal = traversal;
  return decision;
}

function chooseAndTell(choice: OptionChoice, options: Draft<ExplainedOptions>, run: Run): Decision | undefined {
  const decision = choose(choice, run);
  options.selected = decision && options.source[decision.optionIndex!];
  return decision;
}

function draftSetting(source: Setting): Draft<ExplainedSetting> {
  return { source, rules: [], percentageOptions: undefined, value: undefined };
}

function draftCondition(
  source: Condition,
  layers: readonly InternalConfig[],
  config: InternalConfig,
  user: User | undefined,
): Draft<ExplainedCondition> {
  const unknown = { result: undefined, reason: undefined };
  switch (source.kind) {
    case 'user': {
      const { value: operand, reason } = lookUp(source.attribute, user);
      const text = describeUserCondition(source);
      return { result: undefined, reason, kind: 'user', source, text, comparator: comparatorLabel(source), operand };
    }
    case 'prerequisite': {
      const text = describePrerequisite(source, topLayer(layers, source.flagKey) !== undefined);
      return { ...unknown, kind: 'prerequisite', source, text, prerequisite: undefined };
    }
    case 'segment': {
      const segment = config.segment(source.segmentIndex);
      const text = describeSegment(source, segment);
      const nothingYet = { conditions: undefined, isInSegment: undefined };
      return { ...unknown, kind: 'segment', source, text, name: segment?.name, ...nothingYet };
    }
    case 'invalid':
      return { ...unknown, kind: 'invalid', source, text: '' };
  }
}

function draftOptions(source: readonly PercentageOption[], setting: Setting, { user }: Run): Draft<ExplainedOptions> {
  const attribute = percentageAttributeOf(setting);
  const looked = lookUp(attribute, user, createBuckets(setting));
  return { source, attribute, bucket: looked.bucket, selected: undefined, reason: looked.reason };
}

/** An attribute of a user, and why there is none: evaluation itself comes across that a moment later. */
function lookUp(
  attribute: string,
  user: User | undefined,
  bucketOf?: (text: string) => number,
): { value?: unknown; bucket?: number | undefined; reason: string | undefined } {
  if (!user) return { reason: bucketOf && noUser };
  try {
    const value = attributeReader(attribute)(user);
    if (!bucketOf) return { value, reason: undefined };
    if (value === undefined || value === null) return { reason: `the User.${attribute} attribute is missing` };
    return { bucket: bucketOf(attributeText(value)), reason: undefined };
  } catch (error) {
    return { reason: `the User.${attribute} attribute cannot be read (${displayText(error)})` };
  }
}

function toResult(verdict: Verdict): ExplainedResult {
  return verdict === 'unusable' ? 'cannot-evaluate' : verdict;
}
