import type { ConfigJson } from './config-json.js';

/**
 * Checks the structure of a whole config JSON document before anything reads it, so that later code may trust the
 * types of `config-json.ts`. A document of the previous format is known by the raw value of its first setting, and is
 * checked by that format's structure. Faults of meaning (unknown comparator, missing segment) are left to evaluation, because
 * a fault that is never reached must not break a flag. Source: protocol sections 4.7 and 15.1.
 *
 * @throws TypeError naming the JSON path of the first violation.
 */
export function assertConfigJson(document: unknown): asserts document is ConfigJson {
  const root = isLegacy(document) ? legacyRoot : currentRoot;
  if (isAbsent(document) || !root.accepts(document)) throw new TypeError(describeViolation(document, root));
}

/** What a value must be like. Documents are large and mostly well-formed: where a violation is, is found afterwards. */
interface Check {
  readonly accepts: (value: unknown) => boolean;
  /** The parts of a value of the right type, each with what it must be like. */
  readonly parts?: (value: object) => readonly Part[];
}

interface Part {
  readonly path: string;
  readonly value: unknown;
  readonly check: Check;
  readonly isRequired: boolean;
}

type Checks = Readonly<Record<string, Check>>;

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && !Array.isArray(value);
}

const boolean: Check = { accepts: (value) => typeof value === 'boolean' };
const text: Check = { accepts: (value) => typeof value === 'string' };
const number: Check = { accepts: (value) => typeof value === 'number' };
const int: Check = { accepts: Number.isSafeInteger };

function shape(required: Checks, optional: Checks): Check {
  const names = [...Object.keys(required), ...Object.keys(optional)];
  const checks = [...Object.values(required), ...Object.values(optional)];
  const requiredCount = Object.keys(required).length;
  return {
    accepts: (value) => {
      if (!isPlainObject(value)) return false;
      for (let i = 0; i < names.length; i++) {
        const member = value[names[i]!];
        if (member === undefined || member === null ? i < requiredCount : !checks[i]!.accepts(member)) return false;
      }
      return true;
    },
    parts: (value) =>
      isPlainObject(value)
        ? names.map((name, i) => ({
            path: `.${name}`,
            value: value[name],
            check: checks[i]!,
            isRequired: i < requiredCount,
          }))
        : [],
  };
}

function list(item: Check): Check {
  return {
    accepts: (value) => Array.isArray(value) && areAccepted(value, item),
    parts: (value) => (Array.isArray(value) ? membersOf(value, item, (index) => `[${index}]`) : []),
  };
}

function dictionary(item: Check): Check {
  return {
    accepts: (value) => isPlainObject(value) && areAccepted(Object.values(value), item),
    parts: (value) => (isPlainObject(value) ? membersOf(value, item, (key) => `.${key}`) : []),
  };
}

function areAccepted(members: readonly unknown[], { accepts }: Check): boolean {
  for (const member of members) if (isAbsent(member) || !accepts(member)) return false;
  return true;
}

function membersOf(members: object, check: Check, pathOf: (key: string) => string): Part[] {
  return Object.entries(members).map(([key, value]: [string, unknown]) => ({
    path: pathOf(key),
    value,
    check,
    isRequired: true,
  }));
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
const currentRoot = shape(
  {},
  { p: preferences, s: list(shape({ n: text }, { r: list(userCondition) })), f: dictionary(setting) },
);

const raw: Check = { accepts: (value) => /^(boolean|string|number)$/.test(typeof value) };
const percentage: Check = { accepts: (value) => /^(string|number)$/.test(typeof value) };
const legacyRule = shape({ a: text, t: int, c: text, v: raw }, { i: text });
const legacyOption = shape({ p: percentage, v: raw }, { i: text });
const legacySetting = shape({ v: raw }, { t: int, i: text, r: list(legacyRule), p: list(legacyOption) });
const legacyRoot = shape({}, { p: preferences, f: dictionary(legacySetting) });

function isLegacy(document: unknown): boolean {
  const [first] = Object.values(membersOrNone(membersOrNone(document).f));
  return raw.accepts(membersOrNone(first).v);
}

function membersOrNone(value: unknown): Readonly<Record<string, unknown>> {
  return !isAbsent(value) && isPlainObject(value) ? value : {};
}

function describeViolation(document: unknown, root: Check): string {
  let part: Part | undefined = { path: '$', value: document, check: root, isRequired: true };
  let path = '';
  let problem = '';
  while (part) {
    path += part.path;
    const { value, check }: Part = part;
    problem = isAbsent(value) ? 'Missing required value' : 'Type mismatch';
    // Members that are accepted are not the culprit; without a culprit among its members, a value is it itself.
    part = isAbsent(value) || typeof value !== 'object' ? undefined : culpritOf(value, check);
  }
  return `Invalid config JSON content. ${problem} at ${path}`;
}

function culpritOf(value: object, { parts }: Check): Part | undefined {
  for (const part of parts?.(value) ?? []) {
    if (isAbsent(part.value) ? part.isRequired : !part.check.accepts(part.value)) return part;
  }
  return undefined;
}
