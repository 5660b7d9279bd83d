import type { Observable } from 'rxjs';
import type { FlagSource } from '../core/source.js';
import { coreOf } from '../core/source.js';
import type { CacheState } from '../core/types.js';
import { untilDisposed } from '../lifetime/until-disposed.js';

/**
 * Emits once, when reads need not wait any more, and completes; says what there is then. Completes without a value when
 * the source is disposed first.
 *
 * @param source - a core, or a client.
 */
export function ready$(source: FlagSource): Observable<CacheState> {
  const { data, lifetime } = coreOf(source);
  return untilDisposed(lifetime, data.ready$, () => data.ready$);
}

/**
 * Tells whether reads need not wait any more: `ready$` for synchronous use. Of a source that is disposed there is nothing to
 * wait for either. Never waits, never fetches and reads no clock.
 *
 * @param source - a core, or a client.
 *
 * @example
 * if (!isReady(core)) showSpinner();
 */
export function isReady(source: FlagSource): boolean {
  const { data, lifetime } = coreOf(source);
  return data.state().isInitialised || lifetime.isDisposed();
}
