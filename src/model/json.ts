import { hasOwn } from './own.js';

/**
 * Tells whether two values that came from JSON are equal: whatever order their members are in. Allocates nothing, because
 * every config is compared with the one before.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return Array.isArray(a) ? Array.isArray(b) && isSameList(a, b) : !Array.isArray(b) && isSameRecord(a, b);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!isSameJson(a[i], b[i])) return false;
  return true;
}

function isSameRecord(a: object, b: object): boolean {
  for (const name in b) if (!hasOwn(a, name)) return false;
  for (const name in a) {
    if (!hasOwn(b, name)) return false;
    if (!isSameJson(a[name as keyof typeof a], b[name as keyof typeof b])) return false;
  }
  return true;
}
