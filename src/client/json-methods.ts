import type { Observable } from 'rxjs';
import type { ReadOptions } from '../flags/reads.js';
import type { FlagStreamOptions } from '../flags/stream.js';
import type { UserSource } from '../flags/users.js';
import type { DefaultFor, FlagTypes, TextFlagKey } from '../model/flag-types.js';
import type { JsonOf, JsonValue, StandardSchema } from '../model/standard-schema.js';
import type { User } from '../model/user.js';

/** What clients answer of text flags whose texts are JSON. */
export interface JsonMethods<F extends FlagTypes<F>> {
  /**
   * The JSON of a text flag, as a schema gives it, each time that the text is another one. Waits as `flag$` does. Each text is
   * parsed and validated once, and gives the same object as long as it is the same: treat it as read-only. What is no JSON or
   * does not fit gives the default value, and is logged (event 1900).
   *
   * @param key - a text flag, case-sensitive.
   * @param schema - of Zod, Valibot, ArkType, or whatever follows the Standard Schema, and answers at once. Make it once:
   * another object is another schema.
   * @param defaultValue - what there is while nothing fits; it is not validated.
   * @throws Error or TypeError when the key is empty or an argument is of a wrong type.
   *
   * @example
   * const layout = z.object({ columns: z.number() });
   * client.json$('layout', layout, { columns: 2 }).subscribe(({ columns }) => render(columns));
   */
  json$<S extends StandardSchema>(
    key: TextFlagKey<F>,
    schema: S,
    defaultValue: JsonOf<S>,
    user?: UserSource,
    options?: FlagStreamOptions,
  ): Observable<JsonOf<S>>;
  /** The same with `null` or `undefined` as default value. */
  json$<S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
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
   * client.json$('layout').subscribe((layout) => console.log(layout));
   */
  json$(
    key: TextFlagKey<F>,
    schema?: undefined,
    defaultValue?: unknown,
    user?: UserSource,
    options?: FlagStreamOptions,
  ): Observable<unknown>;
  /**
   * The JSON of a text flag once the client is ready, as a schema gives it, or the default value when the flag cannot be
   * evaluated or its text does not fit; rejects only when `options.signal` is aborted. See `json$`.
   *
   * @throws Error or TypeError at once when an argument is of a wrong type.
   *
   * @example
   * const { columns } = await client.getJson('layout', z.object({ columns: z.number() }), { columns: 2 }, user);
   */
  getJson<S extends StandardSchema>(
    key: TextFlagKey<F>,
    schema: S,
    defaultValue: JsonOf<S>,
    user?: User,
    options?: ReadOptions,
  ): Promise<JsonOf<S>>;
  /** The same with `null` or `undefined` as default value. */
  getJson<S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
    key: TextFlagKey<F>,
    schema: S,
    defaultValue: D,
    user?: User,
    options?: ReadOptions,
  ): Promise<JsonValue<S, D>>;
  /** The same without a schema: whatever JSON the text is. */
  getJson(
    key: TextFlagKey<F>,
    schema?: undefined,
    defaultValue?: unknown,
    user?: User,
    options?: ReadOptions,
  ): Promise<unknown>;
}
