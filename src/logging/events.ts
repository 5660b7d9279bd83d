/*
 * All that is logged: a row per event, with its number, which all ConfigCat SDKs give it and which says its level, and with
 * what its entries are told by name. Each row is an export, so that bundles have those that they log. The texts are in
 * `texts.ts`. Source: protocol section 12.1.
 */

/**
 * A kind of log entry: its number. What its entries are told is in the type alone, which has `valueOf` because to the compiler
 * a number is of no type that consists of optional properties.
 */
export type LogEvent<Id extends number = number, Told = unknown> = Id & {
  readonly valueOf: () => number;
  readonly told?: Told;
};

/** For events of which there is nothing more to say. */
type Nothing = Readonly<Record<string, never>>;
/** Which answer of the CDN it was; `undefined` where nobody said so. */
type Ray = Readonly<{ rayId: string | undefined }>;
type Status = Ray & Readonly<{ status: number; reason: string }>;
/** A function, or a stream, by the name that users know. */
type Method = Readonly<{ method: string }>;
type Value = string | number | boolean | null | undefined;
type Unevaluated = Readonly<{ key: string; defaultValue: Value }>;
/** What is served instead of an answer, in words. */
type Returned = Readonly<{ returned: string }>;
/** What whoever found it says of it. */
type Problem = Readonly<{ problem: string }>;
/** Told once in a config. `repeated` is how often it was left out while the config before was there, if it was. */
type Repeatable = Readonly<{ key: string; repeated?: number | undefined }>;
/** Where an attribute is missing or wrong. `condition` is there for conditions, not for percentage options, and in words. */
type OfAttribute = Repeatable & Readonly<{ attribute: string; condition: string | undefined }>;

/* Errors. */

export const configMissing: LogEvent<1000, Unevaluated | Returned> = 1000;
export const settingMissing: LogEvent<1001, Unevaluated & Readonly<{ keys: readonly string[] }>> = 1001;
export const evaluationFailed: LogEvent<1002, Method & (Unevaluated | Returned)> = 1002;
/** Something that users have handed in has thrown. */
export const methodFailed: LogEvent<1003, Method> = 1003;
/** The SDK key comes masked. */
export const wrongSdkKey: LogEvent<1100, Ray & Readonly<{ sdkKey: string }>> = 1100;
export const unexpectedStatus: LogEvent<1101, Status> = 1101;
export const requestTimedOut: LogEvent<1102, Ray & Readonly<{ timeoutMs: number }>> = 1102;
export const requestFailed: LogEvent<1103, Ray | Problem> = 1103;
export const redirectLoop: LogEvent<1104, Ray> = 1104;
/** `maxBytes` is there when the answer is longer than that. */
export const invalidContent: LogEvent<1105, Ray & Readonly<{ maxBytes?: number }>> = 1105;
export const notModifiedWithoutConfig: LogEvent<1106, Status> = 1106;
export const pollingFailed: LogEvent<1200, Nothing> = 1200;
export const overridesMissing: LogEvent<1300, Problem> = 1300;
export const overridesUnreadable: LogEvent<1302, Problem> = 1302;
/** Not of ConfigCat. `path` is where in the JSON, and empty for the whole. */
export const jsonInvalid: LogEvent<1900, Readonly<{ key: string; path: string; reason: string }>> = 1900;
export const variationMissing: LogEvent<2011, Readonly<{ variationId: string }>> = 2011;
export const cacheReadFailed: LogEvent<2200, Nothing> = 2200;
export const cacheWriteFailed: LogEvent<2201, Nothing> = 2201;
export const overridesInvalid: LogEvent<2302, Problem> = 2302;

/* Warnings. */

/** Not of ConfigCat, and so without a number of its own. */
export const explainerMissing: LogEvent<0, Nothing> = 0;
/** The SDK key comes masked. `count` includes this client, `foreign` are those of other copies of this library. */
export const secondClient: LogEvent<3000, Readonly<{ sdkKey: string; count: number; foreign: number }>> = 3000;
export const userMissing: LogEvent<3001, Repeatable> = 3001;
export const governanceOutOfSync: LogEvent<3002, Nothing> = 3002;
export const attributeMissing: LogEvent<3003, OfAttribute> = 3003;
export const attributeInvalid: LogEvent<3004, OfAttribute & Readonly<{ reason: string }>> = 3004;
/** `text` is what the attribute was converted to. */
export const attributeConverted: LogEvent<3005, OfAttribute & Readonly<{ text: string }>> = 3005;
export const offline: LogEvent<3200, Nothing> = 3200;
export const disposed: LogEvent<3201, Method> = 3201;
export const localOnly: LogEvent<3202, Method> = 3202;

/* Information. */

/** `leftOut` evaluations have not been written down. */
export const flagEvaluated: LogEvent<5000, Readonly<{ key: string; value: Value }> | Readonly<{ leftOut: number }>> =
  5000;
export const switched: LogEvent<5200, Readonly<{ mode: 'ONLINE' | 'OFFLINE' }>> = 5200;
