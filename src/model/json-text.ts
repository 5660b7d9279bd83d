/**
 * Walks over JSON text without making values of it, so that nothing is left over.
 * Strict: what is walked over is JSON. What is JSON, but seldom written so, may be refused, and is then to be parsed.
 *
 * @returns the position after the value that starts at `at`, or `refused`.
 * @throws RangeError when a value is nested too deeply, or a text has too many escapes.
 */
export type Skip = (text: string, at: number) => number;

export const refused = -1;

/** The position of the next character that is no blank. */
export function skipBlanks(text: string, at: number): number {
  return text.charCodeAt(at) > 0x20 ? at : skipBlank(text, at);
}

/** Walks over what a regular expression matches. */
export function skipPattern(pattern: string): Skip {
  const expression = new RegExp(pattern, 'y');
  return (text, at) => {
    expression.lastIndex = at;
    return expression.test(text) ? expression.lastIndex : refused;
  };
}

const skipBlank = skipPattern('[ \\n\\r\\t]*');
const plain = String.raw`[^"\\\u0000-\u001f]*`;

/** Regular expressions of JSON, of which the next character shows whether they have matched all there is. */
export const patterns = {
  /** A string without escapes. */
  string: `"${plain}"`,
  /** What is surely a safe integer: more digits may be none. */
  integer: String.raw`-?(?:0|[1-9]\d{0,14})`,
  number: String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`,
  boolean: '(?:true|false)',
};

/** Walks over a string. */
export const skipString = skipPattern(String.raw`"${plain}(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})${plain})*"`);
const skipPlainString = skipPattern(patterns.string);
const skipScalar = skipPattern(`${patterns.number}|true|false|null`);

/** What an object may hold: members with names of one letter, each with a way over its value, and others. */
export interface Members {
  /** The names of known members, one after the other. */
  readonly names: string;
  /** Ways over their values. */
  readonly skips: readonly Skip[];
  /** Which of them must be there, as bits. */
  readonly required: number;
  /** The way over the value of any other member. */
  readonly skipOther: Skip;
  /** Is told of each member where its name, in quotes, and its value start and end. */
  readonly found: ((nameStart: number, nameEnd: number, start: number, end: number) => void) | undefined;
}

/** Walks over an object. `null` stands for a member that is absent. */
export function skipObject(text: string, at: number, members: Members): number {
  const { names, skips, required, skipOther, found } = members;
  let seen = 0;
  const end = skipSeries(text, at, '{}', (_, nameStart) => {
    // With escapes, it may be one that is known.
    const nameEnd = (names === '' ? skipString : skipPlainString)(text, nameStart);
    const place = nameEnd === nameStart + 3 ? names.indexOf(text.charAt(nameStart + 1)) : -1;
    const start = skipColon(text, nameEnd);
    if (start === refused) return refused;
    const bit = place < 0 ? 0 : 1 << place;
    // Which one counts of two members with one name is the business of who parses them.
    if ((seen & bit) !== 0) return refused;
    seen |= bit;
    const isAbsent = (bit & ~required) !== 0 && text.startsWith('null', start);
    const end = isAbsent ? start + 4 : (skips[place] ?? skipOther)(text, start);
    found?.(nameStart, nameEnd, start, end);
    return end;
  });
  return (seen & required) === required ? end : refused;
}

function skipColon(text: string, nameEnd: number): number {
  if (nameEnd === refused) return refused;
  const at = skipBlanks(text, nameEnd);
  return text.charAt(at) === ':' ? skipBlanks(text, at + 1) : refused;
}

/** Walks over a list, each item in its way. */
export function skipList(text: string, at: number, skipItem: Skip): number {
  return skipSeries(text, at, '[]', skipItem);
}

/** Walks over items with commas between them, and a bracket on either side. */
function skipSeries(text: string, at: number, brackets: string, skipItem: Skip): number {
  if (text.charAt(at) !== brackets[0]) return refused;
  at = skipBlanks(text, at + 1);
  if (text.charAt(at) === brackets[1]) return at + 1;
  for (;;) {
    at = skipItem(text, at);
    if (at === refused) return refused;
    at = skipBlanks(text, at);
    if (text.charAt(at) === brackets[1]) return at + 1;
    if (text.charAt(at) !== ',') return refused;
    at = skipBlanks(text, at + 1);
  }
}

/** Walks over anything. */
export function skipAny(text: string, at: number): number {
  switch (text.charAt(at)) {
    case '"':
      return skipString(text, at);
    case '{':
      return skipObject(text, at, anyMembers);
    case '[':
      return skipList(text, at, skipAny);
    default:
      return skipScalar(text, at);
  }
}

const anyMembers: Members = { names: '', skips: [], required: 0, skipOther: skipAny, found: undefined };
