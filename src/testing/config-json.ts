import type { FlagKey, FlagTypes, SettingValue } from '../index.js';
import { conditionJson } from './condition-json.js';
import type { TestCondition } from './condition-json.js';

/** Flags for tests: values for everybody, or values with targeting. `undefined` stands for no such flag. */
export type TestFlags<F extends FlagTypes<F>> = {
  readonly [K in FlagKey<F>]?: F[K] | TargetedFlag<F[K]> | undefined;
};

/** A value, and the variation ID that analytics know it by. */
export interface TestVariation<V extends SettingValue = SettingValue> {
  readonly value: V;
  readonly variationId?: string;
}

/** A share of users, in percent, and what they get. */
export interface TestPercentageOption<V extends SettingValue = SettingValue> extends TestVariation<V> {
  readonly percentage: number;
}

/** Whom a rule is for, and what they get: either a value or percentage options. */
export type TestRule<V extends SettingValue = SettingValue> = {
  /** All of them must hold. */
  readonly when: readonly TestCondition[];
} & (
  | { readonly serve: V | TestVariation<V>; readonly percentages?: undefined }
  | { readonly percentages: readonly TestPercentageOption<V>[]; readonly serve?: undefined }
);

/**
 * A flag that is not the same for everybody.
 *
 * @example
 * const plan: TargetedFlag<string> = {
 *   value: 'free',
 *   rules: [{ when: [{ attribute: 'Email', comparator: 'endsWithAnyOf', value: ['@example.com'] }], serve: 'staff' }],
 *   percentages: [{ percentage: 20, value: 'trial' }, { percentage: 80, value: 'free' }],
 * };
 */
export interface TargetedFlag<V extends SettingValue = SettingValue> extends TestVariation<V> {
  /** Tried in order. Default: none. */
  readonly rules?: readonly TestRule<V>[];
  /** For those whom no rule reaches; must add up to 100. Default: all of them get `value`. */
  readonly percentages?: readonly TestPercentageOption<V>[];
  /** The attribute that decides who belongs to which share. Default: `Identifier`. */
  readonly percentageAttribute?: string;
}

/** A setting as config JSON has it. */
type SettingJson = Readonly<Record<string, unknown>>;

/**
 * Writes flags as a config JSON text, the document that ConfigCat serves: for `setConfig()`, `startConfigServer()`, or
 * a `fetch` of your own. Numbers become settings of type double. Source: protocol section 4.
 *
 * @throws TypeError naming the flag whose value no flag can have.
 *
 * @example
 * const configJson = toConfigJson({ darkMode: true, greeting: 'Hello' });
 */
export function toConfigJson(flags: TestFlags<Record<string, SettingValue>>): string {
  return JSON.stringify({ f: toSettings(flags) });
}

/** The settings of flags by their keys; `undefined` for those that are not to exist. */
export function toSettings(flags: object): Readonly<Record<string, SettingJson | undefined>> {
  return Object.fromEntries(
    Object.entries(flags as Record<string, SettingValue | TargetedFlag | undefined>).map(([key, flag]) => [
      key,
      flag === undefined ? undefined : toSetting(key, flag),
    ]),
  );
}

function toSetting(key: string, flag: SettingValue | TargetedFlag): SettingJson {
  const { rules = [], percentages = [], percentageAttribute, ...variation } = toVariation(flag) as TargetedFlag;
  const type = typeOf(key, variation.value);
  const served = (given: SettingValue | TestVariation): SettingJson => {
    const { value, variationId } = toVariation(given);
    if (typeOf(key, value) !== type) throw invalid(key, `Expected values of one type, got ${typeof value}.`);
    return { v: valueJson(value), i: variationId };
  };
  const options = (given: readonly TestPercentageOption[]) =>
    given.map(({ percentage, ...option }) => ({ p: percentage, ...served(option) }));
  return {
    t: types[type].wire,
    ...served(variation),
    a: percentageAttribute,
    r: rules.map(({ when, serve, percentages: shares }) => ({
      c: when.map((condition) => conditionJson(condition, valueJson)),
      ...(shares ? { p: options(shares) } : { s: served(serve) }),
    })),
    p: options(percentages),
  };
}

function toVariation(given: SettingValue | TestVariation): TestVariation {
  return isVariation(given) ? given : { value: given };
}

function isVariation(given: unknown): given is TestVariation {
  return typeof given === 'object' && given !== null;
}

/** How config JSON names the type of a setting, and the member that has its values. */
const types = {
  boolean: { wire: 0, member: 'b' },
  string: { wire: 1, member: 's' },
  number: { wire: 3, member: 'd' },
} as const;

function typeOf(key: string, value: unknown): keyof typeof types {
  const type = typeof value;
  if (type === 'boolean' || type === 'string' || (type === 'number' && Number.isFinite(value))) {
    return type;
  }
  throw invalid(key, `Expected a boolean, a text or a finite number, got ${String(value)}.`);
}

function valueJson(value: SettingValue): SettingJson {
  return { [types[typeof value as keyof typeof types].member]: value };
}

function invalid(key: string, problem: string): TypeError {
  return new TypeError(`Invalid test flag \`${key}\`. ${problem}`);
}
