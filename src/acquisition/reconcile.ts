import type { Observable } from 'rxjs';
import { EMPTY, concat, defer, of, switchMap } from 'rxjs';
import type { Entry } from './entry.js';
import { isNewer } from './entry.js';
import type { ConfigFetcher } from './fetch.js';
import type { FetchOutcome, State } from './outcome.js';
import type { Task } from './task.js';

/** How often the server is asked again because an ordered cache has brought something meanwhile. */
const maxRepetitions = 3;

/** An exchange with the server beside a cache, which may bring something while it is under way. */
export interface ReconcileOptions<C> {
  readonly state: () => State<C>;
  /** Its entries need not be compared by their times. */
  readonly isOrdered: boolean;
  /** How long a config counts as up to date. */
  readonly freshForMs: number;
  readonly nowMs: () => number;
  /** Takes an entry that the cache should have; nobody waits for that. */
  readonly store: (entry: Entry) => void;
}

/** Fetches, and leaves of the answer what is news beside what the cache has brought meanwhile, which is then stored. */
export function reconcile<C>(
  fetch: ConfigFetcher<C>,
  task: Pick<Task, 'isDemanded'>,
  options: ReconcileOptions<C>,
): Observable<FetchOutcome<C>> {
  const { state, isOrdered, store } = options;
  let repetitions = 0;
  const attempt$: Observable<FetchOutcome<C>> = defer(() => {
    const known = state().entry;
    return fetch(known).pipe(
      switchMap((outcome) => {
        const { entry } = outcome.patch;
        const { entry: current } = state();
        // Times do not tell which is newer: this answer, or what an ordered cache has brought since it was asked for.
        const isContested = entry && current.configText !== known.configText && current.configText !== entry.configText;
        if (isOrdered && isContested && repetitions++ < maxRepetitions) return attempt$;
        // What the server vouched for may have been replaced by something newer from the cache.
        const checked = current.configText === known.configText ? outcome.checked : undefined;
        const patch = contentOf(outcome, known, task.isDemanded, options);
        const stored = patch.entry ?? (checked && known.configText !== undefined && { ...known, ...checked });
        return concat(
          of({ ...outcome, checked, patch }),
          defer(() => {
            if (stored) store(stored);
            return EMPTY;
          }),
        );
      }),
    );
  });
  return attempt$;
}

/** The config of an answer, unless the cache has brought that of a later request meanwhile and nobody demands it. */
function contentOf<C>(
  { patch }: FetchOutcome<C>,
  known: Entry,
  isDemanded: boolean,
  { state, freshForMs, nowMs }: ReconcileOptions<C>,
): Partial<State<C>> {
  const { entry } = patch;
  const { entry: current, content } = state();
  if (!entry || (!isDemanded && current !== known && isNewer(current, entry, nowMs(), freshForMs))) return {};
  // The same text is the same config, whatever was read in between.
  return { entry, content: entry.configText === current.configText ? content : patch.content };
}
