import type { Observable } from 'rxjs';
import { defer, map } from 'rxjs';
import type { Time } from '../time.js';
import type { EntryCache } from './cache.js';
import type { Entry } from './entry.js';
import { isExpired, isNewer } from './entry.js';
import type { Outcome, State } from './outcome.js';
import type { PollingPlan } from './polling/mode.js';

/** What a read of the external cache needs. */
interface CacheReadOptions<C> {
  readonly cache: Pick<EntryCache<C>, 'read'>;
  readonly polling: PollingPlan;
  readonly time: Time;
}

/** Reads the external cache for what is newer than the state. */
export function readNewerEntry<C>(
  { cache, polling, time }: CacheReadOptions<C>,
  state: () => State<C>,
): () => Observable<Outcome<C>> {
  const { scheduler } = time;
  const { freshForMs } = polling;
  const isFresh = (entry: Entry) => !isExpired(entry, freshForMs, scheduler.now());
  return () =>
    defer(() => {
      const { entry: known } = state();
      const isWanted = (entry: Entry, follows: boolean) => {
        const { entry: current, content } = state();
        // What the server has said meanwhile is newer than what was in the cache before.
        if (content === undefined || (follows && current === known)) return true;
        return isNewer(entry, current, scheduler.now(), freshForMs);
      };
      return cache.read(isWanted).pipe(map((outcome) => readyWith(sameContent(outcome, state()), isFresh)));
    });
}

/** The same text is the same config, whatever was read in between. */
function sameContent<C>(outcome: Outcome<C>, { entry, content }: State<C>): Outcome<C> {
  const { patch } = outcome;
  const isSame = patch.entry !== undefined && patch.entry.configText === entry.configText;
  return isSame ? { ...outcome, patch: { ...patch, content } } : outcome;
}

/** A fresh entry is worth no more waiting. */
function readyWith<C>(outcome: Outcome<C>, isFresh: (entry: Entry) => boolean): Outcome<C> {
  const { patch } = outcome;
  return patch.entry && isFresh(patch.entry) ? { ...outcome, patch: { ...patch, isInitialised: true } } : outcome;
}
