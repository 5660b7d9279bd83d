import type {
  ConditionJson,
  PercentageOptionJson,
  SegmentJson,
  ServedValueJson,
  SettingJson,
  TargetingRuleJson,
  UserConditionJson,
  ValueJson,
} from './config-json.js';
import type {
  Condition,
  PercentageOption,
  Segment,
  ServedValue,
  Setting,
  SettingType,
  TargetingRule,
  UserCondition,
  ValueByType,
} from './config.js';

/** No rules, no options, no conditions: most settings share it. */
export const nothing: readonly never[] = Object.freeze([]);
/** The types of settings, by their numbers in documents. */
export const settingTypes: readonly SettingType[] = ['boolean', 'string', 'int', 'double'];

/** Translates a setting. Source: protocol section 4.4. */
export function toSetting(key: string, json: SettingJson): Setting {
  const type = settingTypes[json.t];
  return {
    key,
    type,
    servedValue: toServedValue(json, type),
    percentageAttribute: json.a ?? undefined,
    targetingRules: json.r?.map((rule) => toTargetingRule(rule, type)) ?? nothing,
    percentageOptions: json.p?.map((option) => toPercentageOption(option, type)) ?? nothing,
  };
}

function toTargetingRule({ c, s, p }: TargetingRuleJson, type: SettingType | undefined): TargetingRule {
  return {
    conditions: c?.map(toCondition) ?? nothing,
    servedValue: s ? toServedValue(s, type) : undefined,
    percentageOptions: p?.map((option) => toPercentageOption(option, type)),
  };
}

const valueNames = { boolean: 'b', string: 's', int: 'i', double: 'd' } as const;

function toServedValue({ v, i }: ServedValueJson, type: SettingType | undefined): ServedValue {
  return { value: (type && v[valueNames[type]]) ?? undefined, variationId: i ?? undefined };
}

function toPercentageOption(json: PercentageOptionJson, type: SettingType | undefined): PercentageOption {
  const { value, variationId } = toServedValue(json, type);
  return { percentage: json.p, value, variationId };
}

function toValueByType({ b, s, i, d }: ValueJson): ValueByType {
  return { boolean: b ?? undefined, string: s ?? undefined, int: i ?? undefined, double: d ?? undefined };
}

function toCondition({ u, p, s }: ConditionJson): Condition {
  if (Number(u != null) + Number(p != null) + Number(s != null) !== 1) return { kind: 'invalid' };
  if (u) return toUserCondition(u);
  if (p) return { kind: 'prerequisite', flagKey: p.f, comparator: p.c, comparisonValue: toValueByType(p.v) };
  return s ? { kind: 'segment', segmentIndex: s.s, comparator: s.c } : { kind: 'invalid' };
}

function toUserCondition({ a, c, s, d, l }: UserConditionJson): UserCondition {
  return {
    kind: 'user',
    attribute: a,
    comparator: c,
    comparisonValue: { text: s ?? undefined, number: d ?? undefined, list: l ?? undefined },
  };
}

/** Translates a segment. */
export function toSegment({ n, r }: SegmentJson): Segment {
  return { name: n, conditions: r?.map(toUserCondition) ?? nothing };
}
