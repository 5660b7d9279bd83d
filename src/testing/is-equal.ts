/**
 * Tells whether two values say the same: lists, plain objects, dates, maps, sets and errors by what they hold, everything
 * else by identity.
 */
export function isEqual(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, compared: Map<object, object>): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  // The value was met on the way down already: it must be cyclic in both, or in neither.
  if (compared.get(a) === b) return true;
  compared.set(a, b);
  const [left, right] = [partsOf(a), partsOf(b)];
  // An object without readable parts equals only itself.
  if (left.length === 0 && !canBeEmpty(a)) return false;
  return left.length === right.length && left.every((part, i) => isSamePart(part, right[i]!, compared));
}

type Part = readonly [name: unknown, value: unknown];

function isSamePart([name, value]: Part, [otherName, otherValue]: Part, compared: Map<object, object>): boolean {
  return compare(name, otherName, compared) && compare(value, otherValue, compared);
}

function canBeEmpty(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    value instanceof Map || value instanceof Set || Array.isArray(value) || !prototype || prototype === Object.prototype
  );
}

function partsOf(value: object): readonly Part[] {
  if (value instanceof Date) return [['time', value.getTime()]];
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value].map((member) => [undefined, member] as const);
  const own = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return value instanceof Error ? [['name', value.name], ['message', value.message], ...own] : own;
}
