import type { Config, Setting, User, UserAttributeValue, UserCondition } from '../index.js';

/** The attributes of simulated users, each with the values that rules distinguish. */
export type AttributePool = ReadonlyMap<string, readonly UserAttributeValue[]>;

/** Options of `simulateUsers()`. */
export interface PopulationOptions {
  readonly size: number;
  /** The attributes that all users share; these are not simulated. */
  readonly base?: Partial<User> | undefined;
}

const predefined = ['Identifier', 'Email', 'Country'];

/**
 * Collects the attributes that the rules, segments and percentage options of configs read, with the values in conditions and
 * some beside them. Values that a config holds as hashes cannot be known.
 */
export function attributesOf(configs: readonly Config[]): AttributePool {
  const pool = new Map<string, Set<UserAttributeValue>>();
  const valuesOf = (attribute: string) => {
    const values = pool.get(attribute) ?? new Set();
    pool.set(attribute, values);
    return values;
  };
  for (const config of configs) {
    for (const setting of settingsOf(config)) {
      if (setting.percentageAttribute) valuesOf(setting.percentageAttribute);
      for (const { attribute, ...condition } of userConditionsOf(setting, config)) {
        const values = valuesOf(attribute);
        for (const value of valuesAround(condition)) values.add(value);
      }
    }
  }
  return new Map(Array.from(pool, ([attribute, values]) => [attribute, [...values]]));
}

/**
 * Creates users who have each value of a pool about equally often, and now and then none; the same ones each time.
 * Identifiers are all different: those in rules come first.
 */
export function simulateUsers(pool: AttributePool, { size, base = {} }: PopulationOptions): User[] {
  const random = seededRandom(1);
  const named = (pool.get('Identifier') ?? []).map(String);
  const varied = [...pool].filter(([attribute]) => attribute !== 'Identifier' && !isIn(base, attribute));
  return Array.from({ length: size }, (_, i) => {
    let user: User = { ...base, identifier: base.identifier ?? named[i] ?? `user-${i + 1}` };
    for (const [attribute, values] of varied) {
      // Two more places: a value that is in no rule, and no value at all.
      const place = Math.floor(random() * (values.length + 2));
      if (place <= values.length) user = withAttribute(user, attribute, values[place] ?? `${attribute}-${i + 1}`);
    }
    return user;
  });
}

/** Creates copies of a user, each with another value of one attribute. */
export function varyAttribute(user: User, attribute: string, size: number): User[] {
  return Array.from({ length: size }, (_, i) => withAttribute(user, attribute, `${attribute.toLowerCase()}-${i + 1}`));
}

/** Sets one attribute of a user, by the name that configs use for it. */
export function withAttribute(user: User, attribute: string, value: UserAttributeValue): User {
  if (predefined.includes(attribute)) return { ...user, [attribute.toLowerCase()]: asText(value) };
  // Names such as `__proto__` are attributes like others.
  return { ...user, custom: Object.fromEntries([...Object.entries(user.custom ?? {}), [attribute, value]]) };
}

function isIn(user: Partial<User>, attribute: string): boolean {
  return predefined.includes(attribute)
    ? user[attribute.toLowerCase() as 'identifier' | 'email' | 'country'] !== undefined
    : Object.hasOwn(user.custom ?? {}, attribute);
}

function asText(value: UserAttributeValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function settingsOf(config: Config): Setting[] {
  return config.keys.map((key) => config.setting(key)).filter((setting) => setting !== undefined);
}

function userConditionsOf(setting: Setting, config: Config): UserCondition[] {
  return setting.targetingRules
    .flatMap(({ conditions }) => conditions)
    .flatMap((condition) => {
      if (condition.kind === 'user') return [condition];
      return condition.kind === 'segment' ? (config.segment(condition.segmentIndex)?.conditions ?? []) : [];
    });
}

/** Whether a comparator's values are hashes. Source: protocol section 6.1. */
function isHashed({ comparator }: Omit<UserCondition, 'attribute'>): boolean {
  return comparator === 16 || comparator === 17 || (comparator >= 20 && comparator <= 27);
}

function valuesAround(condition: Omit<UserCondition, 'attribute'>): UserAttributeValue[] {
  const { text, number, list } = condition.comparisonValue;
  if (isHashed(condition)) return [];
  if (number !== undefined) {
    // The step is half a day in seconds for times.
    const step = condition.comparator === 18 || condition.comparator === 19 ? 43_200 : 1;
    return [number - step, number, number + step];
  }
  const isArray = condition.comparator === 34 || condition.comparator === 35;
  const texts = list ?? (text === undefined ? [] : [text]);
  if (isArray) return texts.map((item) => [item]);
  // Something below and something above each version.
  const isVersion = condition.comparator >= 4 && condition.comparator <= 9;
  return isVersion ? ['0.0.0', ...texts, '999.0.0'] : [...texts];
}

/** Random numbers from 0 to 1 that are the same each time: mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
