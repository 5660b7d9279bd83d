import type { SettingValue } from '../model/config.js';

/** A flag that somebody else has decided: key, value (`null` where it cannot be evaluated), variation ID, number of its type. */
export type DecidedFlag = readonly [
  key: string,
  value: SettingValue | null,
  variationId: string | null | undefined,
  type: number,
];

/** Tells whether what has been received is a flag. What a later version puts into the place of ID and type does no harm. */
export function isDecidedFlag(flag: unknown): flag is DecidedFlag {
  if (!Array.isArray(flag)) return false;
  const [key, value] = flag as readonly unknown[];
  return typeof key === 'string' && (value === null || /boolean|number|string/.test(typeof value));
}
