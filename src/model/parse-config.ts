import type { LegacySettingJson, PreferencesJson, SegmentJson, SettingJson } from './config-json.js';
import type { ConfigIndex, SettingKeys } from './config-schema.js';
import { assertConfigJson, indexConfigJson } from './config-schema.js';
import type { Config, Segment, Setting } from './config.js';
import { hasOwn } from './own.js';
import { isLegacy, toLegacySetting } from './translate-legacy.js';
import { toSegment, toSetting } from './translate.js';

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
