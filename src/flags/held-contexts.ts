import type { InternalSnapshot, SnapshotContext } from '../core/snapshot.js';
import type { Evaluation } from '../evaluation/evaluate.js';
import type { HeldValue } from '../evaluation/held-value.js';
import type { SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';

/** What is known of snapshots that hold values. */
export interface HeldContext {
  /** By what they would be read otherwise. */
  readonly live: SnapshotContext;
  /** What is held for a user; nothing where it is being released. */
  readonly heldOf: (
    snapshot: InternalSnapshot,
    key: string,
    user: User | undefined,
    live: Evaluation,
  ) => HeldValue | undefined;
  /** The same snapshot for a reader who cannot use all values: no other is held for him. */
  readonly fitting: (snapshot: InternalSnapshot, fits: (value: SettingValue) => boolean) => InternalSnapshot;
}

/** By what snapshots are read by. */
export const heldContexts = new WeakMap<SnapshotContext, HeldContext>();
