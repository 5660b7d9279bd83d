import { isRecord } from '../model/description.js';

/** Tells documents of the previous format, `config_v5.json`: the value of their first setting stands there as it is. */
export function isConfigV5(document: unknown): boolean {
  if (!isRecord(document) || !isRecord(document.f)) return false;
  const [first] = Object.values(document.f);
  return isRecord(first) && isRawValue(first.v);
}

/** Tells what a setting of that format may serve. */
export function isRawValue(value: unknown): value is boolean | string | number {
  return /^(boolean|string|number)$/.test(typeof value);
}
