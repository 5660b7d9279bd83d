import type { SettingValue, Snapshot, User } from '../index.js';
import { varyAttribute } from './population.js';

/** A value, and how many users of a population get it. */
export interface ValueShare {
  /** `null` stands for a flag that cannot be evaluated. */
  readonly value: SettingValue | null;
  readonly variationId: string | undefined;
  readonly users: number;
}

/**
 * Counts which users get which value of a flag, among users who differ in one attribute only: each is evaluated by the code
 * that serves values. The greatest share comes first.
 */
export function splitOf(
  snapshot: Snapshot,
  key: string,
  user: User,
  { attribute, size }: { readonly attribute: string; readonly size: number },
): ValueShare[] {
  const shares = new Map<string, { value: ValueShare['value']; variationId: string | undefined; users: number }>();
  for (const somebody of varyAttribute(user, attribute, size)) {
    const { value, variationId } = snapshot.details<string, SettingValue | null>(key, null, somebody);
    const name = JSON.stringify([value, variationId]);
    const share = shares.get(name) ?? { value, variationId, users: 0 };
    share.users++;
    shares.set(name, share);
  }
  return [...shares.values()].sort((a, b) => b.users - a.users);
}
