import { toCacheText } from '../acquisition/entry.js';
import { detailsOf } from '../flags/details.js';
import { valueOf } from '../core/evaluate.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { Snapshot } from '../core/types.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { sourceOf } from '../evaluation/reuse.js';
import { allKeys, allValues } from '../flags/all-values.js';
import { keyAndValue } from '../flags/key-and-value.js';
import { orDefault, readJson } from '../flags/json-reading.js';
import type { StandardSchema } from '../model/standard-schema.js';
import type { User } from '../model/user.js';

/** A snapshot with all methods. */
export function createFullSnapshot(snapshot: InternalSnapshot): Snapshot {
  const { state, ruleset, defaultUser, hasConfig, context } = snapshot;
  const { fetchedAtMs } = state.entry;
  const publicSnapshot = {
    value: (key: string, defaultValue: DefaultValue, user: User | undefined = defaultUser) =>
      valueOf(snapshot, 'Snapshot.value', key, defaultValue, user),
    details: (key: string, defaultValue: DefaultValue, user: User | undefined = defaultUser) =>
      detailsOf(snapshot, 'Snapshot.details', key, defaultValue, user),
    json: (key: string, schema?: StandardSchema, defaultValue?: unknown, user: User | undefined = defaultUser) =>
      orDefault(readJson(snapshot, 'Snapshot.json', key, schema, user), defaultValue),
    keys: () => allKeys(snapshot),
    values: (user: User | undefined = defaultUser) => allValues(snapshot, 'Snapshot.values', user),
    keyAndValue: (variationId: string) => keyAndValue(snapshot, variationId, 'Snapshot.keyAndValue'),
    setting: (key: string) => (ruleset ? sourceOf(ruleset.layers, key) : undefined),
    defaultUser,
    hasConfig,
    get cacheState() {
      return context.cacheState(state);
    },
    get fetchedAt() {
      return fetchedAtMs === undefined ? undefined : new Date(fetchedAtMs);
    },
    get cacheText() {
      return state.entry.configText && toCacheText(state.entry);
    },
  };
  // The public type narrows keys and values; at run time any may come.
  return publicSnapshot as unknown as Snapshot;
}
