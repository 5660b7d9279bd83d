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
import type { Comparator } from './comparators.js';
import { comparators } from './comparators.js';
import { enterPrerequisite, leavePrerequisite, reportMissingUser, requireValue, typeOf } from './decide.js';
import { describeValueByType } from './describe.js';
import { textOperand } from './operands.js';
import type { CompiledCondition, CompiledSegment, CompiledSetting, Decision, Run, Verdict } from './ruleset.js';
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
      return fails('Condition is missing or invalid.');
  }
}

/** A closure for what means nothing. */
export function fails(problem: string): () => never {
  return () => {
    throw new InvalidConfigModelError(problem);
  };
}

/** Source: protocol section 5.4, whose order of checks decides which problem is reported. */
function compileUserCondition(condition: UserCondition, scope: Scope): CompiledCondition {
  const readAttribute = readerOf(condition.attribute, scope);
  const own = condition[ownRules];
  if (own) return compileOwnCondition(own.compile(condition.comparisonValue), readAttribute);
  const comparator = comparators[condition.comparator];
  const operand = comparator?.operand;
  const parse = operand?.parse && scope.context.memo(operand.parse);
  const test = compileTest(comparator, condition, scope);
  return (run) => {
    if (!run.user) return reportMissingUser(run);
    const attribute = readAttribute(run.user);
    if (attribute === undefined || attribute === null || attribute === '') {
      return unusable(run, 'attributeMissing', condition);
    }
    const value = typeof attribute !== 'string' ? operand?.convert(attribute) : parse ? parse(attribute) : attribute;
    if (value === undefined && operand) {
      return unusable(run, 'attributeInvalid', condition, `'${displayText(attribute)}' is not ${operand.expected}`);
    }
    if (operand === textOperand && value !== attribute) {
      run.reportCount++;
      run.report('attributeConverted', run.settingKey, condition, String(value));
    }
    return test(value);
  };
}

/** By itself, because conditions of the current format would keep room for what it needs. */
function compileOwnCondition(test: (attribute: unknown) => boolean, readAttribute: AttributeReader): CompiledCondition {
  return (run) => (run.user ? test(readAttribute(run.user)) : reportMissingUser(run));
}

function unusable(
  run: Run,
  kind: 'attributeMissing' | 'attributeInvalid',
  condition: UserCondition,
  detail?: string,
): Verdict {
  run.reportCount++;
  run.report(kind, run.settingKey, condition, detail);
  return 'unusable';
}

function compileTest(
  comparator: Comparator | undefined,
  { comparisonValue }: UserCondition,
  scope: Scope,
): (operand: unknown) => boolean {
  try {
    return comparator?.compile(comparisonValue, scope) ?? fails('Comparison operator is invalid.');
  } catch (error) {
    return () => {
      throw error;
    };
  }
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
  return (run) => {
    if (!run.user) return reportMissingUser(run);
    const verdict = isInSegment(run);
    return verdict === 'unusable' ? verdict : toVerdict(verdict);
  };
}

/** Shared by all settings of a config, so that a segment with long lists is prepared once. */
function segmentOf(index: number, context: CompileContext): CompiledSegment | undefined {
  const { config, segments } = context;
  const known = segments.get(index);
  const source = config.segment(index);
  if (known || !source) return known;
  const scope = createScope(source.name, context);
  const conditions = source.conditions.map((condition) => compileUserCondition(condition, scope));
  const { attributes, usesSalt } = scope;
  const segment = { source, conditions, attributes, usesSalt };
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
  const ask: CompiledCondition = (run) => {
    const prerequisite = requirePrerequisite();
    const left = enterPrerequisite(prerequisite, run);
    const decision = run.traversal.decide(prerequisite, run);
    leavePrerequisite(left, run);
    return judge(prerequisite, decision);
  };
  return Object.assign(ask, { question: { prerequisite: requirePrerequisite, judge } });
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
