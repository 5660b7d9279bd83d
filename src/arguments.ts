/*
 * Checks of what callers hand in. Every error names its culprit: an argument as `key`, or a property as
 * `options.requestTimeoutMs`. Texts as in protocol section 13. And calls of their functions, which may fail in any way.
 */

import { maskSdkKey } from './mask-sdk-key.js';

/** Accepts strings that are not empty. */
export function requireString(culprit: string, value: unknown): asserts value is string {
  requireType(culprit, value, 'string');
  if (value === '') throw new Error(`${invalid(culprit)} Expected a non-empty string.`);
}

/** Accepts objects that have these methods; no arrays. */
export function requireObject(culprit: string, value: unknown, ...methods: readonly string[]): void {
  requireType(culprit, value, 'object');
  for (const method of methods) {
    if (typeof (value as Record<string, unknown>)[method] !== 'function') {
      throw new TypeError(`${invalid(culprit)} Expected an object with method \`${method}\`.`);
    }
  }
}

/**
 * Accepts objects that this library has made: what they are made of stands under a symbol that no entry exports, so that
 * nothing which merely looks like one is taken for it.
 *
 * @param expected - what gives such objects.
 * @returns what the object is made of.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- Who names the symbol knows what is there.
export function requireMade<Parts>(culprit: string, value: unknown, symbol: symbol, expected: string): Parts {
  const parts = (value as Readonly<Record<symbol, unknown>> | null | undefined)?.[symbol];
  if (!parts) throw new TypeError(`${invalid(culprit)} Expected ${expected}.`);
  return parts as Parts;
}

/** Accepts values of one type, as `typeof` names it; for `object` neither arrays nor `null`. */
export function requireType(culprit: string, value: unknown, type: string): void {
  const given = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (given !== type) throw new TypeError(`${invalid(culprit)} Expected a value of type ${type}, got ${given}.`);
}

/** Accepts one of a few strings. */
export function requireOneOf(culprit: string, value: unknown, allowed: readonly unknown[]): void {
  if (!allowed.includes(value)) throw outOfRange(culprit, `one of ${allowed.join(', ')}`, value);
}

/** Accepts numbers from `min` to `max`, both included; without `min` there is no lower limit. */
export function requireNumber(culprit: string, value: number, max: number, min = -Infinity): void {
  requireType(culprit, value, 'number');
  if (!(value >= min && value <= max)) {
    throw outOfRange(
      culprit,
      `a value ${min === -Infinity ? `less than or equal to ${max}` : `between ${min} and ${max}`}`,
      value,
    );
  }
}

/** The greatest signed integer of 32 bits, beyond which ConfigCat's SDKs take no number. */
export const maxInt = 2147483647;

/** The longest time that timers take, in milliseconds: longer ones would fire at once. */
export const maxTimerMs = maxInt;

/** Accepts durations in milliseconds that a timer can wait: neither `Infinity` nor `NaN`; without `minMs` above zero. */
export function requireDurationMs(culprit: string, value: number, minMs?: number, maxMs = maxTimerMs): void {
  if (minMs !== undefined) requireNumber(culprit, value, maxMs, minMs);
  else {
    requireType(culprit, value, 'number');
    if (!(value > 0 && value <= maxMs)) throw outOfRange(culprit, `a value above 0 and up to ${maxMs}`, value);
  }
}

/** Accepts durations in seconds that a timer can wait: neither `Infinity` nor `NaN`. */
export function requireDurationSeconds(culprit: string, value: number, minSeconds?: number): void {
  requireNumber(culprit, value, Math.floor(maxTimerMs / 1000), minSeconds);
}

/** Accepts lengths in bytes. */
export function requireByteLength(culprit: string, value: number, min = 1): void {
  requireNumber(culprit, value, maxInt, min);
}

/** Accepts absolute URLs of web servers; in pages also paths on the server of the page. */
export function requireBaseUrl(culprit: string, value: string): void {
  requireString(culprit, value);
  const isPath = /^\/(?!\/)/.test(value) && 'location' in globalThis;
  // Not repeated: it may hold a password.
  if (!isPath && !isWebUrl(value)) {
    throw new Error(`${invalid(culprit)} Expected a URL with the protocol http: or https:.`);
  }
}

