import { coreOf } from '../core/source.js';
import type { Observable } from 'rxjs';
import { distinctUntilChanged, map } from 'rxjs';
import type { RefreshFailure } from '../acquisition/outcome.js';
import type { Core, FlagSource } from '../core/source.js';
import type { CacheState } from '../core/types.js';
import { present, untilDisposed } from '../lifetime/until-disposed.js';
import { ageOf, stateWithExpiry$ } from './age.js';

/** What a client knows of its config, and how it goes about it. */
export interface ClientStatus {
  readonly cacheState: CacheState;
  /** When the server last vouched for the config; `undefined` while it never has. */
  readonly fetchedAt: Date | undefined;
  /** Milliseconds since then, at the time of this status. */
  readonly ageMs: number | undefined;
  readonly etag: string | undefined;
  readonly isFetching: boolean;
  /** Requests may be sent: the client is neither switched offline nor disposed. */
  readonly isOnline: boolean;
  /** How the last fetch failed; `undefined` after a good one. */
  readonly lastError: RefreshFailure | undefined;
}

/** State of the config and of fetching, each time it changes. */
export function status$(source: FlagSource): Observable<ClientStatus> {
  const core = coreOf(source);
  const changing$ = stateWithExpiry$(core).pipe(
    map(() => toStatus(core)),
    distinctUntilChanged(isSameStatus),
  );
  return untilDisposed(core.lifetime, changing$, () => present(toStatus(core)));
}

/**
 * State of the config and of fetching, as of now.
 *
 * @param source - a core, or a client.
 *
 * @example
 * const isHealthy = currentStatus(client).lastError === undefined;
 */
export function currentStatus(source: FlagSource): ClientStatus {
  return toStatus(coreOf(source));
}

function toStatus({ store, data, lifetime, options }: Core): ClientStatus {
  const state = store.state();
  const { entry, isFetching, isOnline, lastError } = state;
  return {
    ...ageOf(state, options.time),
    cacheState: data.cacheState(),
    etag: entry.etag,
    isFetching,
    isOnline: isOnline && !lifetime.isDisposed(),
    lastError,
  };
}

/** Age alone makes no difference: it changes with every look. */
function isSameStatus(a: ClientStatus, b: ClientStatus): boolean {
  return (
    a.cacheState === b.cacheState &&
    a.fetchedAt?.getTime() === b.fetchedAt?.getTime() &&
    a.etag === b.etag &&
    a.isFetching === b.isFetching &&
    a.isOnline === b.isOnline &&
    a.lastError === b.lastError
  );
}
