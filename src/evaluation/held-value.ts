import type { SettingValue } from '../model/config.js';
import type { Decision } from './ruleset.js';

/** A value that a session holds, and what it would be by the present config. */
export interface HeldValue<T = SettingValue | null | undefined> {
  readonly value: T;
  readonly variationId: string | undefined;
  /** When the value was first shown. */
  readonly since: Date;
  /** What the value would be without the hold: the default value where the flag cannot be evaluated. */
  readonly currentValue: T;
  readonly currentVariationId: string | undefined;
}

/** What evaluation decided, where a value is held, and what details say of that. */
export interface HeldDecision extends Decision {
  readonly held?: { readonly held: HeldValue };
}
