import { InvalidConfigModelError } from '../errors.js';
import type {
  Condition,
  Config,
  PercentageOption,
  PrerequisiteCondition,
  SegmentCondition,
  ServedValue,
  Setting,
  TargetingRule,
  UserCondition,
  ValueByType,
} from '../model/config.js';
import { attributeReader } from '../model/user.js';
import type { HashContext } from './comparators.js';
import { comparators } from './comparators.js';
import { decide, holdAll, reportMissingUser } from './decide.js';
import { percentageBucket } from '../hash.js';
import { attributeText, displayText, textOperand } from './operands.js';
import type {
  CompiledCondition,
  CompiledRule,
  CompiledSetting,
  Decision,
  OptionChoice,
  Ruleset,
  Run,
} from './ruleset.js';

/**
 * Prepares a config for evaluation; each setting when it is first read. Never throws: what means nothing becomes a
 * closure that throws when evaluation reaches it, because an unreachable fault must not break a flag.
 */
export function compile(config: Config): Ruleset {
  const settings = new Map<string, CompiledSetting>();
  const segments = new Map<number, CompiledCondition>();

  const ruleset: Ruleset = {
    config,
    get: (key) => {
      const known = settings.get(key);
      if (known) return known;
      const setting = config.setting(key);
      if (!setting) return undefined;
      const compiled = compileSetting(setting, compileCondition);
      settings.set(key, compiled);
      return compiled;
    },
  };
  return ruleset;

  function compileCondition(condition: Condition, setting: Setting): CompiledCondition {
    switch (condition.kind) {
      case 'user':
        return compileUserCondition(condition, { salt: config.salt, name: setting.key });
      case 'prerequisite':
        return compilePrerequisite(condition, ruleset);
      case 'segment':
        return compileSegmentCondition(condition, segmentOf(condition));
      case 'invalid':
        return fails('Condition is missing or invalid.');
    }
  }

  // Shared by all settings, so that a segment with long lists is prepared once.
  function segmentOf({ segmentIndex }: SegmentCondition): CompiledCondition {
    const known = segments.get(segmentIndex);
    if (known) return known;
    const segment = config.segment(segmentIndex);
    const compiled = !segment
      ? fails('Segment reference is invalid.')
      : segment.name === ''
        ? fails('Segment name is missing.')
        : allOf(
            segment.conditions.map((condition) =>
              compileUserCondition(condition, { salt: config.salt, name: segment.name }),
            ),
          );
    segments.set(segmentIndex, compiled);
    return compiled;
  }
}

function fails(problem: string): () => never {
  return () => {
    throw new InvalidConfigModelError(problem);
  };
}

function allOf(conditions: readonly CompiledCondition[]): CompiledCondition {
  return (run) => holdAll(conditions, run);
}

function compileSetting(
  setting: Setting,
  compileCondition: (condition: Condition, setting: Setting) => CompiledCondition,
): CompiledSetting {
  return {
    source: setting,
    type: setting.type,
    rules: setting.targetingRules.map((rule): CompiledRule => ({
      conditions: rule.conditions.map((condition) => compileCondition(condition, setting)),
      serve: compileServe(rule, setting),
    })),
    chooseOption:
      setting.percentageOptions.length > 0 ? compileOptions(setting.percentageOptions, setting, undefined) : undefined,
    fallback: toDecision(setting.servedValue, undefined, undefined),
  };
}

function compileServe(rule: TargetingRule, setting: Setting): OptionChoice {
  const { servedValue, percentageOptions } = rule;
  if (servedValue && !percentageOptions) {
    const decision = toDecision(servedValue, rule, undefined);
    return () => decision;
  }
  if (percentageOptions?.length && !servedValue) return compileOptions(percentageOptions, setting, rule);
  return fails('Targeting rule THEN part is missing or invalid.');
}

function toDecision(
  { value, variationId }: ServedValue,
  matchedTargetingRule: TargetingRule | undefined,
  matchedPercentageOption: PercentageOption | undefined,
): Decision {
  return { value, variationId, matchedTargetingRule, matchedPercentageOption };
}

/** Source: protocol section 5.3. */
function compileOptions(
  options: readonly PercentageOption[],
  { key, percentageAttribute }: Setting,
  rule: TargetingRule | undefined,
): OptionChoice {
  const attribute = percentageAttribute ?? 'Identifier';
  const readAttribute = attributeReader(attribute);
  const decisions = options.map((option) => toDecision(option, rule, option));
  return (run) => {
    if (!run.user) {
      reportMissingUser(run);
      return undefined;
    }
    const value = readAttribute(run.user);
    if (value === undefined || value === null) {
      if (!run.isAttributeMissingReported) {
        run.isAttributeMissingReported = true;
        run.report('percentageAttributeMissing', run.settingKey, attribute);
      }
      return undefined;
    }
    const bucket = percentageBucket(key + attributeText(value));
    let limit = 0;
    for (let i = 0; i < options.length; i++) {
      const { percentage } = options[i]!;
      if (percentage < 0) throw new InvalidConfigModelError('Percentage option percentage is invalid.');
      limit += percentage;
      if (bucket < limit) return decisions[i];
    }
    throw new InvalidConfigModelError('Sum of percentage option percentages is less than 100.');
  };
}

