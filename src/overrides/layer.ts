import { displayText } from '../display-text.js';
import type { InternalConfig, Setting, SettingType, SettingValue } from '../model/config.js';
import type { ConfigFormat } from '../model/format.js';
import { plainOverride } from '../model/own-rules.js';
import { parseConfig } from '../model/parse-config.js';

/** Flags by key with the plain values that override those of the config. */
export type OverrideFlags = Readonly<Record<string, SettingValue>>;

/**
 * What a source of overrides says. Flags by key; or the text of a document, which is `{"flags": {…}}` or a whole config
 * JSON; or what keeps the source from saying it. Each update replaces the one before, but for problems, which are logged.
 */
export type OverrideUpdate<F = OverrideFlags> = F | string | OverrideProblem;

/** Something that is wrong with a source of overrides. */
export class OverrideProblem extends Error {
  override readonly name = 'OverrideProblem';

  /**
   * @param eventId - what it is logged as: 1300 a file does not exist, 1302 it cannot be read, 2302 it is not valid.
   */
  constructor(
    readonly eventId: 1300 | 1302 | 2302,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * Reads an update as a config.
 *
 * @param origin - where it comes from, for the message.
 * @param formats - of which formats a config may be beside the current one.
 * @throws OverrideProblem when it is neither flags nor a valid document. Source: protocol section 10.
 */
export function toLayer(
  update: OverrideFlags | string,
  origin: string,
  formats: readonly ConfigFormat[],
): InternalConfig {
  try {
    if (typeof update !== 'string') return configOf(update);
    const document: unknown = JSON.parse(update);
    return isSimple(document) ? configOf(document.flags) : parseConfig(update, undefined, formats);
  } catch (error) {
    throw new OverrideProblem(2302, `Failed to decode JSON from ${origin}.`, { cause: error });
  }
}

/** A config of plain values. Values of a wrong type are no reason to refuse it: their flags fail when evaluated. */
function configOf(flags: OverrideFlags): InternalConfig {
  if (!isObject(flags)) throw new TypeError('Expected an object with flags by key, or the text of a document.');
  const settings = new Map(Object.entries(flags).map(([key, value]) => [key, toSetting(key, value)]));
  return {
    preferences: {},
    salt: undefined,
    keys: [...settings.keys()],
    has: (key) => settings.has(key),
    setting: (key) => settings.get(key),
    readSetting: (key) => settings.get(key),
    segment: () => undefined,
    settingJson: (key) => {
      const setting = settings.get(key);
      // JSON has no numbers that are none, or infinite.
      const toJson = (_: string, value: unknown) => (typeof value === 'number' ? String(value) : value);
      return setting && JSON.stringify([setting, setting[plainOverride]], toJson);
    },
    segmentJson: () => undefined,
  };
}

const settingTypes: ReadonlyMap<string, SettingType> = new Map([
  ['boolean', 'boolean'],
  ['string', 'string'],
  ['number', 'double'],
]);

function toSetting(key: string, value: SettingValue): Setting {
  const type = settingTypes.get(typeof value);
  return {
    key,
    type,
    [plainOverride]: type ? {} : { problem: problemOf(value) },
    servedValue: { value: type && value, variationId: undefined },
    percentageAttribute: undefined,
    targetingRules: [],
    percentageOptions: [],
  };
}

function problemOf(value: unknown): string {
  return value === null || value === undefined
    ? `Setting value is ${value}.`
    : `Setting value '${displayText(value)}' is of an unsupported type (${typeof value}).`;
}

function isSimple(document: unknown): document is { readonly flags: OverrideFlags } {
  return isObject(document) && 'flags' in document && isObject(document.flags);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
