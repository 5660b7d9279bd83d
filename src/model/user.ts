/** A value that a custom attribute can have. */
export type UserAttributeValue = string | number | Date | readonly string[];

/**
 * The person, device or session a setting is evaluated for. Source: protocol section 7.
 *
 * @example
 * const user: User = { identifier: '42', email: 'kate@example.com', custom: { plan: 'pro', seats: 5 } };
 */
export interface User {
  /** Unique id; percentage options hash it unless a setting names another attribute. */
  readonly identifier: string;
  readonly email?: string;
  readonly country?: string;
  /** Further attributes by case-sensitive name. The names `Identifier`, `Email` and `Country` are never looked up here. */
  readonly custom?: Readonly<Record<string, UserAttributeValue>>;
}

/** Reads one attribute of a user, who may lack what the types demand; `undefined` or `null` when there is none. */
export type AttributeReader = (user: Partial<User>) => unknown;

/**
 * Returns the reader of one attribute: the predefined three by name, everything else from the user's own custom
 * attributes. Source: protocol section 7.2.
 */
export function attributeReader(name: string): AttributeReader {
  switch (name) {
    case 'Identifier':
      return (user) => user.identifier ?? '';
    case 'Email':
      return (user) => user.email;
    case 'Country':
      return (user) => user.country;
    default:
      return ({ custom }) => (custom != null && Object.hasOwn(custom, name) ? custom[name] : undefined);
  }
}

/**
 * Tells whether two users have equal attributes, so that whoever follows a user need not begin anew for an equal one.
 * Looks no deeper than attributes go; what cannot be compared (cyclic or throwing objects) counts as different.
 *
 * @example
 * isSameUser({ identifier: '42', custom: { plan: 'pro' } }, { identifier: '42', custom: { plan: 'pro' } }); // true
 */
export function isSameUser(a: User | undefined, b: User | undefined): boolean {
  try {
    return isEqual(a, b, 3);
  } catch {
    return false;
  }
}

function isEqual(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (depth === 0 || typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(
      ([key, value]) => Object.hasOwn(b, key) && isEqual(value, (b as Record<string, unknown>)[key], depth - 1),
    )
  );
}
