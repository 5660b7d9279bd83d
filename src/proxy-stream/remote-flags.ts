import type { SettingValue } from '../index.js';

/** A flag as the Proxy has evaluated it. */
export interface RemoteFlag {
  readonly value: SettingValue;
  readonly variationId?: string;
}

/** All flags by key, as the Proxy has evaluated them for one user. Has no keys but those. */
export type RemoteFlags = Readonly<Record<string, RemoteFlag>>;

/**
 * Reads a frame of the stream.
 *
 * @throws SyntaxError or TypeError when it holds anything else.
 */
export function parseFlags(text: string): RemoteFlags {
  const parsed: unknown = JSON.parse(text);
  if (!isObject(parsed) || !Object.values(parsed).every(isFlag)) throw new TypeError('The frame holds no flags.');
  // Without a prototype, so that no key of a flag is one that every object has.
  return Object.freeze(Object.assign(Object.create(null) as object, parsed)) as RemoteFlags;
}

function isFlag(flag: unknown): boolean {
  return (
    isObject(flag) &&
    /^(boolean|number|string)$/.test(typeof flag.value) &&
    /^(undefined|string)$/.test(typeof (flag.variationId ?? undefined))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
