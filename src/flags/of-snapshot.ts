import { snapshotOf } from '../core/snapshot.js';
import type { CoreSnapshot, EvaluationDetails } from '../core/types.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { sourceOf } from '../evaluation/reuse.js';
import type { KeyAndValue } from '../evaluation/variations.js';
import type { Setting, SettingValue } from '../model/config.js';
import type { DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import { allKeys, allValues } from './all-values.js';
import { detailsOf } from './details.js';
import * as variations from './key-and-value.js';

/**
 * The value of a flag with variation ID, matched rule and error, by a snapshot.
 *
 * @param snapshot - of a core, or a client.
 * @throws TypeError when the key is no string, the default value is of a type that no setting has, or the snapshot is none.
 *
 * @example
 * const { variationId } = details(core.snapshot(), 'darkMode', false, user);
 */
export function details<F extends FlagTypes<F>, K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
  snapshot: CoreSnapshot<F>,
  key: K,
  defaultValue: D,
  user?: User,
): EvaluationDetails<FlagValue<F[K], D>>;
export function details(
  snapshot: CoreSnapshot,
  key: string,
  defaultValue: DefaultValue,
  user?: User,
): EvaluationDetails {
  const inner = snapshotOf(snapshot);
  return detailsOf(inner, 'Snapshot.details', key, defaultValue, user ?? inner.defaultUser);
}

/**
 * All values by key, by a snapshot; `null` for a flag that cannot be evaluated, empty while no config is known.
 *
 * @param snapshot - of a core, or a client.
 */
export function values(snapshot: CoreSnapshot, user?: User): Readonly<Record<string, SettingValue | null>> {
  const inner = snapshotOf(snapshot);
  return allValues(inner, 'Snapshot.values', user ?? inner.defaultUser);
}

/**
 * All keys, in the order of the config; empty while none is known.
 *
 * @param snapshot - of a core, or a client.
 */
export function keys(snapshot: CoreSnapshot): readonly string[] {
  return allKeys(snapshotOf(snapshot));
}

/**
 * The flag and the value that a variation ID stands for; `null` when there is none.
 *
 * @param snapshot - of a core, or a client.
 */
export function keyAndValue(snapshot: CoreSnapshot, variationId: string): KeyAndValue | null {
  return variations.keyAndValue(snapshotOf(snapshot), variationId, 'Snapshot.keyAndValue');
}

/**
 * A flag as the config has it: its type, rules and options. `undefined` when there is none; nothing is logged of that.
 *
 * @param snapshot - of a core, or a client.
 */
export function setting<F extends FlagTypes<F>>(snapshot: CoreSnapshot<F>, key: FlagKey<F>): Setting | undefined {
  const { ruleset } = snapshotOf(snapshot);
  return ruleset ? sourceOf(ruleset.layers, key) : undefined;
}
