import { withRulesOf } from '#evaluation-memory';
import type { InternalConfig, Setting } from '../model/config.js';
import { isSameJson } from '../model/json.js';
import type { CompiledSetting, Dependencies, Ruleset } from './ruleset.js';
import { dependenciesFirst } from './traverse.js';

/**
 * Why a setting does not mean what it did: its own values, rules or options differ; a segment that it refers to; a
 * prerequisite flag; the salt of its hashed comparisons; or it is new, or gone.
 */
export type ChangeReason = 'added' | 'removed' | 'own-rules' | 'salt' | 'segment' | 'prerequisite';

const nothing: ReadonlySet<never> = new Set();

/** What most settings depend on: nothing. The same object for all of them. */
export const noDependencies: Dependencies = { usesSalt: false, segments: nothing, prerequisites: nothing };

/** The highest layer that has a setting. */
export function topLayer(layers: readonly InternalConfig[], key: string): InternalConfig | undefined {
  for (let i = layers.length - 1; i >= 0; i--) if (layers[i]!.has(key)) return layers[i];
  return undefined;
}

/** The setting with a key as the documents have it. */
export function sourceOf(layers: readonly InternalConfig[], key: string): Setting | undefined {
  return topLayer(layers, key)?.setting(key);
}

/** The setting with a key as its document has it. */
function jsonOf(layers: readonly InternalConfig[], key: string): unknown {
  for (let i = layers.length - 1; i >= 0; i--) {
    const json = layers[i]!.settingJson(key);
    if (json !== undefined) return json;
  }
  return undefined;
}

/**
 * Compares settings with what they were compiled from: their own JSON, the salt if they hash, their segments and all
 * their prerequisites.
 *
 * @param before - the layers they were compiled from, and the compiled setting with a key, `undefined` when there was none.
 * @param circular - the answer for a setting that is its own prerequisite.
 * @param isSame - compares settings as their documents have them.
 * @returns what is different about a setting: nothing, or all that is.
 */
export function compareWith(
  before: { readonly layers: readonly InternalConfig[]; get(key: string): CompiledSetting | undefined },
  layers: readonly InternalConfig[],
  circular: readonly ChangeReason[],
  isSame: (a: unknown, b: unknown) => boolean,
): (key: string) => readonly ChangeReason[] {
  const known = new Map<string, readonly ChangeReason[]>();
  const enter = (key: string): Iterable<string> | undefined => {
    if (known.has(key)) return undefined;
    known.set(key, circular);
    return (before.get(key)?.dependencies ?? noDependencies).prerequisites;
  };
  const leave = (key: string) => {
    known.set(key, reasonsOf(key));
  };
  const reasonsOf = (key: string): readonly ChangeReason[] => {
    const setting = before.get(key);
    const config = topLayer(layers, key);
    if (!setting || !config) return setting ? ['removed'] : config ? ['added'] : [];
    const { usesSalt, segments, prerequisites } = setting.dependencies;
    const old = topLayer(before.layers, key)!;
    const reasons: ChangeReason[] = [];
    const addIf = (isChanged: boolean, reason: ChangeReason) => {
      if (isChanged) reasons.push(reason);
    };
    addIf(!isSame(old.settingJson(key), config.settingJson(key)), 'own-rules');
    addIf(usesSalt && old.salt !== config.salt, 'salt');
    addIf(
      [...segments].some((index) => !isSameJson(old.segmentJson(index), config.segmentJson(index))),
      'segment',
    );
    addIf(
      [...prerequisites].some((flagKey) => known.get(flagKey)!.length > 0),
      'prerequisite',
    );
    return reasons;
  };
  return (key) => {
    dependenciesFirst(key, enter, leave);
    return known.get(key)!;
  };
}

/** Compares settings as they come from documents, of which one may be text, and the other one parsed. */
function isSameSetting(a: unknown, b: unknown): boolean {
  return typeof a === typeof b ? isSameJson(a, b) : isSameJson(parsedSetting(a), parsedSetting(b));
}

/** A setting as a document has it, parsed. */
export function parsedSetting(json: unknown): unknown {
  return typeof json === 'string' ? JSON.parse(json) : json;
}

/**
 * The compiled settings that mean the same in other layers, and new ones around the same rules for those that only serve another
 * value. Circular prerequisites count as different, and so do texts that are only written otherwise: to compile a setting once
 * more costs less than to look whether its JSON is equal.
 */
export function keepCompiled(
  { layers: old, compiled }: Ruleset,
  layers: readonly InternalConfig[],
): Map<string, CompiledSetting> {
  const before = { layers: old, get: (key: string) => compiled.get(key) };
  const reasonsOf = compareWith(before, layers, ['prerequisite'], isSameSetting);
  // Most settings depend on nothing else, and there may be thousands of them.
  const keep = (key: string, setting: CompiledSetting): CompiledSetting | undefined => {
    if (setting.dependencies !== noDependencies) return reasonsOf(key).length === 0 ? setting : undefined;
    const jsonBefore = jsonOf(old, key);
    const json = jsonOf(layers, key);
    if (isSameSetting(jsonBefore, json)) return setting;
    return withRulesOf(setting, jsonBefore, json);
  };
  const kept = new Map<string, CompiledSetting>();
  try {
    compiled.forEach((setting, key) => {
      const again = keep(key, setting);
      if (again) kept.set(key, again);
    });
  } catch {
    // Documents nested too deeply to be compared are compiled again.
    kept.clear();
  }
  return kept;
}
