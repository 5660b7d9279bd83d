import type { ConfigJson, ConfigSource } from './config-document.js';
import { preferences, segments, setting } from './config-document.js';
import type { SettingKeys } from './config.js';
import type { Description } from './description.js';
import { boolean, int, number, text as string } from './description.js';

/*
 * Reads configs without parsing them, where they may have thousands of settings, as on Node and in workers. Others have
 * `no-config-index.ts` in its place.
 */

const plain = String.raw`[^"\\\u0000-\u001f]*`;

/** The texts of values that are no objects and no lists, as ConfigCat writes them. */
const scalars = new Map<Description<unknown>, string>([
  [boolean, '(?:true|false)'],
  [string, String.raw`"${plain}(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})${plain})*"`],
  [number, String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`],
  // More digits may be no safe integer.
  [int, String.raw`-?(?:0|[1-9]\d{0,14})`],
]);

/** A regular expression of the text of a value that is as described. */
function patternOf(description: Description<unknown>): string {
  const { members, item } = description;
  if (item) return `\\[${series(patternOf(item), ']')}]`;
  if (!members) return scalars.get(description)!;
  // Required members in their order, the others anywhere behind the first of them; no blanks, and nothing unknown.
  const texts = (isRequired: boolean) =>
    members
      .filter((member) => member.isRequired === isRequired)
      .map(({ name, value }) => `"${name}":${patternOf(value)}`);
  const others = series(texts(false).join('|'), '}');
  const required = texts(true).map((member) => `${member}(?:,(?=")|(?=}))${others}`);
  return `{${required.join('') || others}}`;
}

/** Any number of items with commas between them. */
function series(item: string, end: string): string {
  return `(?:(?:${item})(?:,(?!${end})|(?=${end})))*`;
}

/** What comes before the settings, in the order in which ConfigCat writes it. */
const beginning = new RegExp(
  `[ \\n\\r\\t]*{(?:"p":(${patternOf(preferences)}),)?(?:"s":(${patternOf(segments)}),)?"f":{`,
  'y',
);
const member = new RegExp(`(${patternOf(string)}):${patternOf(setting)}(?:,(?=")|(?=}))`, 'y');
const ending = /^}}[ \n\r\t]*$/;

/** Where the parts of a document are in its text. */
interface ConfigIndex {
  readonly keys: SettingKeys;
  /** Where the text of each setting starts and ends, in the order of the keys. */
  readonly bounds: Uint32Array;
  readonly preferencesText: string | undefined;
  readonly segmentsText: string | undefined;
}

/**
 * Reads a well-formed document without making values of it, which is several times as fast. Keeps the text alone: values
 * take three times as much memory, and most settings of most configs are never read.
 *
 * @param previous - keys that may well be those of this document, and are then shared.
 * @returns `undefined` for a document that is not well-formed, or that is not written as ConfigCat does, without blanks and
 * unknown members: it has to be parsed.
 */
export function readConfigText(text: string, previous?: SettingKeys): ConfigSource | undefined {
  const index = indexConfigJson(text, previous);
  if (!index) return undefined;
  const { keys, bounds, preferencesText, segmentsText } = index;
  const { inOrder, places } = keys;
  const settingText = (key: string) => {
    const place = places.get(key);
    return place === undefined ? undefined : text.slice(bounds[2 * place], bounds[2 * place + 1]);
  };
  let readSegments: { readonly json: ConfigJson['s'] } | undefined;
  return {
    preferences: parseOptional(preferencesText) as ConfigJson['p'],
    segments: () => (readSegments ??= { json: parseOptional(segmentsText) as ConfigJson['s'] }).json,
    settingKeys: keys,
    keys: inOrder,
    has: (key) => places.has(key),
    settingJson: settingText,
    parseSetting: (key) => parseOptional(settingText(key)),
  };
}

function parseOptional(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

function indexConfigJson(text: string, previous?: SettingKeys): ConfigIndex | undefined {
  const names: string[] = [];
  const bounds: number[] = [];
  beginning.lastIndex = 0;
  try {
    const parts = beginning.exec(text);
    if (!parts) return undefined;
    let at = beginning.lastIndex;
    while (text.charAt(at) !== '}') {
      member.lastIndex = at;
      const [, name] = member.exec(text) ?? [];
      if (name === undefined) return undefined;
      names.push(name);
      bounds.push(at + name.length + 1);
      at = member.lastIndex;
      bounds.push(text.charAt(at - 1) === ',' ? at - 1 : at);
    }
    if (!ending.test(text.slice(at))) return undefined;
    const keysText = names.join(',');
    const keys = previous?.text === keysText ? previous : readKeys(keysText);
    return keys && { keys, bounds: new Uint32Array(bounds), preferencesText: parts[1], segmentsText: parts[2] };
  } catch {
    // Too long for a regular expression.
    return undefined;
  }
}

function readKeys(text: string): SettingKeys | undefined {
  // Parsed, because slices would keep the whole document alive.
  const inOrder = JSON.parse(`[${text}]`) as string[];
  const places = new Map<string, number>();
  inOrder.forEach((key, place) => places.set(key, place));
  // Of a key that comes twice the last one counts, and numbers come first, when documents are parsed.
  return places.size < inOrder.length || inOrder.some((key) => /^\d/.test(key)) ? undefined : { text, inOrder, places };
}
