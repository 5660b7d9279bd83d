/** Tells whether an object has a property of its own: `Object.hasOwn`, which not all engines have. */
export function hasOwn(object: object, name: PropertyKey): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}
