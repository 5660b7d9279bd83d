import { root, toSegment, toSetting } from './config-document.js';
import type { ConfigIndex } from './config-index.js';
import { indexConfigJson } from './config-index.js';
import type { Config, Segment, Setting, SettingKeys } from './config.js';
import type { Json } from './description.js';
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
export function parseConfig(text: string, previous?: Config, formats: readonly ConfigFormat[] = []): Config {
  const index = indexConfigJson(text, previous?.settingKeys);
  if (index) return toConfig(sourceOfText(text, index), currentFormat);
  const document: unknown = JSON.parse(text);
  const format = formats.find(({ recognises }) => recognises(document)) ?? currentFormat;
  checkDocument(document, format.root);
  return toConfig(sourceOfDocument(document as ConfigJson), format);
}

const currentFormat = { root, toSetting };

type ConfigJson = Json<typeof root>;

/** What a config is read from. */
interface Source {
  readonly settingKeys?: SettingKeys;
  readonly preferences: ConfigJson['p'];
  readonly segments: () => ConfigJson['s'];
  readonly keys: readonly string[];
  readonly has: (key: string) => boolean;
  readonly settingText: (key: string) => string | undefined;
  readonly settingJson: (key: string) => unknown;
}

/** Keeps the text alone: values take three times as much memory, and most settings of most configs are never read. */
function sourceOfText(text: string, { keys, bounds, preferencesText, segmentsText }: ConfigIndex): Source {
  const { inOrder, places } = keys;
  const settingText = (key: string) => {
    const place = places.get(key);
    return place === undefined ? undefined : text.slice(bounds[2 * place], bounds[2 * place + 1]);
  };
  return {
    preferences: parseOptional(preferencesText) as ConfigJson['p'],
    segments: once(() => parseOptional(segmentsText) as ConfigJson['s']),
    settingKeys: keys,
    keys: inOrder,
    has: (key) => places.has(key),
    settingText,
    settingJson: (key) => parseOptional(settingText(key)),
  };
}

function sourceOfDocument({ p, s, f }: ConfigJson): Source {
  const settings = f ?? {};
  const settingJson = (key: string) => (hasOwn(settings, key) ? settings[key] : undefined);
  return {
    preferences: p,
    segments: () => s,
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

function toConfig(
  { preferences, segments, settingJson, ...rest }: Source,
  { toSetting }: Pick<ConfigFormat, 'toSetting'>,
): Config {
  const settings = new Map<string, Setting>();
  const readSegments = new Map<number, Segment>();
  const readSetting = (key: string) => {
    const json = settingJson(key);
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
