import { hasOwn } from './own.js';

/** Tells whether two values that came from JSON are equal: whatever order their members are in. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSameJson(item, b[i]));
  const names = Object.keys(a);
  return (
    !Array.isArray(b) &&
    names.length === Object.keys(b).length &&
    names.every((name) => hasOwn(b, name) && isSameJson(a[name as keyof typeof a], b[name as keyof typeof b]))
  );
}
