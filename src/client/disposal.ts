/* eslint-disable @typescript-eslint/consistent-indexed-object-style -- Each member has words of its own. */

/**
 * What `using` and `await using` call, where the compiler knows the symbols they go by (`lib: ["esnext.disposable"]`). Nobody
 * needs that library, and the package does not bring it to programs that have chosen another.
 */
export type DisposedByUsing = {
  /** `dispose()`, for `using`. */
  [S in SymbolOf<'dispose'>]: () => void;
} & {
  /** `dispose()`, for `await using`, once the external cache has what is being written: after two seconds at most. */
  [S in SymbolOf<'asyncDispose'>]: () => Promise<void>;
};

/** A symbol of the language, or `never` where the compiler does not know it. */
type SymbolOf<Name extends string> = SymbolConstructor extends { readonly [N in Name]: infer S extends symbol }
  ? S
  : never;
