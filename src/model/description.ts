import type { Members, Skip } from './json-text.js';
import { patterns, skipAny, skipList, skipObject, skipPattern, skipString } from './json-text.js';

/**
 * What a value of a document is like. The description of a document is put together of these, and does all there is to
 * do with it: it checks what has been parsed, finds the parts of what has not, and gives the types.
 */
export interface Description<J> {
  /**
   * Checks a value that is neither absent nor `null`.
   *
   * @param path - the way to it: names of members and places in lists.
   * @throws TypeError naming the JSON path of the first part that is not like that.
   */
  readonly check: (value: unknown, path: Path) => void;
  /** Nothing: it says the type of such a value. */
  readonly type?: J;
  /** Walks over the text of such a value. */
  readonly skip: Skip;
  /** A regular expression of the usual text of such a value. */
  readonly pattern: string;
}

type Path = (string | number)[];

/** The type of a value that is like that; of an object, without what is not described. */
export type Json<D> = D extends Description<infer J> ? J : never;

/** Checks a whole document. */
export function checkDocument(document: unknown, root: Pick<Description<unknown>, 'check'>): void {
  checkPart('$', document, root, []);
}

/** Checks a part that has to be there, and that a step leads to. */
function checkPart(step: string | number, value: unknown, { check }: Pick<Description<unknown>, 'check'>, path: Path) {
  path.push(step);
  if (value == null) fail('Missing required value', path);
  check(value, path);
  path.pop();
}

function fail(problem: string, path: Path): never {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  throw new TypeError(`Invalid config JSON content. ${problem} at ${steps.join('').slice(1)}`);
}

function description<J>(
  check: (value: unknown, path: Path) => void,
  pattern: string,
  skip = skipPattern(pattern),
): Description<J> {
  return { check, skip, pattern };
}

/** Matches nothing: documents that have such a value have to be parsed. */
const never = '(?!)';

/** A value that is no object and no list. */
export function scalar<J>(isOne: (value: unknown) => value is J, pattern = never, skip?: Skip): Description<J> {
  return description(
    (value, path) => {
      requireType(isOne(value), path);
    },
    pattern,
    skip,
  );
}

function requireType(isRight: boolean, path: Path): asserts isRight {
  if (!isRight) fail('Type mismatch', path);
}

export const boolean = scalar((value) => typeof value === 'boolean', patterns.boolean);
export const text = scalar((value) => typeof value === 'string', patterns.string, skipString);
export const number = scalar((value) => typeof value === 'number', patterns.number);
export const int = scalar((value): value is number => Number.isSafeInteger(value), patterns.integer);

type Descriptions = Readonly<Record<string, Description<unknown>>>;

type Object<D> = {
  readonly [K in keyof D as K extends `${string}?` ? never : K]: Json<D[K]>;
} & {
  readonly [K in keyof D as K extends `${infer Name}?` ? Name : never]?: Json<D[K]> | null;
};

/** An object with members of these names, each one letter; those that may be absent have a `?` behind it. */
export function object<D extends Descriptions>(descriptions: D): Description<Object<D>> {
  const all = Object.entries(descriptions).map(([mark, member]) => ({
    ...member,
    name: mark[0]!,
    isRequired: mark.length === 1,
  }));
  const members: Members = {
    names: all.map(({ name }) => name).join(''),
    skips: all.map(({ skip }) => skip),
    required: all.reduce((bits, { isRequired }, place) => bits | (Number(isRequired) << place), 0),
    skipOther: skipAny,
    found: undefined,
  };
  return description(
    (value, path) => {
      requireType(isRecord(value), path);
      for (const member of all) {
        const part = value[member.name];
        if (member.isRequired || part != null) checkPart(member.name, part, member, path);
      }
    },
    patternOf(all),
    (text, at) => skipObject(text, at, members),
  );
}

/** Required members in their order, the others anywhere behind the first of them; no blanks, and nothing unknown. */
function patternOf(all: readonly { name: string; isRequired: boolean; pattern: string }[]): string {
  const texts = (isRequired: boolean) =>
    all.filter((member) => member.isRequired === isRequired).map(({ name, pattern }) => `"${name}":${pattern}`);
  const others = series(texts(false).join('|'), '}');
  const required = texts(true).map((member) => `${member}(?:,(?=")|(?=}))${others}`);
  return `{${required.join('') || others}}`;
}

/** Any number of items with commas between them. */
function series(item: string, end: string): string {
  return `(?:(?:${item})(?:,(?!${end})|(?=${end})))*`;
}

export function list<J>(item: Description<J>): Description<readonly J[]> {
  return description(
    (value, path) => {
      requireType(Array.isArray(value), path);
      value.forEach((part, i) => checkPart(i, part, item, path));
    },
    `\\[${series(item.pattern, ']')}]`,
    (text, at) => skipList(text, at, item.skip),
  );
}

/** An object with members of any names. */
export function dictionary<J>(item: Description<J>): Description<Readonly<Record<string, J>>> {
  return description((value, path) => {
    requireType(isRecord(value), path);
    for (const key of Object.keys(value)) checkPart(key, value[key], item, path);
  }, never);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