/** Source: protocol section 5.4, whose order of checks decides which problem is reported. */
function compileUserCondition(condition: UserCondition, hash: HashContext): CompiledCondition {
  const readAttribute = attributeReader(condition.attribute);
  const comparator = comparators[condition.comparator];
  const operand = comparator?.operand;
  const test = compileTest(condition, hash);
  const convertsToText = operand === textOperand;
  return (run) => {
    if (!run.user) {
      reportMissingUser(run);
      return 'unusable';
    }
    const { settingKey } = run;
    const attribute = readAttribute(run.user);
    if (attribute === undefined || attribute === null || attribute === '') {
      run.report('attributeMissing', settingKey, condition);
      return 'unusable';
    }
    const value = operand?.read(attribute);
    if (operand && value === undefined) {
      const reason = `'${displayText(attribute)}' is not ${operand.expected}`;
      run.report('attributeInvalid', settingKey, condition, reason);
      return 'unusable';
    }
    if (convertsToText && value !== attribute) {
      run.report('attributeConverted', settingKey, condition, String(value));
    }
    return test(value);
  };
}

function compileTest({ comparator, comparisonValue }: UserCondition, hash: HashContext): (operand: unknown) => boolean {
  try {
    return comparators[comparator]?.compile(comparisonValue, hash) ?? fails('Comparison operator is invalid.');
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Source: protocol section 5.6. */
function compileSegmentCondition({ comparator }: SegmentCondition, isInSegment: CompiledCondition): CompiledCondition {
  const toVerdict = compileEquality(comparator);
  return (run) => {
    if (!run.user) {
      reportMissingUser(run);
      return 'unusable';
    }
    const verdict = isInSegment(run);
    return verdict === 'unusable' ? verdict : toVerdict(verdict);
  };
}

/** Source: protocol section 5.5. */
function compilePrerequisite(condition: PrerequisiteCondition, ruleset: Ruleset): CompiledCondition {
  const { flagKey, comparisonValue } = condition;
  const toVerdict = compileEquality(condition.comparator);
  return (run) => {
    const prerequisite = ruleset.get(flagKey);
    if (!prerequisite) throw new InvalidConfigModelError('Prerequisite flag is missing.');
    const { type } = prerequisite;
    if (!type) throw new InvalidConfigModelError('Setting type is invalid.');
    const expected = comparisonValue[type];
    if (expected === undefined) {
      throw new InvalidConfigModelError(
        `Type mismatch between comparison value '${describeValueByType(comparisonValue)}' and prerequisite flag '${flagKey}'.`,
      );
    }
    return toVerdict(requireValue(decidePrerequisite(prerequisite, run)) === expected);
  };
}

function decidePrerequisite(prerequisite: CompiledSetting, run: Run): Decision {
  const flagKey = prerequisite.source.key;
  const { settingKey, isUserMissingReported, isAttributeMissingReported, path } = run;
  path.push(settingKey);
  if (path.includes(flagKey)) {
    const cycle = [...path, flagKey].map((key) => `'${key}'`).join(' -> ');
    throw new InvalidConfigModelError(`Circular dependency detected between the following depending flags: ${cycle}.`);
  }
  run.settingKey = flagKey;
  run.isUserMissingReported = false;
  run.isAttributeMissingReported = false;
  const decision = decide(prerequisite, run);
  path.pop();
  run.settingKey = settingKey;
  run.isUserMissingReported = isUserMissingReported;
  run.isAttributeMissingReported = isAttributeMissingReported;
  return decision;
}

/** Comparators of segment and prerequisite conditions: 0 keeps the result, 1 inverts it. */
function compileEquality(comparator: number): (result: boolean) => boolean {
  if (comparator === 0) return (result) => result;
  return comparator === 1 ? (result) => !result : fails('Comparison operator is invalid.');
}

/**
 * The value of a decision.
 *
 * @throws InvalidConfigModelError when the config gives none of the setting's type.
 */
export function requireValue({ value }: Decision): boolean | string | number {
  if (value === undefined) throw new InvalidConfigModelError('Setting value is missing or invalid.');
  return value;
}

function describeValueByType(value: ValueByType): string {
  const present = Object.values(value).filter((member) => member !== undefined);
  return present.length === 1 ? String(present[0]) : '<invalid value>';
}
