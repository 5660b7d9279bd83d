import type { Subscriber } from 'rxjs';
import { requireMade } from '../arguments.js';
import type { State } from '../acquisition/outcome.js';
import type { DefaultValue, Evaluation, evaluate } from '../evaluation/evaluate.js';
import type { CompiledSetting, Report, Ruleset } from '../evaluation/ruleset.js';
import type { Log } from '../logging/logger.js';
import type { User } from '../model/user.js';
import type { Events } from './events.js';
import type { CacheState, EvaluationDetails, Snapshot } from './types.js';

/** One state of the config, which the functions that answer questions read. */
export interface InternalSnapshot {
  readonly state: State<unknown>;
  /** `undefined` while no config is known. */
  readonly ruleset: Ruleset | undefined;
  readonly defaultUser: User | undefined;
  /** There is a config, or nothing but local overrides: what is asked is answered. */
  readonly hasConfig: boolean;
  readonly context: SnapshotContext;
  /** As it is handed out, made when it first is. */
  publicSnapshot: Snapshot | undefined;
}

/** What snapshots are read by, which not everybody needs. */
export interface SnapshotParts {
  /** Makes what is handed out of a snapshot. */
  readonly createPublicSnapshot: (snapshot: InternalSnapshot) => Snapshot;
  /** Evaluates a flag, and logs how at level `info`. */
  readonly evaluateWithLog?:
    | ((
        snapshot: InternalSnapshot,
        key: string,
        defaultValue: DefaultValue,
        user: User | undefined,
        shown: DefaultValue,
      ) => Evaluation)
    | undefined;
  /** Makes the details of evaluations for those who listen to them. */
  detailsOf?:
    | ((
        snapshot: InternalSnapshot,
        key: string,
        defaultValue: DefaultValue,
        user: User | undefined,
        evaluation: Evaluation,
      ) => EvaluationDetails)
    | undefined;
}

/** What snapshots need beside the state that they show. */
export interface SnapshotContext extends SnapshotParts {
  /** By rules, or by what somebody else has decided: each kind of source has its own. */
  readonly evaluate: typeof evaluate;
  readonly log: Log;
  readonly report: Report;
  readonly events: Pick<Events, 'event$' | 'emit' | 'hasListeners'>;
  /** Asked each time, because data ages while it stands still. */
  readonly cacheState: (state: State<unknown>) => CacheState;
}

/** What subscribers of a flag are shown of it. */
export interface View<T> {
  /** What tells it from the others. */
  readonly name: string;
  readonly evaluate: (snapshot: InternalSnapshot, key: string, fallback: DefaultValue, user: User | undefined) => T;
  readonly isSame: (a: T, b: T) => boolean;
  /** The answer tells its age, so that whoever comes later needs a new one. */
  readonly ages: boolean;
}

/** Brings each change to those whom it concerns, and to nobody else. */
export interface FanOut {
  /** Emits the present answer at once, and each other one later; completes with the client. */
  readonly attach: <T>(
    view: View<T>,
    key: string,
    fallback: DefaultValue,
    user: User | undefined,
    subscriber: Subscriber<T>,
  ) => void;
}

/** Freezes a state. */
export function createSnapshot(
  state: State<unknown>,
  ruleset: Ruleset | undefined,
  defaultUser: User | undefined,
  context: SnapshotContext,
): InternalSnapshot {
  const hasConfig = state.entry.configText !== undefined || context.cacheState(state) === 'local-only';
  return { state, ruleset, defaultUser, hasConfig, context, publicSnapshot: undefined };
}

/** Under this symbol snapshots keep what they show, also for other copies of this version of the library. */
const snapshotSymbol = Symbol.for('configcat-rx/1.snapshot');

/** A snapshot as it is handed out. */
export function publicSnapshotOf(snapshot: InternalSnapshot): Snapshot {
  if (!snapshot.publicSnapshot) {
    snapshot.publicSnapshot = snapshot.context.createPublicSnapshot(snapshot);
    Object.defineProperty(snapshot.publicSnapshot, snapshotSymbol, { value: snapshot });
  }
  return snapshot.publicSnapshot;
}

/**
 * What a snapshot that was handed out shows.
 *
 * @throws TypeError when it is none.
 */
export function snapshotOf(publicSnapshot: object): InternalSnapshot {
  return requireMade('snapshot', publicSnapshot, snapshotSymbol, 'a snapshot of a client');
}

/** The compiled form of a setting, by whose identity changes can be told. */
export function settingOf({ ruleset }: InternalSnapshot, key: string): CompiledSetting | undefined {
  try {
    return ruleset?.get(key);
  } catch {
    // Nested too deeply: evaluation says so.
  }
}
