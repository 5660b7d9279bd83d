import { noteAttributes, readerOf } from '#evaluation-memory';
import { displayText } from '../display-text.js';
import { InvalidConfigModelError } from '../errors.js';
import type {
  Condition,
  PrerequisiteCondition,
  SegmentCondition,
  SettingValue,
  UserCondition,
  ValueByType,
} from '../model/config.js';
import { ownRules } from '../model/own-rules.js';
import type { AttributeReader } from '../model/user.js';
import { comparators } from './comparators.js';
import { enterPrerequisite, leavePrerequisite, reportMissingUser, requireValue, typeOf } from './decide.js';
import { describeValueByType } from './describe.js';
import { textOperand } from './operands.js';
import type {
  Comparison,
  CompiledCondition,
  CompiledSegment,
  CompiledSetting,
  Decision,
  Run,
  Verdict,
} from './ruleset.js';
import type { Scope, CompileContext } from './scope.js';
import { createScope } from './scope.js';

/** Prepares one condition of a targeting rule. */
export function compileCondition(condition: Condition, scope: Scope): CompiledCondition {
  switch (condition.kind) {
    case 'user':
      return compileUserCondition(condition, scope);
    case 'prerequisite':
      return compilePrerequisite(condition, scope);
    case 'segment':
      return compileSegmentCondition(condition, scope);
    case 'invalid':
      return { judge: fails('Condition is missing or invalid.') };
  }
}

/** Joins conditions by AND, each to the one before: lists of one would take as much memory as the condition. */
export function joined(conditions: readonly CompiledCondition[]): CompiledCondition | undefined {
  conditions.forEach((condition, i) => (condition.and = conditions[i + 1]));
  return conditions[0];
}

/** A function for what means nothing. */
export function fails(problem: string): () => never {
  return () => {
    throw new InvalidConfigModelError(problem);
  };
}

/** A condition on an attribute made ready. */
interface CompiledUserCondition extends CompiledCondition, Comparison {
  readonly read: AttributeReader;
  /** Parses the attribute where it is a text that needs that. */
  readonly parse: ((text: string) => unknown) | undefined;
  readonly test: (operand: unknown, prepared: unknown) => boolean;
  /** What the comparator made of the value. */
  readonly prepared: unknown;
}

function compileUserCondition(condition: UserCondition, scope: Scope): CompiledCondition {
  const { attribute, comparator, comparisonValue, [ownRules]: own } = condition;
  const read = readerOf(attribute, scope);
  if (own) return compileOwnCondition(own.compile(comparisonValue), read);
  const row = comparators[comparator];
  let test = row?.test ?? fails('Comparison operator is invalid.');
  let prepared: unknown;
  try {
    prepared = row?.prepare(comparisonValue, scope);
  } catch (error) {
    test = () => {
      throw error;
    };
  }
  const compiled: CompiledUserCondition = {
    judge: judgeByAttribute,
    // Room for it, which would otherwise be found elsewhere.
    and: undefined,
    attribute,
    read,
    comparator,
    parse: row?.operand.parse && scope.context.memo.wrap(row.operand.parse),
    test,
    value: row ? comparisonValue[row.member] : comparisonValue,
    prepared,
  };
  return compiled;
}

/** Source: protocol section 5.4, whose order of checks decides which problem is reported. */
function judgeByAttribute(condition: CompiledUserCondition, run: Run): Verdict {
  if (!run.user) return reportMissingUser(run);
  const attribute = condition.read(run.user);
  if (attribute === undefined || attribute === null || attribute === '') {
    return report(run, 'attributeMissing', condition);
  }
  const { parse } = condition;
  if (typeof attribute === 'string' && !parse) return condition.test(attribute, condition.prepared);
  const operand = comparators[condition.comparator]?.operand;
  const value = typeof attribute === 'string' ? parse!(attribute) : operand?.convert(attribute);
  if (value === undefined && operand) {
    return report(run, 'attributeInvalid', condition, `'${displayText(attribute)}' is not ${operand.expected}`);
  }
  if (operand === textOperand) report(run, 'attributeConverted', condition, String(value));
  return condition.test(value, condition.prepared);
}

