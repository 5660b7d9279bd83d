import { hasOwn } from './own.js';
import type { User } from './user.js';

/** Numbers of the objects that have no canonical form: they equal nothing but themselves. */
const numbers = new WeakMap<object, number>();
let numberedCount = 0;

const properties = ['identifier', 'email', 'country', 'custom'] as const;

/**
 * Takes down who a user is, frozen: whatever becomes of the object, the attributes stay what they were. Own and inherited
 * properties and getters are read once; texts, numbers, dates and lists are copied, objects of unknown classes are kept.
 * Never fails: an attribute that cannot be read throws again when it is evaluated.
 */
export function takeCopy(user: User): User {
  const copy: Record<string, unknown> = {};
  for (const name of properties) copyProperty(copy, user, name, name === 'custom' ? copyCustom : copyAttribute);
  return Object.freeze(copy) as unknown as User;
}

/** The attributes as text, with three semicolons at least: what equal users have in common, and no others. */
export function formOf(user: User): string {
  return properties.map((name) => ofProperty(user, name, name === 'custom' ? ofCustom : ofAttribute)).join(';');
}

/**
 * Tells whether two users have equal attributes, so that whoever follows a user need not begin anew for an equal one.
 * Objects of unknown classes, and what lies deeper than the members of lists and plain objects, equal only themselves.
 *
 * @example
 * isSameUser({ identifier: '42', custom: { plan: 'pro' } }, { identifier: '42', custom: { plan: 'pro' } }); // true
 */
export function isSameUser(a: User | undefined, b: User | undefined): boolean {
  return a === b || (a != null && b != null && formOf(a) === formOf(b));
}

/** Copies a property that is there, or throws as often as it is read. */
function copyProperty(
  target: object,
  source: object,
  name: string,
  copy: (value: unknown) => unknown,
  enumerable = true,
): void {
  let value: unknown;
  try {
    value = (source as Record<string, unknown>)[name];
  } catch (error) {
    Object.defineProperty(target, name, {
      get: () => {
        throw error;
      },
      enumerable,
    });
    return;
  }
  if (value === undefined) return;
  try {
    value = copy(value);
  } catch {
    // Proxies may throw at any touch, and are kept.
  }
  // Assignment would take `__proto__` for something else.
  if (enumerable && name !== '__proto__') (target as Record<string, unknown>)[name] = value;
  else Object.defineProperty(target, name, { value, enumerable });
}

/** Only own properties count as custom attributes. */
function copyCustom(custom: unknown): unknown {
  if (typeof custom !== 'object' || custom === null) return custom;
  const copy = {};
  for (const name of Object.getOwnPropertyNames(custom)) {
    copyProperty(copy, custom, name, copyAttribute, Object.prototype.propertyIsEnumerable.call(custom, name));
  }
  return Object.freeze(copy);
}

function copyAttribute(value: unknown): unknown {
  return visit(value, copies);
}

const copies: Visitor<unknown> = {
  date: (date) => new Date(date.getTime()),
  // What lies in it and is no primitive value is kept, because it may go on for ever.
  list: (list) => Object.freeze(Array.from(list)),
  object: (object) =>
    Object.freeze(Object.setPrototypeOf({ ...object }, Object.getPrototypeOf(object) as object | null) as object),
  other: (value) => value,
};

/** What is made of an attribute: of what can be copied, and of all else, which equals nothing but itself. */
interface Visitor<T> {
  readonly date: (date: Date) => T;
  readonly list: (list: readonly unknown[]) => T;
  readonly object: (object: Readonly<Record<string, unknown>>) => T;
  readonly other: (value: unknown) => T;
}

function visit<T>(value: unknown, { date, list, object, other }: Visitor<T>): T {
  if (typeof value !== 'object' || value === null) return other(value);
  const prototype = Object.getPrototypeOf(value) as object | null;
  const count = Object.keys(value).length;
  if (prototype === Date.prototype && count === 0) return date(value as Date);
  if (Array.isArray(value) && isBase(Object.getPrototypeOf(prototype) as object | null)) {
    // With holes or further members it is more than a list.
    return count === value.length ? list(value) : other(value);
  }
  return (prototype === null || isBase(prototype)) && count === Reflect.ownKeys(value).length
    ? object(value as Readonly<Record<string, unknown>>)
    : other(value);
}

/** `Object.prototype`, be it that of another frame. */
function isBase(prototype: object | null): boolean {
  return (
    prototype === Object.prototype ||
    (prototype !== null && Object.getPrototypeOf(prototype) === null && hasOwn(prototype, 'isPrototypeOf'))
  );
}

/** The form of a property, be it one that throws; empty where it is not there. */
function ofProperty(source: object, name: string, of: (value: unknown) => string): string {
  let value: unknown;
  try {
    value = (source as Record<string, unknown>)[name];
  } catch (error) {
    return `!${ofMember(error)}`;
  }
  if (value === undefined) return '';
  try {
    return of(value);
  } catch {
    return ofMember(value);
  }
}

function ofCustom(custom: unknown): string {
  if (typeof custom !== 'object' || custom === null) return ofMember(custom);
  return ofMembers(Object.getOwnPropertyNames(custom), (name) => ofProperty(custom, name, ofAttribute));
}

function ofAttribute(value: unknown): string {
  return visit(value, forms);
}

const forms: Visitor<string> = {
  date: (date) => `d${date.getTime()};`,
  list: (list) => `[${list.map(ofMember).join('')}]`,
  object: (object) => ofMembers(Object.keys(object), (name) => ofMember(object[name])),
  other: ofMember,
};

/** Of members in whatever order. */
function ofMembers(names: readonly string[], of: (name: string) => string): string {
  const members = names.map((name) => {
    const form = of(name);
    return form && ofMember(name) + form;
  });
  return `{${members.sort().join('')}}`;
}

/** The form of what is not looked into, written so that where it stands, nothing else can be read from it. */
export function ofMember(value: unknown): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  // Objects and functions.
  if (value === Object(value)) return numberOf(value as object);
  return `${(typeof value).charAt(0)}${Object.is(value, -0) ? '-0' : String(value)};`;
}

function numberOf(thing: object): string {
  let number = numbers.get(thing);
  if (!number) numbers.set(thing, (number = ++numberedCount));
  return `#${number};`;
}
