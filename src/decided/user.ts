import { displayText } from '../display-text.js';
import type { User } from '../model/user.js';

/** A user as the relay is told of him: what JSON can say, in one order. Source: relay protocol, section 1. */
export function takeCopy({ identifier, email, country, custom }: User): User {
  const attributes = Object.entries(custom ?? {}).map(([name, value]) => [name, toWire(value)] as const);
  const told = {
    identifier: toWire(identifier),
    email: toWire(email),
    country: toWire(country),
    // Built of entries: an attribute named `__proto__` is one among others.
    custom: custom && Object.fromEntries(attributes.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return JSON.parse(JSON.stringify(told)) as User;
}

/** Tells whether the relay would be told the same of two users. */
export function isSame(a: User | undefined, b: User | undefined): boolean {
  return a === b || (a != null && b != null && JSON.stringify(takeCopy(a)) === JSON.stringify(takeCopy(b)));
}

function toWire(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'boolean' || Number.isFinite(value)) return value;
  // As ConfigCat compares dates.
  if (value instanceof Date) return value.getTime() / 1000;
  return Array.isArray(value) ? value.map(displayText) : displayText(value);
}
