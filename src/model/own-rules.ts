/**
 * Where settings and conditions have what their format does in another way than the current one. A symbol, so that
 * they can be copied and written as JSON; the same one in all copies of the library.
 */
export const ownRules: unique symbol = Symbol.for('configcat-rx/1.ownRules');

/** Under this symbol plain values of overrides say why they have no type, if they have none. */
export const plainOverride: unique symbol = Symbol.for('configcat-rx/1.plainOverride');

/** A plain value of overrides, whose type follows from the value. */
export interface PlainOverride {
  /** Why there is no type. */
  readonly problem?: string;
}

/**
 * The rules of settings that are not those of the current format. Their values may be of any type, whatever that of the
 * setting is, and are themselves compared with default values. Their percentage options may be negative and need not add
 * up to 100: who is in none of them gets what everybody gets.
 */
export interface OwnSettingRules {
  /** The places of texts among 100 buckets of the setting with a key. */
  readonly bucketOf: (key: string) => (text: string) => number;
}

/** A comparator that only its format has. */
export interface OwnComparator {
  /** Its name in logs. */
  readonly label: string;
  /** Prepares the test of an attribute, which comes as it is, and may be missing. */
  readonly compile: (value: { readonly text: string | undefined }) => (attribute: unknown) => boolean;
}
