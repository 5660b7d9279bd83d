import { preferences, segments, setting } from './config-document.js';
import type { SettingKeys } from './config.js';
import { text as string } from './description.js';

/** What comes before the settings, in the order in which ConfigCat writes it. */
const beginning = new RegExp(
  `[ \\n\\r\\t]*{(?:"p":(${preferences.pattern}),)?(?:"s":(${segments.pattern}),)?"f":{`,
  'y',
);
const member = new RegExp(`(${string.pattern}):${setting.pattern}(?:,(?=")|(?=}))`, 'y');
const ending = /^}}[ \n\r\t]*$/;

/** Where the parts of a document are in its text. */
export interface ConfigIndex {
  readonly keys: SettingKeys;
  /** Where the text of each setting starts and ends, in the order of the keys. */
  readonly bounds: Uint32Array;
  readonly preferencesText: string | undefined;
  readonly segmentsText: string | undefined;
}

/**
 * Finds the parts of a well-formed document without making values of them, which is several times as fast.
 *
 * @param previous - keys that may well be those of this document, and are then shared.
 * @returns `undefined` for a document that is not well-formed, or that is not written as ConfigCat does, without blanks and
 * unknown members: it has to be parsed.
 */
export function indexConfigJson(text: string, previous?: SettingKeys): ConfigIndex | undefined {
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
