import type { Observable } from 'rxjs';
import type { Core } from '../core/source.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { SettingValue } from '../model/config.js';
import type { User } from '../model/user.js';
import { allValues } from './all-values.js';
import { tableStream } from './table.js';
import type { UserSource } from './users.js';

/** All flags of a user by key. See `ConfigCatClient.flags$`. */
export function allFlags$(core: Core, user?: UserSource): Observable<Readonly<Record<string, SettingValue | null>>> {
  const table = {
    keys: undefined,
    read: (snapshot: InternalSnapshot, effective: User | undefined) =>
      snapshot.hasConfig ? allValues(snapshot, 'flags$', effective) : {},
    initialValue: () => ({}),
  };
  return tableStream<Readonly<Record<string, SettingValue | null>>>(core, table, user);
}
