import type { ReplaySubject } from 'rxjs';
import type { Step } from '../acquisition/outcome.js';
import { guarded } from '../arguments.js';
import { methodFailed } from '../logging/events.js';
import type { Core } from './source.js';
import type { CacheState } from './types.js';
import { faceOf } from './snapshot.js';

/** Who is told of steps. */
export interface Announcement {
  readonly core: Core;
  readonly ready$: ReplaySubject<CacheState>;
  /** Runs a task when the step in hand has reached everybody. */
  readonly after: (task: () => void) => void;
}

/** Logs what went wrong in a step, and tells what happened as events, in the order of protocol section 11. */
export function announceStep<C>(
  [{ state: before }, { state, outcome }]: readonly [Step<C>, Step<C>],
  { core: { options, data, context }, ready$, after }: Announcement,
): void {
  const { log, events } = context;
  for (const entry of outcome.log ?? []) log(...entry);
  const { result, isInitiatedByUser = false } = outcome;
  if (result) events.emit({ type: 'configFetched', result, isInitiatedByUser });
  if (state.entry.configText !== before.entry.configText) {
    const changed = faceOf(data.snapshot());
    events.emit({ type: 'configChanged', snapshot: changed });
    after(() => {
      guarded(
        () => options.onConfigChanged?.(changed),
        (error) => {
          log(methodFailed, { method: 'onConfigChanged' }, error);
        },
      );
    });
  }
  if (state.isInitialised && !before.isInitialised) {
    events.emit({ type: 'ready', cacheState: data.cacheState() });
    ready$.next(data.cacheState());
    ready$.complete();
  }
}
