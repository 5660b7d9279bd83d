/**
 * The wire format `config_v6.json`, as single-letter keys; types only. Nothing outside `model/` reads these names.
 * `null` stands for "absent" everywhere. Source: protocol section 4.
 */
export interface ConfigJson {
  readonly p?: PreferencesJson | null;
  readonly s?: readonly SegmentJson[] | null;
  readonly f?: Readonly<Record<string, SettingJson>> | null;
}

export interface PreferencesJson {
  readonly u?: string | null;
  readonly r?: number | null;
  readonly s?: string | null;
}

export interface SegmentJson {
  readonly n: string;
  readonly r?: readonly UserConditionJson[] | null;
}

export interface SettingJson {
  readonly t: number;
  readonly v: ValueJson;
  readonly i?: string | null;
  readonly a?: string | null;
  readonly r?: readonly TargetingRuleJson[] | null;
  readonly p?: readonly PercentageOptionJson[] | null;
}

export interface TargetingRuleJson {
  readonly c?: readonly ConditionJson[] | null;
  readonly s?: ServedValueJson | null;
  readonly p?: readonly PercentageOptionJson[] | null;
}

export interface ServedValueJson {
  readonly v: ValueJson;
  readonly i?: string | null;
}

export interface PercentageOptionJson extends ServedValueJson {
  readonly p: number;
}

export interface ValueJson {
  readonly b?: boolean | null;
  readonly s?: string | null;
  readonly i?: number | null;
  readonly d?: number | null;
}

export interface ConditionJson {
  readonly u?: UserConditionJson | null;
  readonly p?: PrerequisiteConditionJson | null;
  readonly s?: SegmentConditionJson | null;
}

export interface UserConditionJson {
  readonly a: string;
  readonly c: number;
  readonly s?: string | null;
  readonly d?: number | null;
  readonly l?: readonly string[] | null;
}

export interface PrerequisiteConditionJson {
  readonly f: string;
  readonly c: number;
  readonly v: ValueJson;
}

export interface SegmentConditionJson {
  readonly s: number;
  readonly c: number;
}
