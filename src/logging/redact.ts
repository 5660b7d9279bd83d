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
  return (value) => redactAll(value, (text) => text.replace(pattern, () => masked)) as typeof value;
}

function redactAll(value: unknown, inText: (text: string) => string): unknown {
  const copies = new Map<unknown, unknown>();
  let isClean = true as boolean;

  const copyOf = (holder: object, name: PropertyKey, depth: number): unknown => {
    try {
      const given = (holder as Record<PropertyKey, unknown>)[name];
      if (typeof given === 'string') {
        const safe = inText(given);
        isClean &&= safe === given;
        return safe;
      }
      if (typeof given !== 'object' || given === null) return given;
      if (copies.has(given)) return copies.get(given);
      const copy = depth < deepest && copies.size < mostObjects && emptyLike(given);
      if (copy) {
        copies.set(given, copy);
        for (const key of new Set([...Reflect.ownKeys(given), ...(copy instanceof Error ? ofErrors : [])])) {
          if (!(key in given)) continue;
          // Refused for the length of lists, which follows from what is in them.
          Reflect.defineProperty(copy, key, {
            value: copyOf(given, key, depth + 1),
            enumerable: Object.prototype.propertyIsEnumerable.call(given, key),
            configurable: true,
            writable: true,
          });
        }
        return copy;
      }
      isClean = false;
      return inText(displayText(given).slice(0, longestText));
    } catch {
      isClean = false;
      return '[unreadable]';
    }
  };

  const copy = copyOf({ value }, 'value', 0);
  return isClean ? value : copy;
}

const ofErrors = ['name', 'message', 'stack', 'cause'];

/** What the members of an object can be copied into; nothing for one that is more than its members. */
function emptyLike(given: object): object | undefined {
  if (Array.isArray(given)) return [];
  const prototype = Object.getPrototypeOf(given) as object | null;
  const isError = given instanceof Error || Object.prototype.toString.call(given) === '[object Error]';
  if (isError) return Object.setPrototypeOf(new Error(), prototype) as Error;
  return prototype === null || Object.getPrototypeOf(prototype) === null ? {} : undefined;
}
