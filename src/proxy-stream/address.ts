import type { User } from '../index.js';

/** The Proxy and user of a stream, which its URL names. */
export interface StreamTarget {
  readonly url: string;
  readonly sdkKey?: string;
  readonly sdkId?: string;
  readonly user?: User;
}

/** Builds the URL of a stream of all flags. Source: protocol section 14.1. */
export function addressOf({ url, sdkKey, sdkId, user }: StreamTarget): string {
  const base = withoutSlashes(url.replace(/[?#].*$/s, ''));
  const about = user && { user: attributesOf(user) };
  if (sdkId === undefined) return `${base}/sse/eval-all/k/${encode({ sdkKey, ...about })}`;
  return `${base}/sse/${encodeURIComponent(sdkId)}/eval-all${about ? `/${encode(about)}` : ''}`;
}

/** Removes slashes at the end; a regular expression would take quadratic time for a long row of them. */
function withoutSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
}

/** Encodes data for the path. Compat: the Proxy refuses ordinary Base64 that contains `+` or `/`, and expects UTF-8. */
function encode(data: object): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(JSON.stringify(data))) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** Lists the attributes of a user in one object. Compat: the Proxy refuses values other than texts, numbers and lists. */
function attributesOf({ identifier, email, country, custom = {} }: User): object {
  const attributes = { ...custom, Identifier: identifier, Email: email, Country: country };
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== undefined && (value as unknown) !== null)
      .map(([name, value]) => [name, toWire(value)]),
  );
}

function toWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'number' && Number.isFinite(value) ? value : String(value);
}
