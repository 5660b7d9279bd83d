import type {
  ConditionJson,
  LegacyOptionJson,
  LegacyRuleJson,
  LegacyServedValueJson,
  LegacySettingJson,
  PercentageOptionJson,
  PreferencesJson,
  SegmentJson,
  ServedValueJson,
  SettingJson,
  TargetingRuleJson,
  UserConditionJson,
  ValueJson,
} from './config-json.js';
import type { ConfigIndex, SettingKeys } from './config-schema.js';
import { assertConfigJson, indexConfigJson } from './config-schema.js';
import { hasOwn } from './own.js';

/** A value that a setting can serve. */
export type SettingValue = boolean | string | number;

/** The types of settings. An `int` and a `double` are both numbers in JavaScript, but never equal as types. */
export type SettingType = 'boolean' | 'string' | 'int' | 'double';

/**
 * One config JSON under readable names: immutable, settings and segments are read and translated when first asked for.
 * Source: protocol section 4.
 */
export interface Config {
  /** Where the document wants to be downloaded from (data governance). */
  readonly preferences: Preferences;
  /** Salt of the hashed comparators; `undefined` when the document has none. */
  readonly salt: string | undefined;
  /** Setting keys in property order. */
  readonly keys: readonly string[];
  /**
   * Whether there is a setting with this key.
   *
   * @internal
   */
  has(key: string): boolean;
  /** The setting with this key, or `undefined`. Only the document's own keys are found, never inherited names. */
  setting(key: string): Setting | undefined;
  /**
   * The same for those who do not keep it: it is not remembered, and so takes no memory.
   *
   * @internal
   */
  readSetting(key: string): Setting | undefined;
  /** The segment at this zero-based index, or `undefined`. */
  segment(index: number): Segment | undefined;
  /**
   * A setting as JSON text, good for nothing but comparison; not to be kept, because it may keep the document alive.
   *
   * @internal
   */
  settingText(key: string): string | undefined;
  /**
   * A segment as the document writes it, good for nothing but comparison.
   *
   * @internal
   */
  segmentJson(index: number): unknown;
  /**
   * The keys, for a config to come that has the same.
   *
   * @internal
   */
  readonly settingKeys?: SettingKeys | undefined;
}

/** Base URL and redirect mode (0 stay, 1 should, 2 must) that a document asks for. Source: protocol section 3. */
export interface Preferences {
  readonly baseUrl?: string;
  readonly redirectMode?: number;
}

/** A named, reusable list of user conditions, joined by AND. */
export interface Segment {
  readonly name: string;
  readonly conditions: readonly UserCondition[];
}

/** A feature flag or another typed value with its targeting. Source: protocol section 4.4. */
export interface Setting {
  readonly key: string;
  /** `undefined` when the document names a type that does not exist; such a setting fails when evaluated. */
  readonly type: SettingType | undefined;
  /** What everybody gets whom no rule and no option reaches. */
  readonly servedValue: ServedValue;
  /** The attribute that percentage options hash; `undefined` means `Identifier`. */
  readonly percentageAttribute: string | undefined;
  readonly targetingRules: readonly TargetingRule[];
  readonly percentageOptions: readonly PercentageOption[];
  /** Present in the plain values of overrides, whose type follows from the value: why there is none, if there is none. */
  readonly simple?: { readonly problem?: string };
  /** Present in settings of the previous format, which have rules of their own. Source: protocol section 15. */
  readonly isLegacy?: true;
}

/** A value and the variation ID that analytics know it by. `value` is `undefined` when it does not fit the type. */
export interface ServedValue {
  readonly value: SettingValue | undefined;
  readonly variationId: string | undefined;
}

/** A share of users, in percent, and what they get. */
export interface PercentageOption extends ServedValue {
  readonly percentage: number;
}

/** Conditions joined by AND, then one served value or percentage options. */
export interface TargetingRule {
  readonly conditions: readonly Condition[];
  readonly servedValue: ServedValue | undefined;
  readonly percentageOptions: readonly PercentageOption[] | undefined;
}

/** A condition of a targeting rule. `invalid` stands for a document that gives none or several of the three kinds. */
export type Condition = UserCondition | PrerequisiteCondition | SegmentCondition | InvalidCondition;

/** Compares an attribute of the user with a value of the config. Source: protocol section 6. */
export interface UserCondition {
  readonly kind: 'user';
  readonly attribute: string;
  /** Comparator number, 0 to 35; 0 to 17 in the previous format. */
  readonly comparator: number;
  readonly comparisonValue: ComparisonValue;
  /** The comparator is one of the previous format, where the comparison value is always text. */
  readonly isLegacy?: true;
}

/** The right side of a comparator; which member counts is the comparator's business. */
export interface ComparisonValue {
  readonly text: string | undefined;
  readonly number: number | undefined;
  readonly list: readonly string[] | undefined;
}

/** Compares what another setting serves to the same user. Comparator 0 is EQUALS, 1 is NOT EQUALS. */
export interface PrerequisiteCondition {
  readonly kind: 'prerequisite';
  readonly flagKey: string;
  readonly comparator: number;
  readonly comparisonValue: ValueByType;
}

