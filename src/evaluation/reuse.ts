import type { Config, Setting } from '../model/config.js';
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
export function topLayer(layers: readonly Config[], key: string): Config | undefined {
  for (let i = layers.length - 1; i >= 0; i--) if (layers[i]!.has(key)) return layers[i];
  return undefined;
}

/** The setting with a key as the documents have it. */
export function sourceOf(layers: readonly Config[], key: string): Setting | undefined {
  return topLayer(layers, key)?.setting(key);
}

/** The text of the setting with a key. */
function textOf(layers: readonly Config[], key: string): string | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const text = layers[i]!.settingText(key);
    if (text !== undefined) return text;
  }
  return undefined;
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
): (key: string, setting?: CompiledSetting) => readonly ChangeReason[] {
  const known = new Map<string, readonly ChangeReason[]>();
  const ownReasons = (key: string, setting: CompiledSetting | undefined): readonly ChangeReason[] => {
    const text = textOf(layers, key);
    if (!setting || text === undefined) return setting ? ['removed'] : text === undefined ? none : ['added'];
    return isSame(textOf(before.layers, key), text) ? none : ownRules;
  };
  const prerequisitesOf = (key: string, setting: CompiledSetting | undefined) =>
    setting && setting.dependencies !== noDependencies && textOf(layers, key) !== undefined
      ? setting.dependencies.prerequisites
      : undefined;
  const reasonsOf = (key: string, setting = before.get(key)): readonly ChangeReason[] => {
    if (!prerequisitesOf(key, setting)) return ownReasons(key, setting);
    dependenciesFirst(key, enter, leave);
    return known.get(key)!;
  };
  const enter = (key: string): Iterable<string> | undefined => {
    const prerequisites = known.has(key) ? undefined : prerequisitesOf(key, before.get(key));
    if (prerequisites) known.set(key, circular);
    return prerequisites;
  };
  const leave = (key: string) => {
    const setting = before.get(key)!;
    known.set(key, [...ownReasons(key, setting), ...inheritedReasons(key, setting.dependencies)]);
  };
  const inheritedReasons = (
    key: string,
    { usesSalt, segments, prerequisites }: Dependencies,
  ): readonly ChangeReason[] => {
    const old = topLayer(before.layers, key)!;
    const config = topLayer(layers, key)!;
    const isOtherSegment = (index: number) => !isSameJson(old.segmentJson(index), config.segmentJson(index));
    const reasons: ChangeReason[] = [];
    if (usesSalt && old.salt !== config.salt) reasons.push('salt');
    if ([...segments].some(isOtherSegment)) reasons.push('segment');
    if (
      [...prerequisites].some((flagKey) => (known.get(flagKey) ?? ownReasons(flagKey, before.get(flagKey))).length > 0)
    )
      reasons.push('prerequisite');
    return reasons;
  };
  return reasonsOf;
}

const none: readonly ChangeReason[] = [];
const ownRules: readonly ChangeReason[] = ['own-rules'];

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
    compiled.forEach((setting, key) => {
      if (reasonsOf(key, setting).length === 0) kept.set(key, setting);
    });
    return kept;
  } catch {
    // Documents nested too deeply to be compared are compiled again.
    return new Map();
  }
}
