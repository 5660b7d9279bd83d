import { coreOf } from '../core/source.js';
import type { Observable } from 'rxjs';
import { EMPTY, filter, map, pairwise } from 'rxjs';
import type { FlagSource } from '../core/source.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { Snapshot } from '../core/types.js';
import { publicSnapshotOf } from '../core/snapshot.js';
import type { SettingChange } from '../evaluation/changes.js';
import { compareRulesets } from '../evaluation/changes.js';
import { untilDisposed } from '../lifetime/until-disposed.js';

/**
 * What a new config changes.
 *
 * @example
 * client.changes$.subscribe(({ flags }) => console.log(flags.map(({ key, reasons }) => `${key}: ${reasons}`)));
 */
export interface ConfigChange {
  /** The flags that do not mean what they did, in the order of the new config, those that are gone last. */
  readonly flags: readonly SettingChange[];
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/**
 * What a new config changes: flags whose own rules differ, and those that it reaches through segments and prerequisite
 * flags. Silent for the first config, and for one that changes nothing.
 *
 * @param source - a core, or a client.
 *
 * @example
 * changes$(core).subscribe(({ flags }) => console.log(flags.map(({ key }) => key)));
 */
export function changes$(source: FlagSource): Observable<ConfigChange> {
  const { data, lifetime } = coreOf(source);
  const change$ = data.snapshot$.pipe(
    pairwise(),
    filter(([before]) => before.hasConfig),
    map(([before, after]) => ({
      flags: changesBetween(before, after),
      before: publicSnapshotOf(before),
      after: publicSnapshotOf(after),
    })),
    filter(({ flags }) => flags.length > 0),
  );
  return untilDisposed(lifetime, change$, () => EMPTY);
}

function changesBetween(before: InternalSnapshot, after: InternalSnapshot): readonly SettingChange[] {
  return before.ruleset && after.ruleset ? compareRulesets(before.ruleset, after.ruleset) : [];
}
