import type { Step } from '../acquisition/outcome.js';
import type { Log } from '../logging/logger.js';
import { messages } from '../logging/messages.js';
import { guarded } from '../arguments.js';
import type { CacheState, Snapshot } from './snapshot.js';
import type { ClientEvent } from './types.js';

/** What steps are shown by, and who is told. */
export interface Effects {
  readonly log: Log;
  readonly snapshot: () => Snapshot;
  readonly cacheState: () => CacheState;
  readonly onConfigChanged: ((snapshot: Snapshot) => void) | undefined;
  readonly event: (event: ClientEvent) => void;
  readonly ready: (cacheState: CacheState) => void;
  /** Runs a task when the step in hand has reached everybody. */
  readonly after: (task: () => void) => void;
}

/** Logs what went wrong in a step, and tells what happened as events, in the order of protocol section 11. */
export function perform<C>(
  [{ state: before }, { state, outcome }]: readonly [Step<C>, Step<C>],
  { log, snapshot, cacheState, onConfigChanged, event, ready, after }: Effects,
): void {
  for (const [level, eventId, text, error] of outcome.log ?? []) log[level](eventId, () => text, error);
  const { result, isInitiatedByUser = false } = outcome;
  if (result) event({ type: 'configFetched', result, isInitiatedByUser });
  if (state.entry.configText !== before.entry.configText) {
    const changed = snapshot();
    event({ type: 'configChanged', snapshot: changed });
    after(() => {
      guarded(
        () => onConfigChanged?.(changed),
        (error) => {
          log.error(1003, () => messages.methodFailed('onConfigChanged'), error);
        },
      );
    });
  }
  if (state.isInitialised && !before.isInitialised) {
    event({ type: 'ready', cacheState: cacheState() });
    ready(cacheState());
  }
}
