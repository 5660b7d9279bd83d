import { coreOf } from '../core/source.js';
import type { Observable } from 'rxjs';
import type { Core, FlagSource } from '../core/source.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import { allValues } from './all-values.js';
import type { HoldOptions } from './held-source.js';
import { tableStream } from './table.js';
import type { UserSource } from './users.js';

/**
 * All flags at once; `null` for one that cannot be evaluated. The same object as long as no value differs.
 *
 * @param source - a core, or a client.
 *
 * @example
 * allFlags$(core, currentUser$).subscribe((values) => console.table(values));
 */
export function allFlags$(
  source: FlagSource,
  user?: UserSource,
  options?: HoldOptions,
): Observable<Readonly<Record<string, SettingValue | null>>> {
  return allFlagsBy(allValues, coreOf(source), user, options);
}

/** The same for those who do not evaluate by rules. */
export function allFlagsBy(
  readAll: typeof allValues,
  core: Core,
  user?: UserSource,
  options?: HoldOptions,
): Observable<Readonly<Record<string, SettingValue | null>>> {
  const table = {
    keys: undefined,
    read: (snapshot: InternalSnapshot, effective: User | undefined) =>
      snapshot.hasConfig ? readAll(snapshot, 'allFlags$', effective) : {},
    initialValue: () => ({}),
  };
  return tableStream<Readonly<Record<string, SettingValue | null>>>(core, table, user, options);
}
