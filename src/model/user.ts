import { hasOwn } from './own.js';

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
      return ({ custom }) => (custom != null && hasOwn(custom, name) ? custom[name] : undefined);
  }
}
