import type { Config, Setting } from '../model/config.js';
import { isSameJson } from '../model/json.js';
import type { CompiledSetting, Origin, Ruleset } from './ruleset.js';

/**
 * Why a setting does not mean what it did: its own values, rules or options differ; a segment that it refers to; a
 * prerequisite flag; the salt of its hashed comparisons; or it is new, or gone.
 */
export type ChangeReason = 'added' | 'removed' | 'own-rules' | 'salt' | 'segment' | 'prerequisite';

/** The highest layer that has a setting. */
export function topLayer(layers: readonly Config[], key: string): Config | undefined {
  for (let i = layers.length - 1; i >= 0; i--) if (layers[i]!.has(key)) return layers[i];
  return undefined;
}

/** The setting with a key as the documents have it. */
export function sourceOf(layers: readonly Config[], key: string): Setting | undefined {
  return topLayer(layers, key)?.setting(key);
}

/**
 * Compares settings with what they were compiled from: their own JSON, the salt if they hash, their segments and all
 * their prerequisites.
 *
 * @param before - the layers they were compiled from, and the compiled setting with a key, `undefined` when there was none.
 * @param circular - the answer for a setting that is its own prerequisite.
 * @param isSame - compares JSON texts.
 * @returns what is different about a setting: nothing, or all that is.
 */
export function compareWith(
  before: { readonly layers: readonly Config[]; get(key: string): CompiledSetting | undefined },
  layers: readonly Config[],
  circular: readonly ChangeReason[],
  isSame: (a: string | undefined, b: string | undefined) => boolean = isSameText,
): (key: string) => readonly ChangeReason[] {
  const known = new Map<string, readonly ChangeReason[]>();
  const reasonsOf = (key: string): readonly ChangeReason[] => {
    const reasons = known.get(key);
    if (reasons) return reasons;
    const origin = before.get(key)?.origin;
    const old = topLayer(before.layers, key);
    const config = topLayer(layers, key);
    if (!origin || !old || !config) return origin ? ['removed'] : config ? ['added'] : none;
    // Only who depends on others is worth remembering, and can meet himself.
    if (origin.prerequisites.size === 0) return compare(key, origin, old, config);
    known.set(key, circular);
    const found = compare(key, origin, old, config);
    known.set(key, found);
    return found;
  };
  const compare = (key: string, { usesSalt, segments, prerequisites }: Origin, old: Config, config: Config) => {
    const reasons: ChangeReason[] = [];
    if (!isSame(old.settingText(key), config.settingText(key))) reasons.push('own-rules');
    if (usesSalt && old.salt !== config.salt) reasons.push('salt');
    for (const index of segments) {
      if (isSameJson(old.segmentJson(index), config.segmentJson(index))) continue;
      reasons.push('segment');
      break;
    }
    for (const flagKey of prerequisites) {
      if (reasonsOf(flagKey).length === 0) continue;
      reasons.push('prerequisite');
      break;
    }
    return reasons;
  };
  return reasonsOf;
}

const none: readonly ChangeReason[] = [];

/** Texts that differ may still mean the same, with their members in another order. */
function isSameText(a = 'null', b = 'null'): boolean {
  return a === b || isSameJson(JSON.parse(a), JSON.parse(b));
}

/**
 * The compiled settings that mean the same in other layers. Circular prerequisites count as different, and so do texts
 * that are only written otherwise: to compile a setting once more costs less than to look whether its JSON is equal.
 */
export function keepUnchanged(previous: Ruleset, layers: readonly Config[]): Map<string, CompiledSetting> {
  const { compiled } = previous;
  const before = { layers: previous.layers, get: (key: string) => compiled.get(key) };
  const reasonsOf = compareWith(before, layers, ['prerequisite'], Object.is);
  try {
    const kept = new Map<string, CompiledSetting>();
    for (const [key, setting] of compiled) if (reasonsOf(key).length === 0) kept.set(key, setting);
    return kept;
  } catch {
    // Documents nested too deeply to be compared are compiled again.
    return new Map();
  }
}
