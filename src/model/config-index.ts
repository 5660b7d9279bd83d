import { preferences, segments, setting } from './config-document.js';
import type { SettingKeys } from './config.js';
import type { Members } from './json-text.js';
import { refused, skipAny, skipBlanks, skipObject, skipPattern } from './json-text.js';

const skipUsualSetting = skipPattern(setting.pattern);

/** Most settings are written the usual way, which one regular expression sees at once; the others are walked over. */
function skipSetting(text: string, at: number): number {
  const end = skipUsualSetting(text, at);
  return end === refused ? setting.skip(text, at) : end;
}

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
 * @returns `undefined` for a document that is not well-formed, or that is written in an unusual way: it has to be parsed.
 */
export function indexConfigJson(text: string, previous?: SettingKeys): ConfigIndex | undefined {
  const names: string[] = [];
  const bounds: number[] = [];
  const parts = new Map<string, string>();
  const settings: Members = {
    names: '',
    skips: [],
    required: 0,
    skipOther: skipSetting,
    found: (nameStart, nameEnd, start, end) => {
      names.push(text.slice(nameStart, nameEnd));
      bounds.push(start, end);
    },
  };
  const root: Members = {
    names: 'psf',
    skips: [preferences.skip, segments.skip, (_, at) => skipObject(text, at, settings)],
    required: 0,
    skipOther: skipAny,
    found: (nameStart, nameEnd, start, end) => {
      const name = text.slice(nameStart, nameEnd);
      if (name !== '"f"') parts.set(name, text.slice(start, end));
    },
  };
  try {
    const end = skipObject(text, skipBlanks(text, 0), root);
    if (end === refused || skipBlanks(text, end) < text.length) return undefined;
  } catch {
    // Nested too deeply, or too many escapes for a regular expression.
    return undefined;
  }
  const keysText = names.join(',');
  const keys = previous?.text === keysText ? previous : readKeys(keysText);
  return (
    keys && {
      keys,
      bounds: new Uint32Array(bounds),
      preferencesText: parts.get('"p"'),
      segmentsText: parts.get('"s"'),
    }
  );
}

function readKeys(text: string): SettingKeys | undefined {
  // Parsed, because slices would keep the whole document alive.
  const inOrder = JSON.parse(`[${text}]`) as string[];
  const places = new Map<string, number>();
  inOrder.forEach((key, place) => places.set(key, place));
  // Of a key that comes twice the last one counts, and numbers come first, when documents are parsed.
  return places.size < inOrder.length || inOrder.some((key) => /^\d/.test(key)) ? undefined : { text, inOrder, places };
}
