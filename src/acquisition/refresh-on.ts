import type { Observable } from 'rxjs';
import { requireDurationSeconds, requireObject } from '../arguments.js';
import type { Trigger } from './triggers.js';
import { demandAtEach } from './triggers.js';

/** What makes a core fetch besides its polling mode, made by `refreshOn()`. */
export interface RefreshHints {
  /** @internal */
  readonly trigger: Trigger;
}

/** How a stream makes a core fetch. */
export interface RefreshOnOptions {
  /**
   * A config that was fetched less than this many seconds ago is not fetched again for an emission, 0 to 2147483.
   *
   * @defaultValue `0`
   */
  readonly minRefreshAgeSeconds?: number;
}

/**
 * Hints for the `refreshOn` option of a core: whatever the stream emits makes the core fetch, in every polling mode.
 * Emissions during a fetch share one more fetch after it. Should the stream error, that is logged and changes nothing else.
 * Clients take such streams as they are.
 *
 * @throws TypeError when it is no stream, RangeError when the age is out of its range.
 *
 * @example
 * const core = createCore(sdkKey, { polling: lazyLoad(), refreshOn: refreshOn(fromEvent(button, 'click')) });
 */
export function refreshOn(stream$: Observable<unknown>, options: RefreshOnOptions = {}): RefreshHints {
  const { minRefreshAgeSeconds = 0 } = options;
  requireObject('stream$', stream$, 'subscribe');
  requireDurationSeconds('options.minRefreshAgeSeconds', minRefreshAgeSeconds, 0);
  const minAgeMs = minRefreshAgeSeconds * 1000 - 1;
  return {
    trigger: (context) =>
      demandAtEach('refreshOn$', stream$, context.refresh, context, () => context.isOlder(minAgeMs)),
  };
}
