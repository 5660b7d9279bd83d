/* eslint-disable max-params -- What is asked comes first, as of all flags, and the schema belongs to it. */
import { requireEvaluable } from '../arguments.js';
import { snapshotOf } from '../core/snapshot.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import type { CoreSnapshot, EvaluationDetails } from '../core/types.js';
import type { DefaultFor, FlagTypes, TextFlagKey } from '../model/flag-types.js';
import type { JsonOf, JsonValue, StandardSchema } from '../model/standard-schema.js';
import type { User } from '../model/user.js';
import { jsonDetailsOf, orDefault, readJson } from './json-reading.js';
import { requireSchema } from './json-schema.js';
import type { ReadOptions } from './reads.js';
import { afterRead, unlessAborted } from './reads.js';

/**
 * The JSON of a text flag once the source is ready, as a schema gives it, or the default value when the flag cannot be evaluated
 * or its text does not fit; rejects only when `options.signal` is aborted. See `json$()`.
 *
 * @param source - a core, or a client.
 * @throws Error or TypeError at once when an argument is of a wrong type.
 *
 * @example
 * const { columns } = await getJson(core, 'layout', z.object({ columns: z.number() }), { columns: 2 }, user);
 */
export function getJson<F extends FlagTypes<F>, S extends StandardSchema>(
  source: FlagSource<F>,
  key: TextFlagKey<F>,
  schema: S,
  defaultValue: JsonOf<S>,
  user?: User,
  options?: ReadOptions,
): Promise<JsonOf<S>>;
/** The same with `null` or `undefined` as default value. */
export function getJson<F extends FlagTypes<F>, S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
  source: FlagSource<F>,
  key: TextFlagKey<F>,
  schema: S,
  defaultValue: D,
  user?: User,
  options?: ReadOptions,
): Promise<JsonValue<S, D>>;
/** The same without a schema: whatever JSON the text is. */
export function getJson<F extends FlagTypes<F>>(
  source: FlagSource<F>,
  key: TextFlagKey<F>,
  schema?: undefined,
  defaultValue?: unknown,
  user?: User,
  options?: ReadOptions,
): Promise<unknown>;
export function getJson(
  source: FlagSource,
  key: string,
  schema?: StandardSchema,
  defaultValue?: unknown,
  user?: User,
  options?: ReadOptions,
): Promise<unknown> {
  requireEvaluable(key, undefined, user);
  requireSchema(schema);
  const read = (snapshot: InternalSnapshot) =>
    orDefault(readJson(snapshot, 'getJson', key, schema, user ?? snapshot.defaultUser), defaultValue);
  return unlessAborted(() => afterRead(coreOf(source), read), options);
}

/**
 * The JSON of a text flag by a snapshot, as a schema gives it; the same object as long as the text is the same. See `json$()`.
 *
 * @param snapshot - of a core, or a client.
 * @throws TypeError when the key is no string, the schema is none, or the snapshot is none.
 *
 * @example
 * const { columns } = json(core.snapshot(), 'layout', layoutSchema, { columns: 2 });
 */
export function json<F extends FlagTypes<F>, S extends StandardSchema>(
  snapshot: CoreSnapshot<F>,
  key: TextFlagKey<F>,
  schema: S,
  defaultValue: JsonOf<S>,
  user?: User,
): JsonOf<S>;
/** The same with `null` or `undefined` as default value. */
export function json<F extends FlagTypes<F>, S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
  snapshot: CoreSnapshot<F>,
  key: TextFlagKey<F>,
  schema: S,
  defaultValue: D,
  user?: User,
): JsonValue<S, D>;
/** The same without a schema: whatever JSON the text is. */
export function json<F extends FlagTypes<F>>(
  snapshot: CoreSnapshot<F>,
  key: TextFlagKey<F>,
  schema?: undefined,
  defaultValue?: unknown,
  user?: User,
): unknown;
export function json(
  snapshot: CoreSnapshot,
  key: string,
  schema?: StandardSchema,
  defaultValue?: unknown,
  user?: User,
): unknown {
  const inner = snapshotOf(snapshot);
  return orDefault(readJson(inner, 'Snapshot.json', key, schema, user ?? inner.defaultUser), defaultValue);
}

/**
 * The JSON of a text flag by a snapshot, with variation ID, matched rule and error: code 1900 for what does not fit.
 *
 * @param snapshot - of a core, or a client.
 * @throws TypeError when the key is no string, the schema is none, or the snapshot is none.
 *
 * @example
 * const { value, errorMessage } = jsonDetails(core.snapshot(), 'layout', layoutSchema, null);
 */
export function jsonDetails<F extends FlagTypes<F>, S extends StandardSchema>(
  snapshot: CoreSnapshot<F>,
  key: TextFlagKey<F>,
  schema: S,
  defaultValue: JsonOf<S>,
  user?: User,
): EvaluationDetails<JsonOf<S>>;
/** The same with `null` or `undefined` as default value. */
export function jsonDetails<F extends FlagTypes<F>, S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
  snapshot: CoreSnapshot<F>,
  key: TextFlagKey<F>,
  schema: S,
  defaultValue: D,
  user?: User,
): EvaluationDetails<JsonValue<S, D>>;
/** The same without a schema: whatever JSON the text is. */
export function jsonDetails<F extends FlagTypes<F>>(
  snapshot: CoreSnapshot<F>,
  key: TextFlagKey<F>,
  schema?: undefined,
  defaultValue?: unknown,
  user?: User,
): EvaluationDetails<unknown>;
export function jsonDetails(
  snapshot: CoreSnapshot,
  key: string,
  schema?: StandardSchema,
  defaultValue?: unknown,
  user?: User,
): EvaluationDetails<unknown> {
  const inner = snapshotOf(snapshot);
  const details = jsonDetailsOf(inner, key, schema, user ?? inner.defaultUser);
  return { ...details, value: orDefault(details.value, defaultValue) };
}
