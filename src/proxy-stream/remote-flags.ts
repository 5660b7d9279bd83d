import type { SettingValue } from '../index.js';

/** A flag as the Proxy has evaluated it. */
export interface RemoteFlag {
  readonly value: SettingValue;
  readonly variationId?: string;
}

/**
 * All flags by key, as the Proxy has evaluated them for one user. Has no keys but those; a flag that the Proxy could not
 * evaluate is missing.
 */
export type RemoteFlags = Readonly<Record<string, RemoteFlag>>;

/**
 * Reads a frame of the stream.
 *
 * @throws SyntaxError or TypeError when it holds anything else.
 */
export function parseFlags(text: string): RemoteFlags {
  const parsed: unknown = JSON.parse(text);
  if (!isFlags(parsed)) throw new TypeError('The frame holds no flags.');
  // Without a prototype, so that no key of a flag is one that every object has.
  const flags = Object.create(null) as Record<string, RemoteFlag>;
  for (const [key, flag] of Object.entries(parsed)) {
    // Compat: this is how the Proxy tells of a flag that depends on itself, or on one that does not exist.
    if (flag.value !== null) flags[key] = flag as RemoteFlag;
  }
  return Object.freeze(flags);
}

/** A flag on the wire. */
type SentFlag = Omit<RemoteFlag, 'value'> & { readonly value: SettingValue | null };

function isFlags(value: unknown): value is Readonly<Record<string, SentFlag>> {
  return isObject(value) && Object.values(value).every(isFlag);
}

function isFlag(flag: unknown): boolean {
  return (
    isObject(flag) &&
    (flag.value === null || /^(boolean|number|string)$/.test(typeof flag.value)) &&
    /^(undefined|string)$/.test(typeof (flag.variationId ?? undefined))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
