import type { Config } from '../model/config.js';
import { isSameJson } from '../model/json.js';
import type { CompiledSetting, Origin, Ruleset } from './ruleset.js';

/** The highest layer that has a setting. */
export function topLayer(layers: readonly Config[], key: string): Config | undefined {
  for (let i = layers.length - 1; i >= 0; i--) if (layers[i]!.settingJson(key) !== undefined) return layers[i];
  return undefined;
}

/**
 * The compiled settings that mean the same in other layers: their own JSON, the salt, their segments and all their
 * prerequisites are equal. Circular prerequisites count as different.
 */
export function keepUnchanged({ compiled }: Ruleset, layers: readonly Config[]): Map<string, CompiledSetting> {
  const verdicts = new Map<string, boolean>();
  const isUnchanged = (key: string): boolean => {
    const known = verdicts.get(key);
    if (known !== undefined) return known;
    verdicts.set(key, false);
    const setting = compiled.get(key);
    const config = topLayer(layers, key);
    const verdict =
      setting && config
        ? isSameOrigin(setting.origin, key, config) && [...setting.origin.prerequisites].every(isUnchanged)
        : !setting && !config;
    verdicts.set(key, verdict);
    return verdict;
  };
  try {
    return new Map([...compiled].filter(([key]) => isUnchanged(key)));
  } catch {
    // Documents nested too deeply to be compared are compiled again.
    return new Map();
  }
}

function isSameOrigin({ setting, salt, segments }: Origin, key: string, config: Config): boolean {
  return (
    isSameJson(setting, config.settingJson(key)) &&
    salt === config.salt &&
    [...segments].every(([index, segment]) => isSameJson(segment, config.segmentJson(index)))
  );
}
