import { coreOf } from '../core/source.js';
import type { Observable } from 'rxjs';
import { distinctUntilChanged, map } from 'rxjs';
import type { FlagSource } from '../core/source.js';
import { untilDisposed } from '../lifetime/until-disposed.js';
import { allKeys } from './all-values.js';
import { knownSnapshots } from './snapshots.js';

/** The keys of all flags, in the order of the config, each time that they change. */
export function keys$(source: FlagSource): Observable<readonly string[]> {
  const core = coreOf(source);
  const { current$, last$ } = knownSnapshots(core);
  const key$ = current$.pipe(
    map(allKeys),
    distinctUntilChanged((a, b) => a.length === b.length && a.every((key, i) => key === b[i])),
  );
  return untilDisposed(core.lifetime, key$, () => last$.pipe(map(allKeys)));
}
