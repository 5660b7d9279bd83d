import { displayText } from '../display-text.js';
import { observe } from '../arguments.js';
import type { JsonOf, SchemaIssue, StandardSchema } from '../model/standard-schema.js';

/** Why a text is no JSON that a schema fits. */
export interface JsonProblem {
  /** Where in the JSON, as `sizes[0].width`; empty for the whole. */
  readonly path: string;
  /** Why, in one line that never repeats the whole text. */
  readonly reason: string;
  /** What the schema threw, if it did. */
  readonly exception?: unknown;
}

/** The value of a text, or why there is none. */
export type JsonResult<T = unknown> =
  { readonly value: T; readonly problem?: undefined } | { readonly value?: undefined; readonly problem: JsonProblem };

/**
 * Reads a text as flags with JSON are read: members named `__proto__`, and constructors with a `prototype`, are left out.
 * Never throws.
 *
 * @param schema - what the value has to fit; without one, any JSON will do.
 *
 * @example
 * const { value, problem } = parseFlagJson('{"width": 80}', layoutSchema);
 * if (problem) console.error(problem.path, problem.reason);
 */
export function parseFlagJson<S extends StandardSchema | undefined = undefined>(
  text: string,
  schema?: S,
): JsonResult<JsonOf<S>>;
export function parseFlagJson(text: string, schema?: StandardSchema): JsonResult {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, withoutPrototypes);
  } catch (error) {
    return failed(whyNoJson(error));
  }
  if (!schema) return { value: parsed };
  try {
    const result = observe(schema['~standard'].validate(parsed));
    if ('then' in result) return failed('The schema is asynchronous. Flags need one that answers at once.');
    if (!result.issues) return { value: result.value };
    const [first, ...others] = result.issues;
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    return failed(shorten(first?.message ?? 'It does not fit.', text) + more, pathOf(first?.path));
  } catch (exception) {
    return { problem: { path: '', reason: `The schema threw: ${shorten(displayText(exception), text)}`, exception } };
  }
}

/** What of a schema may be missing where no compiler has looked. */
interface GivenSchema {
  readonly '~standard'?: { readonly validate?: unknown };
}

/** Accepts what follows the Standard Schema, or nothing. */
export function requireSchema(schema: GivenSchema | null | undefined): void {
  if (schema === undefined || typeof schema?.['~standard']?.validate === 'function') return;
  throw new TypeError('Invalid argument `schema`. Expected a Standard Schema, as of Zod, Valibot or ArkType.');
}

/** Whoever copies the value member by member would replace a prototype by these, or change one. */
function withoutPrototypes(this: unknown, name: string, value: unknown): unknown {
  const isPrototype =
    name === '__proto__' ||
    (name === 'constructor' && typeof value === 'object' && value !== null && 'prototype' in value);
  return isPrototype ? undefined : value;
}

function failed(reason: string, path = ''): JsonResult {
  return { problem: { path, reason } };
}

/** Errors of the parser may repeat the text: only the place is taken from them. */
function whyNoJson(error: unknown): string {
  if (!(error instanceof SyntaxError)) return 'The JSON is nested too deeply.';
  const [place] = /position \d+|line \d+ column \d+/.exec(error.message) ?? [];
  return `The text is no JSON${place ? ` (${place})` : ''}.`;
}

const longestReason = 200;

/** Messages of schemas may repeat what they were given. */
function shorten(message: string, text: string): string {
  const safe = text.length > 3 ? message.split(text).join('…') : message;
  return safe.length > longestReason ? `${safe.slice(0, longestReason)}…` : safe;
}

/** A path as one would write it in JavaScript. */
function pathOf(path: SchemaIssue['path'] = []): string {
  const text = path
    .map((part) => (typeof part === 'object' ? part.key : part))
    .map((name) =>
      typeof name === 'number' ? `[${name}]` : /^[\w$]+$/.test(String(name)) ? `.${String(name)}` : `[${quoted(name)}]`,
    )
    .join('')
    .replace(/^\./, '');
  return text.length > longestReason ? `${text.slice(0, longestReason)}…` : text;
}

function quoted(name: PropertyKey): string {
  return JSON.stringify(String(name));
}