/** By itself, because it asks for a test of its own. */
function compileOwnCondition(test: (attribute: unknown) => boolean, read: AttributeReader): CompiledCondition {
  return { judge: (_, run) => (run.user ? test(read(run.user)) : reportMissingUser(run)) };
}

function report(
  run: Run,
  kind: 'attributeMissing' | 'attributeInvalid' | 'attributeConverted',
  condition: CompiledUserCondition,
  detail?: string,
): Verdict {
  run.reportCount++;
  run.report(kind, run.settingKey, condition, detail);
  return 'unusable';
}

/** Source: protocol section 5.6. */
function compileSegmentCondition(condition: SegmentCondition, scope: Scope): CompiledCondition {
  const segment = segmentOf(condition.segmentIndex, scope.context);
  (scope.segments ??= new Set()).add(condition.segmentIndex);
  if (segment) {
    noteAttributes(segment.attributes, scope);
    scope.usesSalt ||= segment.usesSalt;
  }
  const toVerdict = compileEquality(condition.comparator);
  const isInSegment = !segment
    ? fails('Segment reference is invalid.')
    : segment.source.name === ''
      ? fails('Segment name is missing.')
      : (run: Run) => run.traversal.holdSegment(segment, run);
  return {
    judge: (_, run) => {
      if (!run.user) return reportMissingUser(run);
      const verdict = isInSegment(run);
      return verdict === 'unusable' ? verdict : toVerdict(verdict);
    },
  };
}

/** Shared by all settings of a config, so that a segment with long lists is prepared once. */
function segmentOf(index: number, context: CompileContext): CompiledSegment | undefined {
  const { config, segments } = context;
  const known = segments.get(index);
  const source = config.segment(index);
  if (known || !source) return known;
  const scope = createScope(source.name, context);
  const condition = joined(source.conditions.map((each) => compileUserCondition(each, scope)));
  const { attributes, usesSalt } = scope;
  const segment = { source, condition, attributes, usesSalt };
  segments.set(index, segment);
  return segment;
}

/** Source: protocol section 5.5. */
function compilePrerequisite(condition: PrerequisiteCondition, scope: Scope): CompiledCondition {
  const { flagKey, comparisonValue } = condition;
  const link = scope.context.link(flagKey);
  (scope.prerequisites ??= new Set()).add(flagKey);
  // One that is itself still being compiled does not know its attributes yet.
  if (link) noteAttributes(link.setting?.attributes, scope);
  const toVerdict = compileEquality(condition.comparator);
  const expectedOf = (prerequisite: CompiledSetting) => expectedValue(comparisonValue, prerequisite);
  const requirePrerequisite = () => {
    const prerequisite = link?.setting;
    if (!prerequisite) throw new InvalidConfigModelError('Prerequisite flag is missing.');
    if (expectedOf(prerequisite) === undefined) {
      throw new InvalidConfigModelError(
        `Type mismatch between comparison value '${describeValueByType(comparisonValue)}' and prerequisite flag '${flagKey}'.`,
      );
    }
    return prerequisite;
  };
  const judge = (prerequisite: CompiledSetting, decision: Decision) =>
    toVerdict(requireValue(decision) === expectedOf(prerequisite));
  return {
    judge: (_, run) => {
      const prerequisite = requirePrerequisite();
      const left = enterPrerequisite(prerequisite, run);
      const decision = run.traversal.decide(prerequisite, run);
      leavePrerequisite(left, run);
      return judge(prerequisite, decision);
    },
    question: { prerequisite: requirePrerequisite, judge },
  };
}

/** What a prerequisite flag is compared with: the value of its type; a plain number may be written as either kind. */
function expectedValue(comparisonValue: ValueByType, prerequisite: CompiledSetting): SettingValue | undefined {
  const type = typeOf(prerequisite);
  const { int, double } = comparisonValue;
  if (!prerequisite.plainOverride || type !== 'double') return comparisonValue[type];
  return int === undefined || double === undefined ? (int ?? double) : undefined;
}

/** Comparators of segment and prerequisite conditions: 0 keeps the result, 1 inverts it. */
function compileEquality(comparator: number): (result: boolean) => boolean {
  if (comparator === 0) return (result) => result;
  return comparator === 1 ? (result) => !result : fails('Comparison operator is invalid.');
}
