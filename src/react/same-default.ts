/**
 * Tells whether two default values mean the same, which components make anew with each render: plain objects and lists by
 * what is in them, all else by identity.
 */
export function isSameDefault(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  const [left, right] = [membersOf(a), membersOf(b)];
  if (!left || !right || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    // What objects have by themselves is none of their members.
    names.every((name) => Object.prototype.hasOwnProperty.call(right, name) && isSameDefault(left[name], right[name]))
  );
}

/** A plain object or a list, by names. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  return isPlain ? (value as Readonly<Record<string, unknown>>) : undefined;
}
