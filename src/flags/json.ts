/* eslint-disable max-params -- What is asked comes first, as of all flags, and the schema belongs to it. */
import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import type { DefaultFor, FlagTypes, TextFlagKey } from '../model/flag-types.js';
import type { JsonOf, JsonValue, StandardSchema } from '../model/standard-schema.js';
import { answers$ } from './flag.js';
import { jsonView, noJson, orDefault } from './json-reading.js';
import type { FlagStreamOptions } from './stream.js';
import type { UserSource } from './users.js';

/**
 * The JSON of a text flag, as a schema gives it, each time that the text is another one. Waits as `flag$` does. Each text is
 * parsed and validated once, and gives the same object as long as it is the same: treat it as read-only. What is no JSON or
 * does not fit gives the default value, and is logged (event 1900).
 *
 * @param source - a core, or a client.
 * @param key - a text flag, case-sensitive.
 * @param schema - of Zod, Valibot, ArkType, or whatever follows the Standard Schema, and answers at once. Make it once: another
 * object is another schema.
 * @param defaultValue - what there is while nothing fits; it is not validated.
 * @param user - whom to evaluate for; without it the stream follows the default user.
 * @throws Error or TypeError when the key is empty or an argument is of a wrong type.
 *
 * @example
 * const layout = z.object({ columns: z.number() });
 * json$(core, 'layout', layout, { columns: 2 }, user$).subscribe(({ columns }) => render(columns));
 */
export function json$<F extends FlagTypes<F>, S extends StandardSchema>(
  source: FlagSource<F>,
  key: TextFlagKey<F>,
  schema: S,
  defaultValue: JsonOf<S>,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<JsonOf<S>>;
/** The same with `null` or `undefined` as default value. */
export function json$<F extends FlagTypes<F>, S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
  source: FlagSource<F>,
  key: TextFlagKey<F>,
  schema: S,
  defaultValue: D,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<JsonValue<S, D>>;
/**
 * The same without a schema: whatever JSON the text is.
 *
 * @example
 * json$(core, 'layout').subscribe((layout) => console.log(layout));
 */
export function json$<F extends FlagTypes<F>>(
  source: FlagSource<F>,
  key: TextFlagKey<F>,
  schema?: undefined,
  defaultValue?: unknown,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<unknown>;
export function json$(
  source: FlagSource,
  key: string,
  schema?: StandardSchema,
  defaultValue?: unknown,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<unknown> {
  const question = { key, fallback: undefined, user };
  return answers$(coreOf(source), jsonView(schema), () => noJson, question, options).pipe(
    map((answer) => orDefault(answer, defaultValue)),
  );
}
