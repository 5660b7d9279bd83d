import { createTextSet } from '#evaluation-memory';
import { InvalidConfigModelError } from '../errors.js';
import type { ComparisonValue } from '../model/config.js';
import { startOfHex, utf8 } from '../hash.js';
import type { Hasher } from './hasher.js';
import type { OperandFamily } from './operands.js';
import { dateOperand, listOperand, numberOperand, textOperand, versionOperand } from './operands.js';
import type { Scope } from './scope.js';
import { hasherOf } from './scope.js';
import type { Version } from './semver.js';
import { compareVersions, parseVersion } from './semver.js';
import type { TextSet } from './text-set.js';

type Test<T, P> = (operand: T, prepared: P) => boolean;

/** What a comparator compares, and how. */
export interface Comparator {
  /** Which member of the comparison value counts. */
  readonly member: keyof ComparisonValue;
  /** How the attribute is read. */
  readonly operand: OperandFamily<unknown>;
  /**
   * Prepares one comparison value for tests.
   *
   * @throws InvalidConfigModelError when the comparison value or the salt is missing.
   */
  readonly prepare: (value: ComparisonValue, scope: Scope) => unknown;
  /** Tests an operand against what was prepared: one function for all conditions, which keeps them small. */
  readonly test: Test<unknown, unknown>;
}

/** All comparators by their number in config JSON. Source: protocol section 6.1. */
export const comparators: readonly Comparator[] = [
  // 0 to 3: is one of, contains any of, and their opposites.
  ...pair(textOperand, 'list', toMembers, isMember),
  ...pair(
    textOperand,
    'list',
    asItIs,
    anyItem((text, item) => text.includes(item)),
  ),
  // 4 to 9: versions. Compat: one malformed version in the list makes both of these false, so 5 is not the negation of 4.
  row(versionOperand, 'list', toVersions, versionOneOf(true)),
  row(versionOperand, 'list', toVersions, versionOneOf(false)),
  byVersion((order) => order < 0),
  byVersion((order) => order <= 0),
  byVersion((order) => order > 0),
  byVersion((order) => order >= 0),
  // 10 to 15: numbers.
  byNumber((operand, value) => operand === value),
  byNumber((operand, value) => operand !== value),
  byNumber((operand, value) => operand < value),
  byNumber((operand, value) => operand <= value),
  byNumber((operand, value) => operand > value),
  byNumber((operand, value) => operand >= value),
  // 16 and 17: hashed, is one of.
  ...pair(textOperand, 'list', toHashedMembers, isHashedMember),
  // 18 and 19: before, after.
  byNumber((operand, value) => operand < value, dateOperand),
  byNumber((operand, value) => operand > value, dateOperand),
  // 20 to 27: hashed; equals, starts with, ends with, array contains.
  ...pair(textOperand, 'text', (value, scope) => toHashedMembers([value], scope), isHashedMember),
  ...pair(
    textOperand,
    'list',
    toHashedSlices((length) => [0, length]),
    holdsSlice,
  ),
  ...pair(
    textOperand,
    'list',
    toHashedSlices((length, end) => [end - length, end]),
    holdsSlice,
  ),
  ...pair(listOperand, 'list', toHashedMembers, anyElement(isHashedMember)),
  // 28 to 35: the same in plain text.
  ...pair(textOperand, 'text', asItIs, (text, value) => text === value),
  ...pair(
    textOperand,
    'list',
    asItIs,
    anyItem((text, item) => text.startsWith(item)),
  ),
  ...pair(
    textOperand,
    'list',
    asItIs,
    anyItem((text, item) => text.endsWith(item)),
  ),
  ...pair(listOperand, 'list', toMembers, anyElement(isMember)),
];

type Prepare<M extends keyof ComparisonValue, P> = (value: NonNullable<ComparisonValue[M]>, scope: Scope) => P;

function row<T, M extends keyof ComparisonValue, P>(
  operand: OperandFamily<T>,
  member: M,
  prepare: Prepare<M, P>,
  test: Test<T, P>,
): Comparator {
  return {
    member,
    operand,
    prepare: (value, scope) => {
      const given = value[member];
      if (given === undefined) throw new InvalidConfigModelError('Comparison value is missing.');
      return prepare(given, scope);
    },
    // The family above produced the operand, and the line above what was prepared.
    test: test as Test<unknown, unknown>,
  };
}

