import { coreOf } from '../core/source.js';
import type { Observable } from 'rxjs';
import { defer, filter, map } from 'rxjs';
import type { Core, FlagSource } from '../core/source.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { Snapshot } from '../core/types.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import { untilDisposed } from '../lifetime/until-disposed.js';

/** A snapshot of each config that differs from the one before, from the first one on. */
export function snapshot$(source: FlagSource): Observable<Snapshot> {
  const core = coreOf(source);
  const { current$, last$ } = knownSnapshots(core);
  return untilDisposed(core.lifetime, current$.pipe(map(publicSnapshotOf)), () => last$.pipe(map(publicSnapshotOf)));
}

/** Those with a config, under the default user of the moment: the present one and those to come, and the last. */
export function knownSnapshots({ data }: Core): Readonly<Record<'current$' | 'last$', Observable<InternalSnapshot>>> {
  const isKnown = ({ hasConfig }: InternalSnapshot) => hasConfig;
  return {
    current$: data.snapshot$.pipe(
      filter(isKnown),
      map(() => data.snapshot()),
    ),
    last$: defer(() => [data.snapshot()].filter(isKnown)),
  };
}
