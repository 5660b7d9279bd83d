import type { DefaultFor, FlagTypes, TextFlagKey } from './flag-types.js';
import type { JsonOf, JsonValue, StandardSchema } from './standard-schema.js';
import type { User } from './user.js';

/** What snapshots answer of text flags whose texts are JSON. */
export interface JsonSnapshot<F extends FlagTypes<F>> {
  /**
   * The JSON of a text flag, as a schema gives it, or the default value where it does not fit. The same object as long as the text
   * is the same: treat it as read-only.
   *
   * @throws TypeError when the key is no string, or the schema is none.
   *
   * @example
   * const { columns } = snapshot.json('layout', z.object({ columns: z.number() }), { columns: 2 });
   */
  json<S extends StandardSchema>(key: TextFlagKey<F>, schema: S, defaultValue: JsonOf<S>, user?: User): JsonOf<S>;
  /** The same with `null` or `undefined` as default value. */
  json<S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
    key: TextFlagKey<F>,
    schema: S,
    defaultValue: D,
    user?: User,
  ): JsonValue<S, D>;
  /** The same without a schema: whatever JSON the text is. */
  json(key: TextFlagKey<F>, schema?: undefined, defaultValue?: unknown, user?: User): unknown;
}