/** A comparator and the one that says the opposite. */
function pair<T, M extends keyof ComparisonValue, P>(
  operand: OperandFamily<T>,
  member: M,
  prepare: Prepare<M, P>,
  test: Test<T, P>,
): readonly Comparator[] {
  return [
    row(operand, member, prepare, test),
    row(operand, member, prepare, (value, prepared) => !test(value, prepared)),
  ];
}

function asItIs<T>(value: T): T {
  return value;
}

/** To look up a text among more takes a set, which takes ten times the memory. */
const mostInList = 16;

type Members = readonly string[] | TextSet;

function toMembers(items: readonly string[]): Members {
  return items.length > mostInList ? createTextSet(items) : items;
}

function isMember(text: string, members: Members): boolean {
  return Array.isArray(members) ? members.includes(text) : (members as TextSet).has(text);
}

function anyItem(matches: (text: string, item: string) => boolean): Test<string, readonly string[]> {
  return (text, items) => {
    for (const item of items) if (matches(text, item)) return true;
    return false;
  };
}

function anyElement<P>(matches: Test<string, P>): Test<readonly string[], P> {
  return (elements, prepared) => elements.some((element) => matches(element, prepared));
}

/** `undefined` when one of them is malformed. */
function toVersions(items: readonly string[]): readonly Version[] | undefined {
  const versions = items.filter((item) => item !== '').map(parseVersion);
  return versions.every((version) => version !== undefined) ? versions : undefined;
}

function versionOneOf(isWanted: boolean): Test<Version, readonly Version[] | undefined> {
  return (operand, versions) => versions?.some((version) => compareVersions(operand, version) === 0) === isWanted;
}

function byVersion(accepts: (order: number) => boolean): Comparator {
  return row(
    versionOperand,
    'text',
    parseVersion,
    (operand, version) => version !== undefined && accepts(compareVersions(operand, version)),
  );
}

function byNumber(test: Test<number, number>, operand = numberOperand): Comparator {
  return row(operand, 'number', asItIs, test);
}

interface HashedMembers {
  readonly starts: ReadonlySet<number>;
  readonly hashes: readonly string[];
  readonly hasher: Hasher;
}

function toHashedMembers(hashes: readonly string[], scope: Scope): HashedMembers {
  return { starts: new Set(hashes.map(startOfHex)), hashes, hasher: hasherOf(scope) };
}

function isHashedMember(text: string, { starts, hashes, hasher }: HashedMembers): boolean {
  return starts.has(hasher.startOf(text)) && hashes.includes(hasher.ofBytes(utf8(text)));
}

/** Items are `<length>_<hash>`: the length of a slice in bytes, and the hash it must have. Source: protocol section 6.5. */
function toHashedSlices(rangeOf: (length: number, end: number) => readonly [from: number, to: number]) {
  return (items: readonly string[], scope: Scope): ((text: string) => boolean) => {
    const slices = items.map(parseSlice);
    const { ofBytes } = hasherOf(scope);
    return scope.context.memo.wrap((text) => {
      const bytes = utf8(text);
      const hashes = new Map<number, string>();
      const hashOf = (length: number) => {
        const known = hashes.get(length);
        if (known !== undefined) return known;
        const hash = ofBytes(bytes.subarray(...rangeOf(length, bytes.length)));
        hashes.set(length, hash);
        return hash;
      };
      return slices.some((slice) => {
        if (!slice) throw new InvalidConfigModelError('Comparison value is invalid.');
        return slice.length <= bytes.length && hashOf(slice.length) === slice.hash;
      });
    });
  };
}

function holdsSlice(text: string, holds: (text: string) => boolean): boolean {
  return holds(text);
}

function parseSlice(item: string): { length: number; hash: string } | undefined {
  const [, digits, hash] = /^\s*([+-]?\d+)\s*_(.+)/s.exec(item) ?? [];
  // What is missing is no number.
  const length = Number(digits);
  return Number.isSafeInteger(length) && length >= 0 ? { length, hash: hash! } : undefined;
}
