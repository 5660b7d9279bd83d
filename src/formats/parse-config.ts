import type { Config } from '../model/config.js';
import { parseConfig } from '../model/parse-config.js';
import { configV5 } from './v5.js';

/**
 * Reads a config JSON text, of the current format (`config_v6.json`) or of the previous one (`config_v5.json`), which is
 * known by its shape: the values of its settings are not objects.
 *
 * @param text - the document as it was downloaded or cached.
 * @throws SyntaxError when the text is not JSON, TypeError naming the JSON path when its structure is wrong.
 *
 * @example
 * parseConfig('{"f":{"isOn":{"t":0,"v":{"b":true}}}}').setting('isOn')?.servedValue.value; // true
 */
export function parseAnyConfig(text: string): Config {
  const config = parseConfig(text, undefined, [configV5]);
  const { preferences, salt, keys } = config;
  return {
    preferences,
    salt,
    keys,
    setting: (key) => config.setting(key),
    segment: (index) => config.segment(index),
  };
}
