import { readConfigText } from '#config-index';
import type { ConfigJson, ConfigSource } from './config-document.js';
import { root, toSegment, toSetting } from './config-document.js';
import type { InternalConfig, Segment, Setting } from './config.js';
import { checkDocument } from './description.js';
import type { ConfigFormat } from './format.js';
import { hasOwn } from './own.js';

/**
 * Reads a config JSON text of the current format, `config_v6.json`, or of another one.
 *
 * @param text - the document as it was downloaded or cached.
 * @param previous - a config whose setting keys, if they are the same, are shared.
 * @param formats - of which formats it may be beside the current one.
 * @throws SyntaxError when the text is not JSON, TypeError naming the JSON path when its structure is wrong.
 * Source: protocol sections 4.1 to 4.7.
 *
 * @example
 * parseConfig('{"f":{"isOn":{"t":0,"v":{"b":true}}}}').setting('isOn')?.servedValue.value; // true
 */
export function parseConfig(
  text: string,
  previous?: InternalConfig,
  formats: readonly ConfigFormat[] = [],
): InternalConfig {
  const source = readConfigText(text, previous?.settingKeys);
  if (source) return toConfig(source, currentFormat);
  const document: unknown = JSON.parse(text);
  const format = formats.find(({ recognises }) => recognises(document)) ?? currentFormat;
  checkDocument(document, format.root);
  return toConfig(sourceOfDocument(document as ConfigJson), format);
}

const currentFormat = { root, toSetting };

function sourceOfDocument({ p, s, f }: ConfigJson): ConfigSource {
  const settings = f ?? {};
  const settingJson = (key: string) => (hasOwn(settings, key) ? settings[key] : undefined);
  return {
    preferences: p,
    segments: () => s,
    keys: Object.keys(settings),
    has: (key) => hasOwn(settings, key),
    settingJson,
    parseSetting: settingJson,
  };
}

function toConfig(
  { preferences, segments, parseSetting, ...rest }: ConfigSource,
  { toSetting }: Pick<ConfigFormat, 'toSetting'>,
): InternalConfig {
  const settings = new Map<string, Setting>();
  const readSegments = new Map<number, Segment>();
  const readSetting = (key: string) => {
    const json = parseSetting(key);
    return json === undefined ? undefined : toSetting(key, json as never);
  };
  const segmentJson = (index: number) => segments()?.[index];
  return {
    ...rest,
    preferences: {
      ...(preferences?.u != null && { baseUrl: preferences.u }),
      ...(preferences?.r != null && { redirectMode: preferences.r }),
    },
    salt: preferences?.s ?? undefined,
    setting: (key) => remember(settings, key, readSetting),
    readSetting,
    segment: (index) =>
      remember(readSegments, index, () => {
        const json = segmentJson(index);
        return json && toSegment(json);
      }),
    segmentJson,
  };
}

function remember<K, V>(known: Map<K, V>, key: K, create: (key: K) => V | undefined): V | undefined {
  const value = known.get(key) ?? create(key);
  if (value !== undefined) known.set(key, value);
  return value;
}
