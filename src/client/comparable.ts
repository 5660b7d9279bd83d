import { planSymbol } from '../acquisition/polling/mode.js';
import type { OverrideLayer } from '../overrides/overlay.js';
import { layerSymbol } from '../overrides/overlay.js';

/** Nothing that is meant as an option is nested deeper. */
const maxDepth = 8;

/**
 * What options say, as a text: equal for options that are equal by value, in whatever order. Functions are left out, as a
 * module that runs again makes others of the same words; objects of a class, which are made of functions, count by its name.
 */
export function comparableText(value: unknown, depth = 0): string {
  if (typeof value === 'function' || value === undefined || value === null || depth > maxDepth) return '';
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- objects are below
  if (typeof value !== 'object') return JSON.stringify([typeof value, String(value)]);
  const inner = (part: unknown) => comparableText(part, depth + 1);
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(inner).join()}]`;
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name: string } } | null;
  const name = prototype?.constructor?.name ?? 'Object';
  return name === 'Object' ? textOfMembers(value, inner) : `new ${name}`;
}

function textOfMembers(value: object, inner: (part: unknown) => string): string {
  const { [planSymbol]: plan, [layerSymbol]: layer } = value as {
    readonly [planSymbol]?: { readonly options: object };
    readonly [layerSymbol]?: OverrideLayer;
  };
  const given = { ...value, ...(plan && { options: plan.options }), ...(layer && { fixed: layer.fixed }) };
  const members = Object.entries(given).map(([key, part]) => [JSON.stringify(key), inner(part)] as const);
  const told = members.filter(([, text]) => text !== '').map((member) => member.join(':'));
  return `{${told.sort().join()}}`;
}
