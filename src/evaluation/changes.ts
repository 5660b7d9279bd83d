import type { Segment, Setting } from '../model/config.js';
import { isSameJson } from '../model/json.js';
import type { ChangeReason } from './reuse.js';
import { compareWith, parsedSetting, topLayer } from './reuse.js';
import type { Ruleset } from './ruleset.js';

/** What a new config changes about one setting. */
export interface SettingChange {
  readonly key: string;
  readonly reasons: readonly ChangeReason[];
  /** `undefined` for a setting that is new, and where there are values and no rules. */
  readonly before: SettingVersion | undefined;
  /** `undefined` for a setting that is gone, and where there are values and no rules. */
  readonly after: SettingVersion | undefined;
}

/** A setting as one config has it. */
export interface SettingVersion {
  readonly setting: Setting;
  /** The segment that a condition of the setting refers to. */
  readonly segment: (index: number) => Segment | undefined;
}

/**
 * The settings that mean something else in another ruleset, through their segments and prerequisites, too: in the order
 * of the new ruleset, those that are gone last.
 */
export function compareRulesets(before: Ruleset, after: Ruleset): SettingChange[] {
  // What is only written otherwise, with its members in another order, still means the same.
  const isSame = (a: unknown, b: unknown) => a === b || isSameJson(parsedSetting(a), parsedSetting(b));
  const reasonsOf = compareWith(before, after.layers, [], isSame);
  return [...new Set([...after.keys, ...before.keys])]
    .map((key) => ({ key, reasons: reasonsOf(key), before: versionOf(before, key), after: versionOf(after, key) }))
    .filter(({ reasons }) => reasons.length > 0);
}

function versionOf({ layers }: Ruleset, key: string): SettingVersion | undefined {
  const config = topLayer(layers, key);
  return config && { setting: config.setting(key)!, segment: (index) => config.segment(index) };
}
