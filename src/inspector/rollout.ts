import type { SettingValue, Snapshot, User } from '../index.js';
import { varyAttribute } from './population.js';

/** How many users of a population get a value. */
export interface Share {
  /** `null` stands for a flag that cannot be evaluated. */
  readonly value: SettingValue | null;
  readonly variationId: string | undefined;
  readonly users: number;
}

/**
 * How a flag is split among users who are all alike, but for one attribute: evaluated one by one, by the very code that
 * serves values. The greatest share comes first.
 */
export function splitOf(
  snapshot: Snapshot,
  key: string,
  user: User,
  { attribute, size }: { readonly attribute: string; readonly size: number },
): Share[] {
  const shares = new Map<string, { value: Share['value']; variationId: string | undefined; users: number }>();
  for (const somebody of varyAttribute(user, attribute, size)) {
    const { value, variationId } = snapshot.details<string, SettingValue | null>(key, null, somebody);
    const name = JSON.stringify([value, variationId]);
    const share = shares.get(name) ?? { value, variationId, users: 0 };
    share.users++;
    shares.set(name, share);
  }
  return [...shares.values()].sort((a, b) => b.users - a.users);
}