/** Tells whether something is an absolute URL of a web server. Not all engines know more of URLs than their text. */
export function isWebUrl(value: unknown): value is string {
  try {
    return typeof value === 'string' && /^https?:\/\/[^\s/?#]/i.test(value) && new URL(value).href !== '';
  } catch {
    return false;
  }
}

/** Accepts an object, or nothing. */
export function requireUser(user: unknown): void {
  if (user !== undefined && user !== null) requireType('user', user, 'object');
}

/** Checks the arguments that all evaluations share: at each of them, so what is fine passes fast. */
export function requireEvaluable(key: unknown, defaultValue: unknown, user: unknown): void {
  if (typeof key !== 'string' || key === '') requireString('key', key);
  if (defaultValue !== undefined && defaultValue !== null && !isSettingValue(defaultValue)) refuseDefaultValue();
  if (user !== undefined && (typeof user !== 'object' || Array.isArray(user))) requireUser(user);
}

function refuseDefaultValue(): never {
  throw new TypeError(
    `${invalid('defaultValue')} The default value must be boolean, number, string, null or undefined.`,
  );
}

function isSettingValue(value: unknown): boolean {
  return typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number';
}

/**
 * Accepts the forms of SDK keys; the form of a ConfigCat Proxy only beside a base URL. Source: protocol section 1.
 */
export function requireSdkKey(sdkKey: unknown, isCustomBaseUrl: boolean): asserts sdkKey is string {
  requireString('sdkKey', sdkKey);
  const isKey = /^(configcat-sdk-1\/)?[^/]{22}\/[^/]{22}$/.test(sdkKey);
  const isProxyKey = isCustomBaseUrl && /^configcat-proxy\/./.test(sdkKey);
  // As it comes from files and variables. URLs leave line breaks out, and would be those of another key.
  const hasBlanks = sdkKey.trim() !== sdkKey || /[\t\n\r\u2028\u2029]/.test(sdkKey);
  if (hasBlanks || (!isKey && !isProxyKey)) {
    // Often it is a key all the same, which nobody wants to have in a log.
    const got = `got '${maskSdkKey(sdkKey)}'${hasBlanks ? ', with blanks around it or line breaks in it' : ''}`;
    throw new Error(`${invalid('sdkKey')} Expected a string matching the SDK Key format, ${got}.`);
  }
}

function outOfRange(culprit: string, expected: string, value: unknown): RangeError {
  return new RangeError(`${invalid(culprit)} Expected ${expected}, got ${String(value)}.`);
}

function invalid(culprit: string): string {
  return `Invalid ${culprit.includes('.') ? 'property' : 'argument'} \`${culprit}\`.`;
}

/**
 * Takes notice of an answer that may be a promise, or look like one, so that its rejection is never unhandled.
 *
 * @returns the same answer.
 */
export function observe<T>(answer: T, onRejected: (error: unknown) => void = ignore): T {
  if (Object(answer) === answer) Promise.resolve(answer).catch(onRejected);
  return answer;
}

/** Calls a function of somebody else, whose answer nobody needs: whatever it throws, now or later, goes to `onFailure`. */
export function guarded(call: () => unknown, onFailure: (error: unknown) => void = ignore): void {
  try {
    observe(call(), onFailure);
  } catch (error) {
    onFailure(error);
  }
}

function ignore(): void {
  // There is nobody to be told.
}

/**
 * Refuses properties that nobody reads, which are mostly misspelt.
 *
 * @param known - the names of all that may be there.
 * @throws TypeError naming the property, and the known one whose name is nearest.
 */
export function requireKnown(culprit: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const [nearest] = [...known].sort((a, b) => likeness(name, b) - likeness(name, a));
    throw new TypeError(
      `Invalid property \`${culprit}.${name}\`. There is none of this name; \`${nearest}\` is nearest.`,
    );
  }
}

/** How many letters of one name come in the same order in another, less those that only the other has. */
function likeness(name: string, other: string): number {
  let end = 0;
  let common = 0;
  for (const letter of name) {
    const found = other.indexOf(letter, end);
    if (found < 0) continue;
    end = found + 1;
    common++;
  }
  return 2 * common - other.length;
}
