import type { User } from '../functions.js';
import { Refusal } from './answer.js';

/** What a page says of its user. Nothing of it is true unless the server knows it to be. */
export type GivenAttributes = Partial<User>;

/**
 * Reads the attributes that a page has sent, into an object of its own: no member of it is what a page could have put into
 * the prototype of all objects.
 *
 * @throws Refusal when it is no user.
 */
export function parseAttributes(given: unknown): GivenAttributes | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isRecord(given)) throw new Refusal('malformed-body');
  const { identifier, email, country, custom } = given;
  for (const text of [identifier, email, country]) {
    if (text != null && typeof text !== 'string') throw new Refusal('malformed-body');
  }
  return withoutNothing({ identifier, email, country, custom: custom == null ? undefined : parseCustom(custom) });
}

function parseCustom(custom: unknown): object {
  if (!isRecord(custom)) throw new Refusal('malformed-body');
  const entries = Object.entries(custom).filter(([, value]) => value !== null);
  if (!entries.every(([, value]) => isAttribute(value))) throw new Refusal('malformed-body');
  // Built of entries, because assigning to an attribute named `__proto__` would set the prototype.
  return Object.fromEntries(entries);
}

/**
 * The attributes that an evaluation context of OpenFeature stands for, as ConfigCat's provider reads it: every attribute can
 * be named in a rule as it is named in the context, and three of them are the predefined ones, too.
 *
 * @returns the attributes, or what is wrong with the context, by the codes of OFREP.
 */
export function attributesOfContext(context: unknown): GivenAttributes | 'INVALID_CONTEXT' {
  if (!isRecord(context)) return 'INVALID_CONTEXT';
  const { targetingKey } = context;
  if (targetingKey != null && typeof targetingKey !== 'string') return 'INVALID_CONTEXT';
  const attributes = new Map(Object.entries(context).filter(([, value]) => value != null));
  const textOf = (...names: readonly string[]) =>
    names.map((name) => attributes.get(name)).find((value) => typeof value === 'string');
  const identifier = ['targetingKey', 'identifier', 'Identifier']
    .map((name) => attributes.get(name))
    .find((value) => value !== undefined);
  const email = textOf('email', 'Email');
  const country = textOf('country', 'Country');
  // Rules that name these attributes read the predefined ones, never the custom ones.
  for (const name of ['Identifier', 'Email', 'Country']) attributes.delete(name);
  const custom = Object.fromEntries([...attributes].map(([name, value]) => [name, toAttribute(value)]));
  return withoutNothing({
    identifier: identifier === undefined ? undefined : toText(identifier),
    email,
    country,
    custom,
  });
}

/**
 * The user that is evaluated for. The server's word counts: attributes of the page only add to it.
 *
 * @param known - whom the server knows.
 * @param allowed - the attributes of the page that the server lets through.
 */
export function joinUser(known: User | undefined, allowed: GivenAttributes | undefined): User | undefined {
  if (!allowed) return known;
  const custom = { ...allowed.custom, ...known?.custom };
  return {
    ...withoutNothing({ ...allowed, ...(known && withoutNothing({ ...known })) }),
    identifier: known?.identifier ?? allowed.identifier ?? '',
    ...(Object.keys(custom).length > 0 && { custom }),
  };
}

function withoutNothing(members: Readonly<Record<string, unknown>>): GivenAttributes {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value != null));
}

function isAttribute(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  );
}

function toAttribute(value: unknown): unknown {
  if (typeof value === 'number') return value;
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : toText(value);
}

/** Writes objects and lists as JSON, everything else as ConfigCat's comparators would read it. */
function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
