import type { SettingValue, Snapshot, User } from '../index.js';

/**
 * The value of a flag, or `null` if it cannot be evaluated. A config may have a flag whose key is empty: nobody can ask
 * for it by name, but it is there among all values.
 */
export function valueOf(snapshot: Snapshot, key: string, user: User | undefined): SettingValue | null {
  return key === ''
    ? (snapshot.values(user)[key] ?? null)
    : snapshot.value<string, SettingValue | null>(key, null, user);
}
