import type { Check } from '../model/config-schema.js';
import { dictionary, int, list, preferences, scalar, shape, text } from '../model/config-schema.js';
import type { PercentageOption, ServedValue, Setting, TargetingRule } from '../model/config.js';
import type { ConfigFormat } from '../model/format.js';
import type { OwnSettingRules } from '../model/own-rules.js';
import { ownRules } from '../model/own-rules.js';
import { nothing, settingTypes } from '../model/translate.js';
import { isConfigV5, isRawValue } from './recognise-v5.js';
import { bucketsV5, comparatorV5 } from './v5-comparators.js';

/** A setting as `config_v5.json` has it. Source: protocol section 15.1. */
interface SettingJson extends ServedValueJson {
  readonly t?: number | null;
  readonly r?: readonly RuleJson[] | null;
  readonly p?: readonly OptionJson[] | null;
}

/** One condition and what it serves: attribute, comparator and comparison value, which is always text. */
interface RuleJson extends ServedValueJson {
  readonly a: string;
  readonly t: number;
  readonly c: string;
}

interface OptionJson extends ServedValueJson {
  readonly p: number | string;
}

interface ServedValueJson {
  readonly v: boolean | string | number;
  readonly i?: string | null;
}

/**
 * Reads configs of ConfigCat's previous format, `config_v5.json`, which are known by the value of their first setting: it
 * stands there as it is, and not under the name of its type. Rules and options count in the order in which they stand, as
 * they are delivered; their members `o`, which say the same, do not. Source: protocol section 15.
 */
export const configV5: ConfigFormat = {
  recognises: isConfigV5,
  // Bundlers see that it can go where nobody uses the format.
  root: /* @__PURE__ */ describeDocument(),
  toSetting,
};

const settingRules: OwnSettingRules = { bucketOf: bucketsV5 };

function describeDocument(): Check {
  const raw = scalar(isRawValue);
  const percentage = scalar((value) => /^(string|number)$/.test(typeof value));
  const rule = shape({ a: text, t: int, c: text, v: raw, 'i?': text });
  const option = shape({ p: percentage, v: raw, 'i?': text });
  const setting = shape({ v: raw, 't?': int, 'i?': text, 'r?': list(rule), 'p?': list(option) });
  return shape({ 'p?': preferences, 'f?': dictionary(setting) });
}

function toSetting(key: string, json: SettingJson): Setting {
  return {
    key,
    type: settingTypes[json.t ?? -1],
    servedValue: toServedValue(json),
    percentageAttribute: undefined,
    targetingRules: json.r?.map(toRule) ?? nothing,
    percentageOptions: json.p?.map(toOption) ?? nothing,
    [ownRules]: settingRules,
  };
}

function toRule(json: RuleJson): TargetingRule {
  const { a: attribute, t: comparator, c: comparisonText } = json;
  const comparisonValue = { text: comparisonText, number: undefined, list: undefined };
  return {
    conditions: [{ kind: 'user', attribute, comparator, comparisonValue, [ownRules]: comparatorV5(comparator) }],
    servedValue: toServedValue(json),
    percentageOptions: undefined,
  };
}

function toOption(json: OptionJson): PercentageOption {
  return { percentage: Number(json.p), ...toServedValue(json) };
}

function toServedValue({ v, i }: ServedValueJson): ServedValue {
  return { value: v, variationId: i ?? undefined };
}