/** Asks whether the user is in a segment. Comparator 0 is IS IN, 1 is IS NOT IN. */
export interface SegmentCondition {
  readonly kind: 'segment';
  readonly segmentIndex: number;
  readonly comparator: number;
}

/** Stands for a document that gives none or several of the three kinds of conditions: it cannot be evaluated. */
export interface InvalidCondition {
  readonly kind: 'invalid';
}

/** A value as documents write it: under the name of its type, so that none, one or several can be present. */
export interface ValueByType {
  readonly boolean: boolean | undefined;
  readonly string: string | undefined;
  readonly int: number | undefined;
  readonly double: number | undefined;
}

/**
 * Reads a config JSON text, of the current format (`config_v6.json`) or of the previous one (`config_v5.json`), which is
 * known by its shape: the values of its settings are not objects.
 *
 * @param text - the document as it was downloaded or cached.
 * @param previous - a config whose setting keys, if they are the same, are shared.
 * @throws SyntaxError when the text is not JSON, TypeError naming the JSON path when its structure is wrong.
 * Source: protocol sections 4.1 to 4.7, and 15.
 *
 * @example
 * parseConfig('{"f":{"isOn":{"t":0,"v":{"b":true}}}}').setting('isOn')?.servedValue.value; // true
 */
export function parseConfig(text: string, previous?: Config): Config {
  const index = indexConfigJson(text, previous?.settingKeys);
  return toConfig(index ? sourceOfText(text, index) : sourceOfDocument(JSON.parse(text)));
}

/** What a config is read from. */
interface Source {
  readonly settingKeys?: SettingKeys;
  readonly preferences: PreferencesJson | null | undefined;
  readonly segments: () => readonly SegmentJson[] | null | undefined;
  readonly keys: readonly string[];
  readonly has: (key: string) => boolean;
  readonly settingText: (key: string) => string | undefined;
  readonly settingJson: (key: string) => SettingJson | LegacySettingJson | undefined;
}

/** Keeps the text alone: values take three times as much memory, and most settings of most configs are never read. */
function sourceOfText(text: string, { keys, bounds, preferencesText, segmentsText }: ConfigIndex): Source {
  const { inOrder, places } = keys;
  const settingText = (key: string) => {
    const place = places.get(key);
    return place === undefined ? undefined : text.slice(bounds[2 * place], bounds[2 * place + 1]);
  };
  return {
    preferences: parseOptional(preferencesText) as PreferencesJson | null | undefined,
    segments: once(() => parseOptional(segmentsText) as readonly SegmentJson[] | null | undefined),
    settingKeys: keys,
    keys: inOrder,
    has: (key) => places.has(key),
    settingText,
    settingJson: (key) => parseOptional(settingText(key)) as SettingJson | undefined,
  };
}

function sourceOfDocument(document: unknown): Source {
  assertConfigJson(document);
  const settings = document.f ?? {};
  const settingJson = (key: string) => (hasOwn(settings, key) ? settings[key] : undefined);
  return {
    preferences: document.p,
    segments: () => document.s,
    keys: Object.keys(settings),
    has: (key) => hasOwn(settings, key),
    settingText: (key) => JSON.stringify(settingJson(key)),
    settingJson,
  };
}

function parseOptional(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

function once<T>(create: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: create() }).value;
}

function toConfig({ settingKeys, preferences, segments, keys, has, settingText, settingJson }: Source): Config {
  const settings = new Map<string, Setting>();
  const readSegments = new Map<number, Segment>();
  const readSetting = (key: string) => {
    const setting = settingJson(key);
    return setting && (isLegacy(setting) ? toLegacySetting(key, setting) : toSetting(key, setting));
  };
  return {
    settingKeys,
    preferences: {
      ...(preferences?.u != null && { baseUrl: preferences.u }),
      ...(preferences?.r != null && { redirectMode: preferences.r }),
    },
    salt: preferences?.s ?? undefined,
    keys,
    has,
    setting: (key) => remember(settings, key, () => readSetting(key)),
    readSetting,
    segment: (index) =>
      remember(readSegments, index, () => {
        const segment = segments()?.[index];
        return segment && toSegment(segment);
      }),
    settingText,
    segmentJson: (index) => segments()?.[index],
  };
}

function remember<K, V>(known: Map<K, V>, key: K, create: () => V | undefined): V | undefined {
  const value = known.get(key);
  if (value !== undefined) return value;
  const created = create();
  if (created !== undefined) known.set(key, created);
  return created;
}

const nothing: readonly never[] = Object.freeze([]);
const settingTypes: readonly SettingType[] = ['boolean', 'string', 'int', 'double'];

function toSetting(key: string, json: SettingJson): Setting {
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

function toSegment({ n, r }: SegmentJson): Segment {
  return { name: n, conditions: r?.map(toUserCondition) ?? nothing };
}

function isLegacy(setting: SettingJson | LegacySettingJson): setting is LegacySettingJson {
  return typeof setting.v !== 'object';
}

/** In array order: documents are delivered in the order of their members `o`, which no evaluator looks at. */
function toLegacySetting(key: string, json: LegacySettingJson): Setting {
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
