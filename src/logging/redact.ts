import { displayText } from '../display-text.js';
import { maskSdkKey } from '../mask-sdk-key.js';

/** What is shorter is no key of anything, but may be in any text: clients with nothing but overrides take any name. */
const shortestKey = 16;
const deepest = 6;
const mostObjects = 200;
const longestText = 10_000;

/**
 * Hides an SDK key in texts, and in all that hangs on an error: causes, requests, what other errors it is made of. What
 * holds no key is given back as it is; of anything else a copy, without what cannot be looked through.
 *
 * @example
 * const redact = redactor(sdkKey);
 * console.error(redact(error));
 */
export function redactor(sdkKey: string): <T>(value: T) => T {
  if (sdkKey.length < shortestKey) return (value) => value;
  const slash = '(?:\\\\?/|%(?:25)*2f)';
  const pattern = new RegExp(sdkKey.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/\//g, slash), 'gi');
  const masked = maskSdkKey(sdkKey);
  const inText = (text: string) => text.replace(pattern, () => masked);
  return (value) => (typeof value === 'string' ? inText(value) : redactObject(value, inText)) as typeof value;
}

function redactObject(value: unknown, inText: (text: string) => string): unknown {
  const copies = new Map<object, unknown>();
  let isClean = true as boolean;
  const textOf = (text: string) => {
    const safe = inText(text);
    if (safe !== text) isClean = false;
    return safe;
  };
  const read = (get: () => unknown, depth: number): unknown => {
    try {
      return copyOf(get(), depth);
    } catch {
      isClean = false;
      return '[unreadable]';
    }
  };
  const copyOf = (given: unknown, depth: number): unknown => {
    if (typeof given === 'string') return textOf(given);
    if (typeof given !== 'object' || given === null) return given;
    const known = copies.get(given);
    if (known !== undefined) return known;
    const copy = depth < deepest && copies.size < mostObjects ? emptyLike(given) : undefined;
    if (!copy) {
      isClean = false;
      return inText(displayText(given).slice(0, longestText));
    }
    copies.set(given, copy);
    const names = copy instanceof Error ? ['name', 'message', 'stack', 'cause'] : [];
    for (const name of new Set([...Reflect.ownKeys(given), ...names])) {
      if (!(name in given)) continue;
      const member = read(() => (given as Record<PropertyKey, unknown>)[name], depth + 1);
      const { enumerable = false } = Object.getOwnPropertyDescriptor(given, name) ?? {};
      // Refused for the length of lists, which follows from what is in them.
      Reflect.defineProperty(copy, name, { value: member, enumerable, configurable: true, writable: true });
    }
    return copy;
  };
  const copy = read(() => value, 0);
  return isClean ? value : copy;
}

/** What the members of an object can be copied into; `undefined` for one that is more than its members. */
function emptyLike(given: object): object | undefined {
  if (Array.isArray(given)) return [];
  const prototype: unknown = Object.getPrototypeOf(given);
  if (given instanceof Error || Object.prototype.toString.call(given) === '[object Error]') {
    return Object.setPrototypeOf(new Error(), prototype as object) as Error;
  }
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain ? {} : undefined;
}
