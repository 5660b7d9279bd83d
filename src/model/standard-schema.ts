/**
 * A schema of any library that follows the [Standard Schema](https://standardschema.dev), as Zod, Valibot and ArkType do.
 *
 * @typeParam Output - what it makes of a value that fits.
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What a flag with JSON answers, with a default value of type `D`. */
export type JsonValue<S extends StandardSchema, D> = JsonOf<S> | Extract<D, null | undefined>;

/** What a schema says of a value. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** Why a value does not fit a schema, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * What a schema makes of JSON that fits; `unknown` without a schema.
 *
 * @example
 * type Layout = JsonOf<typeof layoutSchema>;
 */
export type JsonOf<S extends StandardSchema | undefined> = S extends StandardSchema
  ? NonNullable<S['~standard']['types']>['output']
  : unknown;
