import type { Observable } from 'rxjs';
import type { RefreshResult } from '../acquisition/outcome.js';
import { requireType, requireUser } from '../arguments.js';
import { valueOf } from '../core/evaluate.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import type { FlagSource } from '../core/source.js';
import { asSource } from '../core/source.js';
import type { CacheState, CoreSnapshot, Snapshot } from '../core/types.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { ready$ } from '../flags/ready.js';
import type { AnyFlags, FlagTypes } from '../model/flag-types.js';
import type { User } from '../model/user.js';
import type { RemoteParts } from './core.js';
import { createRemoteParts } from './core.js';
import type { RemoteOptions } from './options.js';
import { resolveRemoteOptions } from './options.js';

/**
 * Values of one user, as a relay has decided them. It is a source of flags: the functions of `configcat-rx/core`, and adapters
 * that take a core, take it. A question for another user than its own gets the default value, which is logged.
 *
 * @typeParam F - keys and types of the flags. Default: any.
 */
export interface RemoteCore<F extends FlagTypes<F> = AnyFlags> extends FlagSource<F> {
  /** The present state for synchronous use; never waits and never asks the relay. */
  snapshot(): CoreSnapshot<F>;
  /** The values that the server has rendered the page by, for hydration; nothing where `rendered` was not given. */
  readonly rendered: CoreSnapshot<F> | undefined;
  /** Emits once, when reads need not wait any more, and completes; says what there is then. */
  readonly ready$: Observable<CacheState>;
  /** Connects anew, so that the relay looks at who asks, and at all values; never rejects. */
  refresh(): Promise<RefreshResult>;
  /**
   * Tells the relay of another user, or of none, and follows his values. Those of the user before are shown until then:
   * nothing in between. To be called as well, with `undefined`, when it is a cookie that says who asks, and it is another one.
   */
  setUser(user: User | undefined): void;
  /** The same as `setUser()`, by the name that adapters know. */
  setDefaultUser(user: User | undefined): void;
  /** Closes the connection and completes all streams. Reads go on with what is known. */
  dispose(): void;
}

/**
 * Connects to a relay (`configcat-rx/relay`): a page then holds neither the rules of its flags nor the SDK key, and is told of
 * changes at once. Pass it to the functions of `configcat-rx/core`, and a bundle has those that you import.
 *
 * @typeParam F - keys and types of the flags. Default: any.
 * @throws Error or TypeError when there is no URL; other options are taken as they are.
 *
 * @example
 * import { flag$ } from 'configcat-rx/core';
 * import { createRemote } from 'configcat-rx/remote';
 *
 * const remote = createRemote({ url: '/flags', user: { identifier: '42' } });
 * flag$(remote, 'darkMode', false).subscribe(render);
 */
export function createRemote<F extends FlagTypes<F> = AnyFlags>(options: RemoteOptions): RemoteCore<F> {
  requireType('options', options, 'object');
  const parts = createRemoteParts(resolveRemoteOptions(options), { createPublicSnapshot: createRemoteSnapshot });
  // `F` is the caller's word about the flags: nothing at run time depends on it.
  return asSource(membersOf(parts), parts.core) as unknown as RemoteCore<F>;
}

/** What cores and clients have in common. */
export function membersOf({ core, rendered }: RemoteParts) {
  const { data, defaultUser, lifetime, store } = core;
  const setUser = (user: User | undefined) => {
    requireUser(user);
    defaultUser.set(user);
  };
  return {
    snapshot: () => publicSnapshotOf(data.snapshot()),
    rendered,
    ready$: ready$(core),
    refresh: () => new Promise<RefreshResult>((resolve) => void store.refresh$.subscribe(resolve)),
    setUser,
    setDefaultUser: setUser,
    dispose: lifetime.dispose,
  };
}

/** A snapshot without methods but for values. */
export function createRemoteSnapshot(snapshot: InternalSnapshot): Snapshot {
  const { state, defaultUser, hasConfig, context } = snapshot;
  const { fetchedAtMs } = state.entry;
  const publicSnapshot = {
    value: (key: string, defaultValue: DefaultValue, user: User | undefined = defaultUser) =>
      valueOf(snapshot, 'Snapshot.value', key, defaultValue, user),
    defaultUser,
    hasConfig,
    get cacheState() {
      return context.cacheState(state);
    },
    fetchedAt: fetchedAtMs === undefined ? undefined : new Date(fetchedAtMs),
    // There is no config that could be handed on.
    cacheText: undefined,
  };
  // Whoever has it from a core is told by its type what is not there.
  return publicSnapshot as unknown as Snapshot;
}
