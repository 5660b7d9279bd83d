/**
 * What a value of a document is like. The description of a document is put together of these. It says all that there is to
 * know: by it documents are checked, their texts recognised without being parsed, and typed.
 */
export interface Description<J> {
  /** Tells such a value from others, but for what is in it. */
  readonly isOne: (value: unknown) => boolean;
  /** What an object has. */
  readonly members?: readonly Member[];
  /** What is in a list, or in an object with members of any names. */
  readonly item?: Description<unknown>;
  /** Nothing: it says the type of such a value. */
  readonly type?: J;
}

/** A part of an object that is known by its name. */
export interface Member {
  readonly name: string;
  readonly isRequired: boolean;
  readonly value: Description<unknown>;
}

/** The type of a value that is like that; of an object, without what is not described. */
export type Json<D> = D extends Description<infer J> ? J : never;

/**
 * Checks a whole document.
 *
 * @throws TypeError naming the JSON path of the first part that is not as described.
 */
export function checkDocument(document: unknown, root: Description<unknown>): void {
  checkPart('$', document, root, []);
}

/**
 * Checks a part that has to be there.
 *
 * @param step - its name or its place in what it is a part of.
 * @param path - the steps to that.
 */
function checkPart(
  step: string | number,
  part: unknown,
  { isOne, members, item }: Description<unknown>,
  path: (string | number)[],
): void {
  path.push(step);
  if (part == null) fail('Missing required value', path);
  if (!isOne(part)) fail('Type mismatch', path);
  const parts = part as Readonly<Record<string, unknown>>;
  members?.forEach(({ name, isRequired, value }) => {
    if (isRequired || parts[name] != null) checkPart(name, parts[name], value, path);
  });
  if (item) {
    if (Array.isArray(part)) part.forEach((each, i) => checkPart(i, each, item, path));
    else for (const name of Object.keys(parts)) checkPart(name, parts[name], item, path);
  }
  path.pop();
}

function fail(problem: string, path: readonly (string | number)[]): never {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  throw new TypeError(`Invalid config JSON content. ${problem} at ${steps.join('').slice(1)}`);
}

/** A value that is no object and no list. */
export function scalar<J>(isOne: (value: unknown) => value is J): Description<J> {
  return { isOne };
}

export const boolean = scalar((value) => typeof value === 'boolean');
export const text = scalar((value) => typeof value === 'string');
export const number = scalar((value) => typeof value === 'number');
export const int = scalar((value): value is number => Number.isSafeInteger(value));

type Descriptions = Readonly<Record<string, Description<unknown>>>;

type Object<D> = {
  readonly [K in keyof D as K extends `${string}?` ? never : K]: Json<D[K]>;
} & {
  readonly [K in keyof D as K extends `${infer Name}?` ? Name : never]?: Json<D[K]> | null;
};

/** An object with members of these names, each one letter; those that may be absent have a `?` behind it. */
export function object<D extends Descriptions>(descriptions: D): Description<Object<D>> {
  const members = Object.entries(descriptions).map(([mark, value]) => ({
    name: mark[0]!,
    isRequired: mark.length === 1,
    value,
  }));
  return { isOne: isRecord, members };
}

export function list<J>(item: Description<J>): Description<readonly J[]> {
  return { isOne: Array.isArray, item };
}

/** An object with members of any names. */
export function dictionary<J>(item: Description<J>): Description<Readonly<Record<string, J>>> {
  return { isOne: isRecord, item };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
