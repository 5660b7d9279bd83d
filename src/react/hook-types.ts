import type {
  DefaultFor,
  EvaluationDetails,
  FlagKey,
  FlagTypes,
  FlagValue,
  HoldOptions,
  JsonOf,
  JsonValue,
  SettingValue,
  StandardSchema,
  TextFlagKey,
  User,
} from '../functions.js';

/** The hooks that every entry has, typed by the flags that there are. */
export interface CommonFlagHooks<F extends FlagTypes<F>> {
  /** `useFlag()` that knows the flags. */
  useFlag: <K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
    options?: HoldOptions,
  ) => FlagValue<F[K], D>;
  /** `useSuspenseFlag()` that knows the flags. */
  useSuspenseFlag: <K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
    options?: HoldOptions,
  ) => FlagValue<F[K], D>;
  /** `useFlagDetails()` that knows the flags. */
  useFlagDetails: <K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
    key: K,
    defaultValue: D,
    user?: User,
    options?: HoldOptions,
  ) => EvaluationDetails<FlagValue<F[K], D>>;
  /** `useFlags()` that knows the flags. */
  useFlags: {
    <D extends { readonly [K in FlagKey<F>]?: DefaultFor<F[K]> }>(
      defaults: D & { readonly [K in keyof D]: K extends FlagKey<F> ? unknown : never },
      user?: User,
      options?: HoldOptions,
    ): { readonly [K in keyof D]: FlagValue<F[K & FlagKey<F>], D[K]> };
    (defaults?: undefined, user?: User, options?: HoldOptions): Readonly<Record<string, SettingValue | null>>;
  };
  /** `useJson()` that knows the flags. */
  useJson: {
    <S extends StandardSchema>(
      key: TextFlagKey<F>,
      schema: S,
      defaultValue: JsonOf<S>,
      user?: User,
      options?: HoldOptions,
    ): JsonOf<S>;
    /** The same with `null` or `undefined` as default value. */
    <S extends StandardSchema, D extends DefaultFor<JsonOf<S>>>(
      key: TextFlagKey<F>,
      schema: S,
      defaultValue: D,
      user?: User,
      options?: HoldOptions,
    ): JsonValue<S, D>;
    (key: TextFlagKey<F>, schema?: undefined, defaultValue?: unknown, user?: User, options?: HoldOptions): unknown;
  };
}
