import { hasOwn } from './own.js';
import type { User } from './user.js';

/** A user as they were at one moment. */
export interface UserCopy {
  /** Frozen: whatever becomes of the object that was copied, the attributes stay what they were. */
  readonly user: User;
  /** The attributes as text: what equal users have in common, and no others. */
  readonly form: string;
}

/** Numbers of the objects that have no canonical form: they equal nothing but themselves. */
const numbers = new WeakMap<object, number>();
let numberedCount = 0;

/**
 * Takes down who a user is. Own and inherited properties and getters are read once; texts, numbers, dates and lists are
 * copied, objects of unknown classes are kept. Never fails: an attribute that cannot be read throws again when it is
 * evaluated.
 */
export function takeCopy(user: User): UserCopy {
  const copy: Record<string, unknown> = {};
  let form = '';
  for (const name of ['identifier', 'email', 'country'] as const) {
    form += `${copyProperty(copy, name, () => user[name], copyAttribute)};`;
  }
  form += copyProperty(copy, 'custom', () => user.custom, copyCustom);
  return { user: Object.freeze(copy) as unknown as User, form };
}

/**
 * Tells whether two users have equal attributes, so that whoever follows a user need not begin anew for an equal one.
 * Objects of unknown classes, and what lies deeper than the members of lists and plain objects, equal only themselves.
 *
 * @example
 * isSameUser({ identifier: '42', custom: { plan: 'pro' } }, { identifier: '42', custom: { plan: 'pro' } }); // true
 */
export function isSameUser(a: User | undefined, b: User | undefined): boolean {
  return a === b || (a != null && b != null && takeCopy(a).form === takeCopy(b).form);
}

/** A value for a copy, and its canonical form. */
type Copied = readonly [copy: unknown, form: string];

/** Copies a property that is there, or throws as often as it is read. Gives its canonical form. */
function copyProperty(
  target: Record<string, unknown>,
  name: string,
  read: () => unknown,
  copy: (value: unknown) => Copied,
  enumerable = true,
): string {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    const refuse = () => {
      throw error;
    };
    Object.defineProperty(target, name, { get: refuse, enumerable });
    return `!${ofMember(error)}`;
  }
  if (value === undefined) return '';
  const [copied, form] = copyOrKeep(value, copy);
  // Assignment would take `__proto__` for something else.
  if (enumerable && name !== '__proto__') target[name] = copied;
  else Object.defineProperty(target, name, { value: copied, enumerable });
  return form;
}

/** Proxies may throw at any touch. */
function copyOrKeep(value: unknown, copy: (value: unknown) => Copied): Copied {
  try {
    return copy(value);
  } catch {
    return [value, ofMember(value)];
  }
}

/** Only own properties count as custom attributes. */
function copyCustom(custom: unknown): Copied {
  if (typeof custom !== 'object' || custom === null) return copyAttribute(custom);
  const source = custom as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  const names = Object.getOwnPropertyNames(source);
  const shown = Object.keys(source);
  // Most have none that are hidden.
  const isShown = shown.length === names.length ? () => true : (name: string) => shown.includes(name);
  const members = names.map((name) => {
    const form = copyProperty(copy, name, () => source[name], copyAttribute, isShown(name));
    return form && `${ofText(name)}${form}`;
  });
  return [Object.freeze(copy), `{${formsOf(members)}}`];
}

function copyAttribute(value: unknown): Copied {
  if (typeof value !== 'object' || value === null) return [value, ofPrimitive(value)];
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Date.prototype && Object.keys(value).length === 0) {
    const time = (value as Date).getTime();
    return [new Date(time), `d${time};`];
  }
  if (Array.isArray(value) && isBase(Object.getPrototypeOf(prototype) as object | null)) return copyList(value);
  if (prototype === null || isBase(prototype)) return copyObject(value, prototype);
  return [value, numberOf(value)];
}

/** `Object.prototype`, be it that of another frame. */
function isBase(prototype: object | null): boolean {
  return (
    prototype === Object.prototype ||
    (prototype !== null && Object.getPrototypeOf(prototype) === null && hasOwn(prototype, 'isPrototypeOf'))
  );
}

/** Copies a list. What lies in it and is no primitive value is kept, because it may go on for ever. */
function copyList(source: readonly unknown[]): Copied {
  // With holes or further members it is more than a list.
  if (Object.keys(source).length !== source.length) return [source, numberOf(source)];
  const copy = Array.from(source);
  return [Object.freeze(copy), `[${copy.map(ofMember).join('')}]`];
}

/** Copies a plain object, whose members are kept like those of lists. */
function copyObject(source: object, prototype: object | null): Copied {
  const names = Object.keys(source);
  if (names.length !== Reflect.ownKeys(source).length) return [source, numberOf(source)];
  const copy = (prototype === null ? Object.assign(Object.create(null) as object, source) : { ...source }) as Readonly<
    Record<string, unknown>
  >;
  return [Object.freeze(copy), `{${formsOf(names.map((name) => `${ofText(name)}${ofMember(copy[name])}`))}}`];
}

/** Of members in whatever order. */
function formsOf(members: string[]): string {
  return members.sort().join('');
}

function ofMember(value: unknown): string {
  return typeof value === 'object' && value !== null ? numberOf(value) : ofPrimitive(value);
}

/** Written so that where it stands, nothing else can be read from it. */
function ofPrimitive(value: unknown): string {
  if (typeof value === 'string') return ofText(value);
  if (typeof value === 'function') return numberOf(value);
  return `${(typeof value).charAt(0)}${Object.is(value, -0) ? '-0' : String(value)};`;
}

function ofText(text: string): string {
  return `${text.length}:${text}`;
}

function numberOf(thing: object): string {
  let number = numbers.get(thing);
  if (number === undefined) numbers.set(thing, (number = ++numberedCount));
  return `#${number};`;
}
