import { requireObject, requireOneOf, requireString, requireType } from '../arguments.js';
import type { SessionStorage } from '../session.js';

/** Attributes of the cookie of a session. It has no end of its own, so that the session ends with the browser. */
export interface CookieOptions {
  /**
   * Below which path browsers send them.
   *
   * @defaultValue `'/'`
   */
  readonly path?: string;
  /** For which domain and those below it. Default: for the host of the page alone. */
  readonly domain?: string;
  /** Only by HTTPS. Default: where the page came by HTTPS; on servers `false`, because they may not know. */
  readonly secure?: boolean;
  /**
   * What browsers send them with.
   *
   * @defaultValue `'Lax'`
   */
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
}

/** The cookies of one request, as a place for a session. */
export interface RequestCookies extends SessionStorage {
  /** What the `Set-Cookie` headers of the answer have to be: one for each cookie that the request did not have like that. */
  setCookies(): string[];
}

/** Browsers may ignore longer ones: name and value, which are ASCII. Source: RFC 6265 section 6.1. */
const maxCookieBytes = 4096;

/** Nothing is read of longer headers, which no browser sends. */
const maxHeaderLength = 100_000;

/**
 * Keeps the session of a page in a cookie, so that a server with `requestCookies()` shows the same held values; for
 * `session({ storage })`. All tabs then have one session, until the browser ends. There is room for some thirty values: `setItem`
 * throws beyond that, so that the session is told once (event 1003) and kept in memory.
 *
 * @throws TypeError where there is no `document`, or naming the option that is wrong.
 *
 * @example
 * const client = createClient(sdkKey, { hold: session({ storage: pageCookies() }) });
 */
export function pageCookies(options: CookieOptions = {}): SessionStorage {
  if (typeof document === 'undefined') throw new TypeError('Only pages have a `document.cookie`.');
  const attributes = attributesOf({ secure: document.location.protocol === 'https:', ...options });
  return {
    getItem: (name) => readCookie(document.cookie, name),
    setItem: (name, text) => {
      document.cookie = writeCookie(name, text, attributes);
    },
    removeItem: (name) => {
      document.cookie = removeCookie(name, attributes);
    },
  };
}

/**
 * Keeps the session of one request in its cookies, so that a page with `pageCookies()` shows the same held values; for
 * `session({ storage })`. `setItem` throws as that of `pageCookies()` does.
 *
 * @param header - the `Cookie` header; nothing where there was none. What no session has written there counts as none.
 * @throws TypeError naming the argument that is wrong.
 *
 * @example
 * const cookies = requestCookies(request.headers.cookie);
 * const held = heldSource(client, session({ storage: cookies }));
 * const state = dehydrateValues(held, { user });
 * response.setHeader('Set-Cookie', cookies.setCookies());
 */
export function requestCookies(header: string | null | undefined, options: CookieOptions = {}): RequestCookies {
  if (header != null) requireType('header', header, 'string');
  const attributes = attributesOf(options);
  const written = new Map<string, { readonly text: string | null; readonly cookie: string }>();
  const sent = (name: string) => readCookie(header ?? '', name);
  const note = (name: string, text: string | null, cookie: string) => {
    if (text === sent(name)) written.delete(name);
    else written.set(name, { text, cookie });
  };
  return {
    getItem: (name) => (written.has(name) ? written.get(name)!.text : sent(name)),
    setItem: (name, text) => {
      note(name, text, writeCookie(name, text, attributes));
    },
    removeItem: (name) => {
      note(name, null, removeCookie(name, attributes));
    },
    setCookies: () => [...written.values()].map(({ cookie }) => cookie),
  };
}

function attributesOf(options: CookieOptions): string {
  requireObject('options', options);
  const { path = '/', domain, secure = false, sameSite = 'Lax' } = options;
  requireType('options.secure', secure, 'boolean');
  requireOneOf('options.sameSite', sameSite, ['Strict', 'Lax', 'None']);
  for (const [name, text] of Object.entries({ path, domain })) {
    if (text === undefined) continue;
    requireString(`options.${name}`, text);
    // They would begin other attributes, or other headers.
    if (!/^[ -:<-~]+$/.test(text))
      throw new TypeError(`Invalid argument \`options.${name}\`. It has characters that cookies may not have.`);
  }
  const texts = [
    `Path=${path}`,
    domain !== undefined && `Domain=${domain}`,
    `SameSite=${sameSite}`,
    secure && 'Secure',
  ];
  return texts
    .map((text) => text && `; ${text}`)
    .filter(Boolean)
    .join('');
}

function writeCookie(name: string, text: string, attributes: string): string {
  const pair = `${encodeURIComponent(name)}=${encode(swapQuotes(text))}`;
  if (pair.length > maxCookieBytes) {
    throw new RangeError(
      `The cookie ${encodeURIComponent(name)} would have ${pair.length} bytes, and browsers take ${maxCookieBytes}: hold fewer flags, or keep the session elsewhere.`,
    );
  }
  return pair + attributes;
}

function removeCookie(name: string, attributes: string): string {
  return `${encodeURIComponent(name)}=; Max-Age=0${attributes}`;
}

/** The first one of that name: browsers send the one of the longest path first. */
function readCookie(cookies: string, name: string): string | null {
  if (cookies.length > maxHeaderLength) return null;
  const beginning = `${encodeURIComponent(name)}=`;
  const pair = cookies
    .split(';')
    .map((text) => text.trim())
    .find((text) => text.startsWith(beginning));
  try {
    return pair ? swapQuotes(decodeURIComponent(pair.slice(beginning.length))) : null;
  } catch {
    // Somebody else has written it.
    return null;
  }
}

/** JSON has many quotes and commas, which cookies may not have, and few of their counterparts: they change places. */
function swapQuotes(text: string): string {
  return text.replace(/["',!]/g, (character) => counterparts[character as keyof typeof counterparts]);
}

const counterparts = { '"': "'", "'": '"', ',': '!', '!': ',' } as const;

/** Writes what cookies may not have as percentages. Source: RFC 6265 section 4.1.1, `cookie-octet`. */
function encode(text: string): string {
  return text.replace(/[^\w!#$&'()*+./:<>?@[\]^`{|}~-]/gu, (character) =>
    // Half of a character is none.
    /^[\ud800-\udfff]$/.test(character) ? '%EF%BF%BD' : encodeURIComponent(character),
  );
}
