import type { ConfigJson } from './config-json.js';
import type { Members, Skip } from './json-text.js';
import { patterns, refused, skipAny, skipBlanks, skipList, skipObject, skipPattern, skipString } from './json-text.js';

/**
 * Checks the structure of a whole config JSON document before anything reads it, so that later code may trust its
 * types. Faults of meaning (unknown comparator, missing segment) are left to evaluation, because a fault that is never
 * reached must not break a flag. Source: protocol section 4.7.
 *
 * @throws TypeError naming the JSON path of the first violation.
 */
export function assertDocument(document: unknown, root: Root): asserts document is ConfigJson {
  const found = look(document, root, true);
  if (found) throw new TypeError(`Invalid config JSON content. ${found.problem} at $${found.path}`);
}

/** What a document must be like. */
export type Root = Pick<Check, 'violation'>;

/** What a value must be like. */
export interface Check {
  /** The first violation in a value that is there. */
  readonly violation: (value: unknown) => Violation | undefined;
  /** Walks over the text of a value that has none. */
  readonly skip: Skip;
  /** A regular expression of the usual text of such a value. */
  readonly pattern: string;
}

interface Violation {
  readonly problem: string;
  readonly path: string;
}

type Checks = Readonly<Record<string, Check>>;

/** A regular expression that matches nothing. */
const never = '(?!)';

const mismatch: Violation = { problem: 'Type mismatch', path: '' };
const missing: Violation = { problem: 'Missing required value', path: '' };

function look(value: unknown, { violation }: Root, isRequired: boolean): Violation | undefined {
  return value === null || value === undefined ? (isRequired ? missing : undefined) : violation(value);
}

function under(step: string, { problem, path }: Violation): Violation {
  return { problem, path: step + path };
}

function check(violation: Check['violation'], pattern: string, skip = skipPattern(pattern)): Check {
  return { violation, skip, pattern };
}

/** One value. Without a pattern, documents that have it are parsed. */
export function scalar(isOne: (value: unknown) => boolean, pattern = never, skip?: Skip): Check {
  return check((value) => (isOne(value) ? undefined : mismatch), pattern, skip);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const boolean = scalar((value) => typeof value === 'boolean', patterns.boolean);
export const text = scalar((value) => typeof value === 'string', patterns.string, skipString);
const number = scalar((value) => typeof value === 'number', patterns.number);
export const int = scalar(Number.isSafeInteger, patterns.integer);

/** An object: names of optional members end in a question mark. */
export function shape(checks: Checks): Check {
  const all = Object.entries(checks).map(([mark, check]) => ({ name: mark[0]!, isRequired: mark.length === 1, check }));
  const members: Members = {
    names: all.map(({ name }) => name).join(''),
    skips: all.map(({ check }) => check.skip),
    required: all.reduce((bits, { isRequired }, place) => bits | (Number(isRequired) << place), 0),
    skipOther: skipAny,
    found: undefined,
  };
  return check(
    (value) => {
      if (!isRecord(value)) return mismatch;
      for (const { name, isRequired, check } of all) {
        const found = look(value[name], check, isRequired);
        if (found) return under(`.${name}`, found);
      }
      return undefined;
    },
    patternOf(all),
    (text, at) => skipObject(text, at, members),
  );
}

interface Member {
  readonly name: string;
  readonly isRequired: boolean;
  readonly check: Check;
}

/** Required members in their order, the others anywhere behind the first of them; no blanks, and nothing unknown. */
function patternOf(all: readonly Member[]): string {
  const texts = (isRequired: boolean) =>
    all.filter((member) => member.isRequired === isRequired).map(({ name, check }) => `"${name}":${check.pattern}`);
  const others = series(texts(false).join('|'), '}');
  const required = texts(true).map((member) => `${member}(?:,(?=")|(?=}))${others}`);
  return `{${required.join('') || others}}`;
}

/** Any number of items with commas between them. */
function series(item: string, end: string): string {
  return `(?:(?:${item})(?:,(?!${end})|(?=${end})))*`;
}

export function list(item: Check): Check {
  return check(
    (value) => {
      if (!Array.isArray(value)) return mismatch;
      for (let i = 0; i < value.length; i++) {
        const found = look(value[i], item, true);
        if (found) return under(`[${i}]`, found);
      }
      return undefined;
    },
    `\\[${series(item.pattern, ']')}]`,
    (text, at) => skipList(text, at, item.skip),
  );
}

/** An object with members of any names. */
export function dictionary(item: Check): Check {
  return check((value) => {
    if (!isRecord(value)) return mismatch;
    for (const key of Object.keys(value)) {
      const found = look(value[key], item, true);
      if (found) return under(`.${key}`, found);
    }
    return undefined;
  }, never);
}

const value = shape({ 'b?': boolean, 's?': text, 'i?': int, 'd?': number });
const servedValue = shape({ v: value, 'i?': text });
const percentageOptions = list(shape({ p: int, v: value, 'i?': text }));
const userCondition = shape({ a: text, c: int, 's?': text, 'd?': number, 'l?': list(text) });
const prerequisiteCondition = shape({ f: text, c: int, v: value });
const segmentCondition = shape({ s: int, c: int });
const condition = shape({ 'u?': userCondition, 'p?': prerequisiteCondition, 's?': segmentCondition });
const targetingRule = shape({ 'c?': list(condition), 's?': servedValue, 'p?': percentageOptions });
const setting = shape({
  t: int,
  v: value,
  'i?': text,
  'a?': text,
  'r?': list(targetingRule),
  'p?': percentageOptions,
});
export const preferences = shape({ 'u?': text, 'r?': int, 's?': text });
const segments = list(shape({ n: text, 'r?': list(userCondition) }));
/** A document of the current format. */
export const configRoot = shape({ 'p?': preferences, 's?': segments, 'f?': dictionary(setting) });

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

/** The keys of settings. */
export interface SettingKeys {
  /** All of them as the document writes them. */
  readonly text: string;
  /** In property order. */
  readonly inOrder: readonly string[];
  /** The place of each among them. */
  readonly places: ReadonlyMap<string, number>;
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

/** The members of an object, none of what is no object. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
