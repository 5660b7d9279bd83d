import type { Condition, PercentageOption, Segment, ServedValue, Setting, SettingKeys } from './config.js';
import type { SettingType, TargetingRule, UserCondition, ValueByType } from './config.js';
import type { Json } from './description.js';
import { boolean, dictionary, int, list, number, object, text } from './description.js';

/*
 * The config JSON of the current format, `config_v6.json`, and its translation. Nothing outside of `model/` reads its
 * names of one letter. `null` stands for "absent" everywhere. Faults of meaning (unknown comparator, missing segment) are
 * left to evaluation, because a fault that is never reached must not break a flag. Source: protocol section 4.
 */

const value = object({ 'b?': boolean, 's?': text, 'i?': int, 'd?': number });
const servedValue = object({ v: value, 'i?': text });
const percentageOption = object({ p: int, v: value, 'i?': text });
const userCondition = object({ a: text, c: int, 's?': text, 'd?': number, 'l?': list(text) });
const prerequisiteCondition = object({ f: text, c: int, v: value });
const segmentCondition = object({ s: int, c: int });
const condition = object({ 'u?': userCondition, 'p?': prerequisiteCondition, 's?': segmentCondition });
const targetingRule = object({ 'c?': list(condition), 's?': servedValue, 'p?': list(percentageOption) });

/** A setting. */
export const setting = object({
  t: int,
  v: value,
  'i?': text,
  'a?': text,
  'r?': list(targetingRule),
  'p?': list(percentageOption),
});

/** Where the document wants to be downloaded from, and the salt of its hashes. */
export const preferences = object({ 'u?': text, 'r?': int, 's?': text });

const segment = object({ n: text, 'r?': list(userCondition) });

export const segments = list(segment);

/** A whole document. */
export const root = object({ 'p?': preferences, 's?': segments, 'f?': dictionary(setting) });

export type ConfigJson = Json<typeof root>;

/** What a config is read from: a document, or its text. */
export interface ConfigSource {
  readonly settingKeys?: SettingKeys;
  readonly preferences: ConfigJson['p'];
  readonly segments: () => ConfigJson['s'];
  readonly keys: readonly string[];
  readonly has: (key: string) => boolean;
  /** A setting for comparison. */
  readonly settingJson: (key: string) => unknown;
  readonly parseSetting: (key: string) => unknown;
}

/** No rules, no options, no conditions: most settings share it. */
export const nothing: readonly never[] = Object.freeze([]);
/** The types of settings, by their numbers in documents. */
export const settingTypes: readonly SettingType[] = ['boolean', 'string', 'int', 'double'];

/** Translates a setting. Source: protocol section 4.4. */
export function toSetting(key: string, json: Json<typeof setting>): Setting {
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

function toTargetingRule({ c, s, p }: Json<typeof targetingRule>, type: SettingType | undefined): TargetingRule {
  return {
    conditions: c?.map(toCondition) ?? nothing,
    servedValue: s ? toServedValue(s, type) : undefined,
    percentageOptions: p?.map((option) => toPercentageOption(option, type)),
  };
}

const valueNames = { boolean: 'b', string: 's', int: 'i', double: 'd' } as const;

/** Translates a value that is served. */
export function toServedValue({ v, i }: Json<typeof servedValue>, type: SettingType | undefined): ServedValue {
  return { value: (type && v[valueNames[type]]) ?? undefined, variationId: i ?? undefined };
}

function toPercentageOption(json: Json<typeof percentageOption>, type: SettingType | undefined): PercentageOption {
  const { value, variationId } = toServedValue(json, type);
  return { percentage: json.p, value, variationId };
}

function toValueByType({ b, s, i, d }: Json<typeof value>): ValueByType {
  return { boolean: b ?? undefined, string: s ?? undefined, int: i ?? undefined, double: d ?? undefined };
}

function toCondition({ u, p, s }: Json<typeof condition>): Condition {
  if (u && !p && !s) return toUserCondition(u);
  if (p && !u && !s)
    return { kind: 'prerequisite', flagKey: p.f, comparator: p.c, comparisonValue: toValueByType(p.v) };
  return s && !u && !p ? { kind: 'segment', segmentIndex: s.s, comparator: s.c } : { kind: 'invalid' };
}

function toUserCondition({ a, c, s, d, l }: Json<typeof userCondition>): UserCondition {
  return {
    kind: 'user',
    attribute: a,
    comparator: c,
    comparisonValue: { text: s ?? undefined, number: d ?? undefined, list: l ?? undefined },
  };
}

/** Translates a segment. */
export function toSegment({ n, r }: Json<typeof segment>): Segment {
  return { name: n, conditions: r?.map(toUserCondition) ?? nothing };
}
