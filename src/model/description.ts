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
  /** A regular expression of the text of such a value, as ConfigCat writes it. */
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

/** Matches nothing: documents that have such a value have to be parsed. */
const never = '(?!)';

/** A value that is no object and no list. */
export function scalar<J>(isOne: (value: unknown) => value is J, pattern = never): Description<J> {
  return {
    check: (value, path) => {
      requireType(isOne(value), path);
    },
    pattern,
  };
}

function requireType(isRight: boolean, path: Path): asserts isRight {
  if (!isRight) fail('Type mismatch', path);
}

const plain = String.raw`[^"\\\u0000-\u001f]*`;

export const boolean = scalar((value) => typeof value === 'boolean', '(?:true|false)');
export const text = scalar(
  (value) => typeof value === 'string',
  String.raw`"${plain}(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})${plain})*"`,
);
export const number = scalar(
  (value) => typeof value === 'number',
  String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`,
);
// More digits may be no safe integer.
export const int = scalar((value): value is number => Number.isSafeInteger(value), String.raw`-?(?:0|[1-9]\d{0,14})`);

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
  return {
    check: (value, path) => {
      requireType(isRecord(value), path);
      for (const member of all) {
        const part = value[member.name];
        if (member.isRequired || part != null) checkPart(member.name, part, member, path);
      }
    },
    pattern: patternOf(all),
  };
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
  return {
    check: (value, path) => {
      requireType(Array.isArray(value), path);
      value.forEach((part, i) => {
        checkPart(i, part, item, path);
      });
    },
    pattern: `\\[${series(item.pattern, ']')}]`,
  };
}

/** An object with members of any names. */
export function dictionary<J>(item: Description<J>): Description<Readonly<Record<string, J>>> {
  return {
    check: (value, path) => {
      requireType(isRecord(value), path);
      for (const key of Object.keys(value)) checkPart(key, value[key], item, path);
    },
    pattern: never,
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
