import type { ConfigJson } from './config-json.js';

/**
 * Checks the structure of a whole config JSON document before anything reads it, so that later code may trust the
 * types of `config-json.ts`. Faults of meaning (unknown comparator, missing segment) are left to evaluation, because
 * a fault that is never reached must not break a flag. Source: protocol section 4.7.
 *
 * @throws TypeError naming the JSON path of the first violation.
 */
export function assertConfigJson(document: unknown): asserts document is ConfigJson {
  const path: Path = ['$'];
  if (document === null || document === undefined) reject('Missing required value', path);
  root(document, path);
}

type Path = string[];
type Check = (value: unknown, path: Path) => void;
interface Field {
  readonly name: string;
  readonly check: Check;
  readonly required: boolean;
}

function reject(problem: string, path: Path): never {
  throw new TypeError(`Invalid config JSON content. ${problem} at ${path.join('')}`);
}

const is =
  (accepts: (value: unknown) => boolean): Check =>
  (value, path) => {
    if (!accepts(value)) reject('Type mismatch', path);
  };

const boolean = is((value) => typeof value === 'boolean');
const text = is((value) => typeof value === 'string');
const number = is((value) => typeof value === 'number');
const int = is(Number.isSafeInteger);
const plainObject = is((value) => typeof value === 'object' && !Array.isArray(value));
const array = is(Array.isArray);

function enter(name: string, value: unknown, check: Check, required: boolean, path: Path): void {
  const absent = value === null || value === undefined;
  if (absent && !required) return;
  path.push(name);
  if (absent) reject('Missing required value', path);
  check(value, path);
  path.pop();
}

function shape(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>>): Check {
  const toFields = (checks: Readonly<Record<string, Check>>, isRequired: boolean): Field[] =>
    Object.entries(checks).map(([name, check]) => ({ name, check, required: isRequired }));
  const fields = [...toFields(required, true), ...toFields(optional, false)];
  return (value, path) => {
    plainObject(value, path);
    const members = value as Record<string, unknown>;
    for (const field of fields) enter(`.${field.name}`, members[field.name], field.check, field.required, path);
  };
}

const list =
  (item: Check): Check =>
  (value, path) => {
    array(value, path);
    (value as unknown[]).forEach((entry, index) => {
      enter(`[${index}]`, entry, item, true, path);
    });
  };

const dictionary =
  (item: Check): Check =>
  (value, path) => {
    plainObject(value, path);
    const members = value as Record<string, unknown>;
    for (const key of Object.keys(members)) enter(`.${key}`, members[key], item, true, path);
  };

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
const root = shape(
  {},
  {
    p: shape({}, { u: text, r: int, s: text }),
    s: list(shape({ n: text }, { r: list(userCondition) })),
    f: dictionary(setting),
  },
);
