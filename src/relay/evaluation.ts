import { createHash } from 'node:crypto';
import type { CoreSnapshot, EvaluationDetails, SettingValue, User } from '../functions.js';
import { details, keys, setting } from '../functions.js';

/** A flag as it is for some users. All users for whom it is the same share one object. */
export interface EvaluatedFlag {
  /** Different for each such object. */
  readonly id: number;
  readonly key: string;
  /** `null` where the flag cannot be evaluated. */
  readonly value: SettingValue | null;
  readonly variationId: string | undefined;
  readonly reason: 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'UNKNOWN';
  /** As values are sent. */
  readonly json: string;
}

/** All flags of one config as they are for some users, who share the object. */
export interface UserValues {
  readonly keys: readonly string[];
  readonly flags: readonly EvaluatedFlag[];
  /** With its quotes. Equal tags, equal values. */
  readonly etag: string;
}

/** A user whose values are kept, be it for several streams. */
export interface EvaluatedUser {
  /** `undefined`: nobody, or the default user. */
  readonly user: User | undefined;
  /** The values, and the number of the config that they are of. */
  values: UserValues | undefined;
  configNumber: number;
}

/** One config, and what was evaluated by it. */
export interface ConfigState {
  readonly number: number;
  readonly snapshot: CoreSnapshot;
  readonly keys: readonly string[];
  readonly indexes: ReadonlyMap<string, number>;
  /** What differs from the config before; `undefined`: everything may. */
  readonly changed: ReadonlySet<string> | undefined;
  readonly seenAtMs: number;
  /** By key, and by what was evaluated. */
  readonly flags: Map<string, Map<string, EvaluatedFlag>>;
  /** By the numbers of the flags. */
  readonly values: Map<string, UserValues>;
}

const types = { boolean: 0, string: 1, int: 2, double: 3 } as const;

/**
 * What evaluations by a config begin with.
 *
 * @param former - the config before.
 * @param changed - the keys of all flags that it changes the meaning of; `undefined` where that is not known.
 */
export function createConfigState(
  snapshot: CoreSnapshot,
  former: ConfigState | undefined,
  changed: ReadonlySet<string> | undefined,
  seenAtMs: number,
): ConfigState {
  const list = keys(snapshot);
  const isSame = list.length === former?.keys.length && list.every((key, i) => key === former.keys[i]);
  const kept = changed && former ? [...former.flags].filter(([key]) => !changed.has(key)) : [];
  return {
    number: (former?.number ?? 0) + 1,
    snapshot,
    keys: isSame ? former.keys : list,
    indexes: isSame ? former.indexes : new Map(list.map((key, i) => [key, i])),
    changed,
    seenAtMs,
    flags: new Map(kept),
    values: new Map(),
  };
}

let flagCount = 0;

/** Evaluates one flag for a user. */
export function evaluateFlag({ snapshot, flags }: ConfigState, key: string, user: User | undefined): EvaluatedFlag {
  const answer = details(snapshot, key, null, user ?? snapshot.defaultUser) as EvaluationDetails;
  const isFailed = answer.errorCode !== 0;
  const value = isFailed ? null : (answer.value ?? null);
  const variationId = isFailed ? undefined : (answer.variationId ?? undefined);
  const reason = isFailed ? 'UNKNOWN' : reasonOf(answer);
  const place = `${reason} ${typeof value} ${variationId ?? ''}\n${String(value)}`;
  let known = flags.get(key);
  if (!known) flags.set(key, (known = new Map<string, EvaluatedFlag>()));
  let flag = known.get(place);
  if (!flag) {
    const type = types[setting(snapshot, key)?.type ?? 'string'];
    const json = JSON.stringify([key, value, variationId ?? null, type]);
    known.set(place, (flag = { id: ++flagCount, key, value, variationId, reason, json }));
  }
  return flag;
}

/** Evaluates all flags for a user; where the values by the config before are known, only those that have changed since. */
export function evaluateAll(config: ConfigState, { user, values, configNumber }: EvaluatedUser): UserValues {
  const { changed } = config;
  const former = changed && values && configNumber === config.number - 1 ? values : undefined;
  const isSameList = former?.keys === config.keys;
  const formerByKey = former && !isSameList ? new Map(former.flags.map((flag) => [flag.key, flag])) : undefined;
  const flags = config.keys.map((key, i) => {
    const kept = changed?.has(key) ? undefined : formerByKey ? formerByKey.get(key) : former?.flags[i];
    return kept ?? evaluateFlag(config, key, user);
  });
  if (former && isSameList && former.flags.every((flag, i) => flag === flags[i])) return former;
  const place = flags.map(({ id }) => id).join();
  let shared = config.values.get(place);
  if (!shared) config.values.set(place, (shared = { keys: config.keys, flags, etag: etagOf(flags) }));
  return shared;
}

function reasonOf({ matchedPercentageOption, matchedTargetingRule }: EvaluationDetails) {
  if (matchedPercentageOption) return 'SPLIT';
  return matchedTargetingRule ? 'TARGETING_MATCH' : 'STATIC';
}

/** The tag is a hash of what is sent, so that each relay gives the same, and nothing of the config is in it. */
function etagOf(flags: readonly EvaluatedFlag[]): string {
  return `"${createHash('sha1').update(jsonOf(flags)).digest('base64url')}"`;
}

/** All flags as a list. */
export function jsonOf(flags: readonly EvaluatedFlag[]): string {
  return `[${flags.map(({ json }) => json).join()}]`;
}
