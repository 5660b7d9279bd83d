import type { Signal } from '@angular/core';
import { assertInInjectionContext, computed } from '@angular/core';
import type { DefaultFor, FlagTypes, JsonOf, JsonValue, StandardSchema, TextFlagKey } from '../functions.js';
import { jsonAspect } from './flag-reading.js';
import type { InjectFlagOptions } from './read-flag.js';
import { readFlag } from './read-flag.js';

/**
 * The JSON of a text flag as a signal, as a schema gives it: the same object as long as the text is the same, to be treated as
 * read-only. See `injectFlag()` and `json$()`.
 *
 * @param schema - of Zod, Valibot, ArkType, or whatever follows the Standard Schema. Make it once: another object is another
 * schema.
 * @throws Error or TypeError at once, as `injectFlag()`, and when the schema is none.
 *
 * @example
 * readonly layout = injectJson('layout', layoutSchema, { columns: 2 });
 */
export function injectJson<S extends StandardSchema>(
  key: string,
  schema: S,
  defaultValue: JsonOf<S>,
  options?: InjectFlagOptions,
): Signal<JsonOf<S>>;
/** The same with `null` or `undefined` as default value. */
export function injectJson<S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
  key: string,
  schema: S,
  defaultValue: D,
  options?: InjectFlagOptions,
): Signal<JsonValue<S, D>>;
/** The same without a schema: whatever JSON the text is. */
export function injectJson(
  key: string,
  schema?: undefined,
  defaultValue?: unknown,
  options?: InjectFlagOptions,
): Signal<unknown>;
export function injectJson(
  key: string,
  schema?: StandardSchema,
  defaultValue?: unknown,
  options: InjectFlagOptions = {},
): Signal<unknown> {
  if (!options.injector) assertInInjectionContext(injectJson);
  const reading = readFlag(key, undefined, options, jsonAspect(schema, defaultValue));
  return computed(() => {
    const known = reading();
    return known ? known.value : defaultValue;
  });
}

/** `injectJson()`, typed by the flags that there are. */
export interface JsonInjector<F extends FlagTypes<F>> {
  /** `injectJson()` that knows the flags. */
  injectJson: {
    <S extends StandardSchema>(
      key: TextFlagKey<F>,
      schema: S,
      defaultValue: JsonOf<S>,
      options?: InjectFlagOptions,
    ): Signal<JsonOf<S>>;
    /** The same with `null` or `undefined` as default value. */
    <S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
      key: TextFlagKey<F>,
      schema: S,
      defaultValue: D,
      options?: InjectFlagOptions,
    ): Signal<JsonValue<S, D>>;
    (key: TextFlagKey<F>, schema?: undefined, defaultValue?: unknown, options?: InjectFlagOptions): Signal<unknown>;
  };
}
