/**
 * Walks over JSON text without making values of it: about five times as fast as making them, and nothing is left over.
 * Strict: what is walked over is JSON. What is JSON, but seldom written so, may be refused, and is then to be parsed.
 *
 * @returns the position after the value that starts at `at`, or `refused`.
 */
export type Skip = (text: string, at: number) => number;

export const refused = -1;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const minus = 0x2d;
const zero = 0x30;

/** More digits than that may be no safe integer. */
const mostDigits = 15;
/** Documents that are nested more deeply are parsed, because each level of nesting takes one of the stack. */
const deepest = 100;

const solid = /[^ \n\r\t]/g;

/** The position of the next character that is no blank. */
export function skipBlanks(text: string, at: number): number {
  if (text.charCodeAt(at) > 0x20) return at;
  solid.lastIndex = at;
  return solid.test(text) ? solid.lastIndex - 1 : text.length;
}

/** Walks over a string. */
export function skipString(text: string, at: number): number {
  if (text.charCodeAt(at) !== quote) return refused;
  for (;;) {
    const code = text.charCodeAt(++at);
    if (code === quote) return at + 1;
    // The end of the text is no number at all, so that this comparison fails there, too.
    if (!(code >= 0x20)) return refused;
    if (code !== backslash) continue;
    const escape = text.charAt(++at);
    if (escape === 'u' && isHex(text, at + 1)) at += 4;
    else if (!'"\\/bfnrt'.includes(escape) || escape === '') return refused;
  }
}

function isHex(text: string, at: number): boolean {
  return /^[\da-f]{4}$/i.test(text.slice(at, at + 4));
}

/** Walks over a number that is written as an integer, and is a safe one. */
export function skipInteger(text: string, at: number): number {
  const start = text.charCodeAt(at) === minus ? at + 1 : at;
  const end = skipDigits(text, start);
  const isPlain = end > start && end - start <= mostDigits && (end === start + 1 || text.charCodeAt(start) !== zero);
  return isPlain && !isNumberPart(text.charAt(end)) ? end : refused;
}

/** Walks over a number of any kind. */
export function skipNumber(text: string, at: number): number {
  const integer = skipInteger(text, at);
  if (integer !== refused) return integer;
  const [number] = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/.exec(text.slice(at, at + 40)) ?? [];
  return number !== undefined && number.length < 40 && !isNumberPart(text.charAt(at + number.length))
    ? at + number.length
    : refused;
}

function skipDigits(text: string, at: number): number {
  for (;;) {
    const code = text.charCodeAt(at);
    if (!(code >= zero && code <= 0x39)) return at;
    at++;
  }
}

function isNumberPart(char: string): boolean {
  return char !== '' && '0123456789.eE+-'.includes(char);
}

/** Walks over `true` or `false`. */
export function skipBoolean(text: string, at: number): number {
  return text.startsWith('true', at) ? at + 4 : text.startsWith('false', at) ? at + 5 : refused;
}

/** Walks over `null`. */
export function skipNull(text: string, at: number): number {
  return text.startsWith('null', at) ? at + 4 : refused;
}

/** What an object may hold: members with names of one small letter, each with a way over its value, and others. */
export interface Members {
  /** Ways over the values of known members; those that must be there come first. */
  readonly skips: readonly Skip[];
  /** The place among them by letter, `a` being 0. */
  readonly places: readonly (number | undefined)[];
  readonly requiredCount: number;
  /** The way over the value of any other member. */
  readonly skipOther: Skip;
  /** Is told of each member where its name, in quotes, and its value start and end. */
  readonly found?: (nameStart: number, nameEnd: number, start: number, end: number) => void;
}

/** Walks over an object. `null` stands for a member that is absent. */
export function skipObject(text: string, at: number, members: Members): number {
  const { requiredCount, skipOther, found } = members;
  if (text.charCodeAt(at) !== 0x7b) return refused;
  const required = (1 << requiredCount) - 1;
  let seen = 0;
  at = skipBlanks(text, at + 1);
  if (text.charCodeAt(at) === 0x7d) return required === 0 ? at + 1 : refused;
  for (;;) {
    const nameStart = at;
    const place = placeOf(text, at, members);
    const nameEnd = place === undefined ? skipName(text, at, members) : at + 3;
    const start = skipColon(text, nameEnd);
    if (start === refused) return refused;
    if (place === undefined) at = skipOther(text, start);
    else {
      at = skipMember(text, start, place, seen, members);
      seen |= 1 << place;
    }
    if (at === refused) return refused;
    found?.(nameStart, nameEnd, start, at);
    at = skipBlanks(text, at);
    const code = text.charCodeAt(at);
    if (code === 0x7d) return (seen & required) === required ? at + 1 : refused;
    if (code !== comma) return refused;
    at = skipBlanks(text, at + 1);
  }
}

function placeOf(text: string, at: number, { places }: Members): number | undefined {
  return text.charCodeAt(at) === quote && text.charCodeAt(at + 2) === quote
    ? places[text.charCodeAt(at + 1) - 0x61]
    : undefined;
}

function skipName(text: string, at: number, { skips }: Members): number {
  const end = skipString(text, at);
  // With escapes, it may be one that is known.
  return skips.length > 0 && text.slice(at, end).includes('\\') ? refused : end;
}

function skipColon(text: string, nameEnd: number): number {
  if (nameEnd === refused) return refused;
  const at = skipBlanks(text, nameEnd);
  return text.charCodeAt(at) === colon ? skipBlanks(text, at + 1) : refused;
}

function skipMember(text: string, at: number, place: number, seen: number, members: Members): number {
  const { skips, requiredCount } = members;
  // Which one counts of two members with one name is the business of who parses them.
  if ((seen & (1 << place)) !== 0) return refused;
  if (text.charCodeAt(at) !== 0x6e) return skips[place]!(text, at);
  return place < requiredCount ? refused : skipNull(text, at);
}

/** Walks over a list, each item in its way. */
export function skipList(text: string, at: number, skipItem: Skip): number {
  if (text.charCodeAt(at) !== 0x5b) return refused;
  at = skipBlanks(text, at + 1);
  if (text.charCodeAt(at) === 0x5d) return at + 1;
  for (;;) {
    at = skipItem(text, at);
    if (at === refused) return refused;
    at = skipBlanks(text, at);
    const code = text.charCodeAt(at);
    if (code === 0x5d) return at + 1;
    if (code !== comma) return refused;
    at = skipBlanks(text, at + 1);
  }
}

/** Walks over anything. */
export const skipAny = skipNested(0);

function skipNested(depth: number): Skip {
  const skipInner: Skip = (text, at) => (depth < deepest ? skipNested(depth + 1)(text, at) : refused);
  const members: Members = { skips: [], places: [], requiredCount: 0, skipOther: skipInner };
  return (text, at) => {
    switch (text.charAt(at)) {
      case '"':
        return skipString(text, at);
      case '{':
        return skipObject(text, at, members);
      case '[':
        return skipList(text, at, skipInner);
      case 't':
      case 'f':
        return skipBoolean(text, at);
      case 'n':
        return skipNull(text, at);
      default:
        return skipNumber(text, at);
    }
  };
}
