import type { AttributeReader } from '../model/user.js';
import { hasOwn } from '../model/own.js';
import { attributeReader } from '../model/user.js';
import type { Attributes } from './ruleset.js';
import type { Scope } from './scope.js';

/** More attributes than that are not worth comparing at each evaluation. */
const mostAttributes = 12;

/** None, where all lists of attributes of a config begin. */
export function startAttributes(): Attributes {
  return { names: [], readers: [], longer: new Map() };
}

/** The reader of an attribute, which is noted as read. */
export function readerOf(name: string, scope: Scope): AttributeReader {
  const list = (scope.attributes &&= including(name, scope.attributes));
  return list?.readers[list.names.indexOf(name)] ?? quickReader(name);
}

/** Notes what something else reads; `undefined` when that is not known. */
export function noteAttributes(attributes: Attributes | undefined, scope: Scope): void {
  if (!attributes) scope.attributes = undefined;
  else for (const name of attributes.names) scope.attributes &&= including(name, scope.attributes);
}

/** A list with one more attribute: the same object for all who ask, `undefined` when it gets too long. */
function including(name: string, attributes: Attributes): Attributes | undefined {
  const { names, readers, longer } = attributes;
  const known = longer.get(name);
  if (known) return known;
  if (names.includes(name)) return attributes;
  if (names.length === mostAttributes) return undefined;
  const created = { names: [...names, name], readers: [...readers, quickReader(name)], longer: new Map() };
  longer.set(name, created);
  return created;
}

/** Some engines do not show prototypes that way, or throw. */
const isPrototypeShown = isPlain({});

/**
 * Reads what `attributeReader()` reads: of plain objects, as most are, in half the time, because they have what does not come
 * from `Object`. Engines look a prototype up faster by its old name.
 */
export function quickReader(name: string): AttributeReader {
  if (predefined.includes(name) || !isPrototypeShown || name in Object.prototype) return attributeReader(name);
  return ({ custom }) => (custom != null && (isPlain(custom) || hasOwn(custom, name)) ? custom[name] : undefined);
}

const predefined = ['Identifier', 'Email', 'Country'];

function isPlain(object: object): boolean {
  try {
    return (object as { readonly __proto__?: unknown }).__proto__ === Object.prototype;
  } catch {
    // It may have a property of that name, which throws.
  }
  return false;
}
