'use client';

import type { DefaultFor, HoldOptions, JsonOf, JsonValue, StandardSchema, User } from '../functions.js';
import { json, json$ } from '../functions.js';
import { isSameDefault } from './same-default.js';
import { useFlagQuery, useSame } from './use-flag-query.js';

/**
 * The JSON of a text flag for a user, as a schema gives it; the component renders again when the text is another one. The same
 * object as long as the text is the same: treat it as read-only. See `useFlag()` and `json$()`.
 *
 * @param schema - of Zod, Valibot, ArkType, or whatever follows the Standard Schema. Make it outside of components: another
 * object is another schema.
 * @param defaultValue - what there is while nothing fits; may be another object each time.
 * @throws Error or TypeError (when it renders) when the key is empty or an argument is of a wrong type.
 *
 * @example
 * const { columns } = useJson('layout', layoutSchema, { columns: 2 });
 */
export function useJson<S extends StandardSchema>(
  key: string,
  schema: S,
  defaultValue: JsonOf<S>,
  user?: User,
  options?: HoldOptions,
): JsonOf<S>;
/** The same with `null` or `undefined` as default value. */
export function useJson<S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
  key: string,
  schema: S,
  defaultValue: D,
  user?: User,
  options?: HoldOptions,
): JsonValue<S, D>;
/** The same without a schema: whatever JSON the text is. */
export function useJson(
  key: string,
  schema?: undefined,
  defaultValue?: unknown,
  user?: User,
  options?: HoldOptions,
): unknown;
export function useJson(
  key: string,
  schema?: StandardSchema,
  defaultValue?: unknown,
  user?: User,
  options?: HoldOptions,
): unknown {
  const otherwise = useSame(defaultValue, isSameDefault);
  // The types let only those without a schema leave out the default value.
  const given = schema as undefined;
  return useFlagQuery<unknown>(user, options, [key, schema, otherwise], (source, effective) => ({
    answer$: json$(source, key, given, otherwise, effective),
    read: (snapshot) => json(snapshot, key, given, otherwise, effective),
    isSame: Object.is,
    keys: [key],
  }));
}
