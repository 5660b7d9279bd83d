import type { SettingValue, Snapshot, User } from '../index.js';

/**
 * Evaluates a flag, and gives its value or, if it cannot be evaluated, `null`. A config may have a flag whose key is empty:
 * clients refuse that key, but the flag is among all values.
 */
export function valueOf(snapshot: Snapshot, key: string, user: User | undefined): SettingValue | null {
  return key === ''
    ? (snapshot.values(user)[key] ?? null)
    : snapshot.value<string, SettingValue | null>(key, null, user);
}
