import { nothing, preferences, settingTypes } from '../model/config-document.js';
import type { PercentageOption, ServedValue, Setting, TargetingRule } from '../model/config.js';
import type { Json } from '../model/description.js';
import { dictionary, int, list, object, scalar, text } from '../model/description.js';
import type { ConfigFormat } from '../model/format.js';
import type { OwnSettingRules } from '../model/own-rules.js';
import { ownRules } from '../model/own-rules.js';
import { isConfigV5, isRawValue } from './recognise-v5.js';
import { bucketsV5, comparatorV5 } from './v5-comparators.js';

/**
 * Reads configs of ConfigCat's previous format, `config_v5.json`, which are known by the value of their first setting: it
 * stands there as it is, and not under the name of its type. Rules and options count in the order in which they stand, as
 * they are delivered; their members `o`, which say the same, do not. Source: protocol section 15.
 */
export const configV5: ConfigFormat = /* @__PURE__ */ createFormat();

// In a function, so that bundlers see that it can go where nobody uses it.
function createFormat(): ConfigFormat {
  return { recognises: isConfigV5, root: describe().root, toSetting } as Omit<ConfigFormat, symbol> as ConfigFormat;
}

const settingRules: OwnSettingRules = { bucketOf: bucketsV5 };

type Described = ReturnType<typeof describe>;
type ServedJson = Pick<Json<Described['rule']>, 'v' | 'i'>;

function describe() {
  const value = scalar(isRawValue);
  const percentage = scalar((given): given is string | number => /^(string|number)$/.test(typeof given));
  // One condition and what it serves. The comparison value is always text.
  const rule = object({ a: text, t: int, c: text, v: value, 'i?': text });
  const option = object({ p: percentage, v: value, 'i?': text });
  const setting = object({ v: value, 't?': int, 'i?': text, 'r?': list(rule), 'p?': list(option) });
  return { rule, option, setting, root: object({ 'p?': preferences, 'f?': dictionary(setting) }) };
}

function toSetting(key: string, json: Json<Described['setting']>): Setting {
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

function toRule(json: Json<Described['rule']>): TargetingRule {
  const { a: attribute, t: comparator, c: comparisonText } = json;
  const comparisonValue = { text: comparisonText, number: undefined, list: undefined };
  return {
    conditions: [{ kind: 'user', attribute, comparator, comparisonValue, [ownRules]: comparatorV5(comparator) }],
    servedValue: toServedValue(json),
    percentageOptions: undefined,
  };
}

function toOption(json: Json<Described['option']>): PercentageOption {
  return { percentage: Number(json.p), ...toServedValue(json) };
}

function toServedValue({ v, i }: ServedJson): ServedValue {
  return { value: v, variationId: i ?? undefined };
}
