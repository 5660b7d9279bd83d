import type { ConfigJson } from './config-json.js';
import type { Members, Skip } from './json-text.js';
import {
  refused,
  skipAny,
  skipBlanks,
  skipBoolean,
  skipInteger,
  skipList,
  skipNumber,
  skipObject,
  skipString,
} from './json-text.js';

/**
 * Checks the structure of a whole config JSON document before anything reads it, so that later code may trust the
 * types of `config-json.ts`. A document of the previous format is known by the raw value of its first setting, and is
 * checked by that format's structure. Faults of meaning (unknown comparator, missing segment) are left to evaluation, because
 * a fault that is never reached must not break a flag. Source: protocol sections 4.7 and 15.1.
 *
 * @throws TypeError naming the JSON path of the first violation.
 */
export function assertConfigJson(document: unknown): asserts document is ConfigJson {
  const found = look(document, isLegacy(document) ? legacyRoot : currentRoot, true);
  if (found) throw new TypeError(`Invalid config JSON content. ${found.problem} at $${found.path}`);
}

/** What a value must be like. */
interface Check {
  /** The first violation in a value that is there. */
  readonly violation: (value: unknown) => Violation | undefined;
  /** Walks over the text of a value that has none. */
  readonly skip: Skip;
}

interface Violation {
  readonly problem: string;
  readonly path: string;
}

type Checks = Readonly<Record<string, Check>>;

const mismatch: Violation = { problem: 'Type mismatch', path: '' };
const missing: Violation = { problem: 'Missing required value', path: '' };

function look(value: unknown, { violation }: Check, isRequired: boolean): Violation | undefined {
  return value === null || value === undefined ? (isRequired ? missing : undefined) : violation(value);
}

function under(step: string, { problem, path }: Violation): Violation {
  return { problem, path: step + path };
}

function scalar(isOne: (value: unknown) => boolean, skip: Skip): Check {
  return { violation: (value) => (isOne(value) ? undefined : mismatch), skip };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const boolean = scalar((value) => typeof value === 'boolean', skipBoolean);
const text = scalar((value) => typeof value === 'string', skipString);
const number = scalar((value) => typeof value === 'number', skipNumber);
const int = scalar(Number.isSafeInteger, skipInteger);

function shape(required: Checks, optional: Checks): Check {
  const all = Object.entries({ ...required, ...optional });
  const requiredCount = Object.keys(required).length;
  const members = membersOf(all, requiredCount);
  return {
    violation: (value) => {
      if (!isRecord(value)) return mismatch;
      for (let i = 0; i < all.length; i++) {
        const [name, check] = all[i]!;
        const found = look(value[name], check, i < requiredCount);
        if (found) return under(`.${name}`, found);
      }
      return undefined;
    },
    skip: (text, at) => skipObject(text, at, members),
  };
}

function membersOf(
  all: readonly (readonly [name: string, check: { readonly skip: Skip }])[],
  requiredCount: number,
): Members {
  const places: (number | undefined)[] = Array.from({ length: 26 });
  all.forEach(([name], i) => (places[name.charCodeAt(0) - 0x61] = i));
  return { skips: all.map(([, { skip }]) => skip), places, requiredCount, skipOther: skipAny };
}

function list(item: Check): Check {
  return {
    violation: (value) => {
      if (!Array.isArray(value)) return mismatch;
      for (let i = 0; i < value.length; i++) {
        const found = look(value[i], item, true);
        if (found) return under(`[${i}]`, found);
      }
      return undefined;
    },
    skip: (text, at) => skipList(text, at, item.skip),
  };
}

function dictionary(item: Check): Check {
  return {
    violation: (value) => {
      if (!isRecord(value)) return mismatch;
      for (const key of Object.keys(value)) {
        const found = look(value[key], item, true);
        if (found) return under(`.${key}`, found);
      }
      return undefined;
    },
    skip: (text, at) => skipObject(text, at, { ...membersOf([], 0), skipOther: item.skip }),
  };
}

const value = shape({}, { b: boolean, s: text, i: int, d: number });
const servedValue = shape({ v: value }, { i: text });
const percentageOptions = list(shape({ p: int, v: value }, { i: text }));
const userCondition = shape({ a: text, c: int }, { s: text, d: number, l: list(text) });
const condition = shape(
  {},
  {
    u: userCondition,
    p: shape({ f: text, c: int, v: value }, {}),
    s: shape({ s: int, c: int }, {}),
  },
);
const targetingRule = shape({}, { c: list(condition), s: servedValue, p: percentageOptions });
const setting = shape({ t: int, v: value }, { i: text, a: text, r: list(targetingRule), p: percentageOptions });
const preferences = shape({}, { u: text, r: int, s: text });
const segments = list(shape({ n: text }, { r: list(userCondition) }));
const currentRoot = shape({}, { p: preferences, s: segments, f: dictionary(setting) });

const raw = scalar((value) => /^(boolean|string|number)$/.test(typeof value), skipNothing);
const percentage = scalar((value) => /^(string|number)$/.test(typeof value), skipNothing);
const legacyRule = shape({ a: text, t: int, c: text, v: raw }, { i: text });
const legacyOption = shape({ p: percentage, v: raw }, { i: text });
const legacySetting = shape({ v: raw }, { t: int, i: text, r: list(legacyRule), p: list(legacyOption) });
const legacyRoot = shape({}, { p: preferences, f: dictionary(legacySetting) });

/** Documents of the previous format are few, and parsed. */
function skipNothing(): number {
  return refused;
}

/** Where the parts of a document are in its text. */
export interface ConfigIndex {
  /** The place of each setting by its key, in property order. */
  readonly places: ReadonlyMap<string, number>;
  /** Where the text of each setting starts and ends, place by place. */
  readonly bounds: Uint32Array;
  readonly preferencesText: string | undefined;
  readonly segmentsText: string | undefined;
}

/**
 * Finds the parts of a well-formed document without making values of them, which is several times as fast.
 *
 * @returns `undefined` for a document that is not well-formed, or that is written in an unusual way: it has to be parsed.
 */
export function indexConfigJson(text: string): ConfigIndex | undefined {
  const names: string[] = [];
  const bounds: number[] = [];
  const parts = new Map<string, string>();
  const settings: Members = {
    ...membersOf([], 0),
    skipOther: setting.skip,
    found: (nameStart, nameEnd, start, end) => {
      names.push(text.slice(nameStart, nameEnd));
      bounds.push(start, end);
    },
  };
  const root: Members = {
    ...membersOf(
      [
        ['p', preferences],
        ['s', segments],
        ['f', { skip: (_, at) => skipObject(text, at, settings) }],
      ],
      0,
    ),
    found: (nameStart, nameEnd, start, end) => {
      const name = text.slice(nameStart, nameEnd);
      if (name !== '"f"') parts.set(name, text.slice(start, end));
    },
  };
  const end = skipObject(text, skipBlanks(text, 0), root);
  if (end === refused || skipBlanks(text, end) < text.length) return undefined;
  // Parsed, because a slice would keep the whole text alive.
  const keys = JSON.parse(`[${names.join(',')}]`) as string[];
  const places = new Map(keys.map((key, place) => [key, place]));
  // Of a key that comes twice the last one counts, and numbers come first, when documents are parsed.
  return places.size < keys.length || keys.some((key) => /^\d/.test(key))
    ? undefined
    : { places, bounds: Uint32Array.from(bounds), preferencesText: parts.get('"p"'), segmentsText: parts.get('"s"') };
}

function isLegacy(document: unknown): boolean {
  const [first] = Object.values(recordOf(recordOf(document).f));
  return look(recordOf(first).v, raw, true) === undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
