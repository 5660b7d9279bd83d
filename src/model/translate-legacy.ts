import type {
  LegacyOptionJson,
  LegacyRuleJson,
  LegacyServedValueJson,
  LegacySettingJson,
  SettingJson,
} from './config-json.js';
import type { PercentageOption, ServedValue, Setting, TargetingRule } from './config.js';
import { nothing, settingTypes } from './translate.js';

/** Tells settings of the previous format (`config_v5.json`): their values are not objects. */
export function isLegacy(setting: SettingJson | LegacySettingJson): setting is LegacySettingJson {
  return typeof setting.v !== 'object';
}

/**
 * Translates a setting of the previous format, in array order: documents are delivered in the order of their members `o`,
 * which no evaluator looks at. Source: protocol section 15.
 */
export function toLegacySetting(key: string, json: LegacySettingJson): Setting {
  return {
    key,
    type: settingTypes[json.t ?? -1],
    servedValue: toRawServedValue(json),
    percentageAttribute: undefined,
    targetingRules: json.r?.map(toLegacyRule) ?? nothing,
    percentageOptions: json.p?.map(toLegacyOption) ?? nothing,
    isLegacy: true,
  };
}

function toLegacyRule(json: LegacyRuleJson): TargetingRule {
  const comparisonValue = { text: json.c, number: undefined, list: undefined };
  return {
    conditions: [{ kind: 'user', attribute: json.a, comparator: json.t, comparisonValue, isLegacy: true }],
    servedValue: toRawServedValue(json),
    percentageOptions: undefined,
  };
}

function toLegacyOption(json: LegacyOptionJson): PercentageOption {
  return { percentage: Number(json.p), ...toRawServedValue(json) };
}

function toRawServedValue({ v, i }: LegacyServedValueJson): ServedValue {
  return { value: v, variationId: i ?? undefined };
}
