import type { InternalSnapshot, SnapshotContext } from '../core/snapshot.js';
import type { Evaluation } from '../evaluation/evaluate.js';
import type { HeldValue } from '../evaluation/held-value.js';
import type { User } from '../model/user.js';

/** What is known of snapshots that hold values. */
export interface HeldContext {
  /** How flags are evaluated otherwise. */
  readonly evaluateWithLog: SnapshotContext['evaluateWithLog'];
  /** What is held for a user; nothing where it is being released. */
  readonly heldOf: (
    snapshot: InternalSnapshot,
    key: string,
    user: User | undefined,
    live: Evaluation,
  ) => HeldValue | undefined;
}

/** By what snapshots are read by. */
export const heldContexts = new WeakMap<SnapshotContext, HeldContext>();
