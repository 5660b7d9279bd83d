import { InvalidConfigModelError } from '../errors.js';
import type { ComparisonValue } from '../model/config.js';
import { utf8 } from '../hash.js';
import type { OperandFamily } from './operands.js';
import { dateOperand, listOperand, numberOperand, textOperand, versionOperand } from './operands.js';
import type { Scope } from './scope.js';
import { hasherOf } from './scope.js';
import type { Version } from './semver.js';
import { compareVersions, parseVersion } from './semver.js';

type Test<T> = (operand: T) => boolean;

/** What a comparator compares, and how. */
export interface Comparator {
  /** Which member of the comparison value counts. */
  readonly member: keyof ComparisonValue;
  /** How the attribute is read. */
  readonly operand: OperandFamily<unknown>;
  /**
   * Prepares the test of an operand against one comparison value.
   *
   * @throws InvalidConfigModelError when the comparison value or the salt is missing.
   */
  readonly compile: (value: ComparisonValue, scope: Scope) => Test<unknown>;
}

/** All comparators by their number in config JSON. Source: protocol section 6.1. */
export const comparators: readonly Comparator[] = [
  // 0 to 3: is one of, contains any of, and their opposites.
  ...pair(textOperand, 'list', setTest),
  ...pair(
    textOperand,
    'list',
    anyItem((text, item) => text.includes(item)),
  ),
  // 4 to 9: versions. Compat: one malformed version in the list makes both of these false, so 5 is not the negation of 4.
  row(versionOperand, 'list', versionOneOf(true)),
  row(versionOperand, 'list', versionOneOf(false)),
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
  ...pair(textOperand, 'list', hashedSetTest),
  // 18 and 19: before, after.
  row(dateOperand, 'number', (value) => (operand) => operand < value),
  row(dateOperand, 'number', (value) => (operand) => operand > value),
  // 20 to 27: hashed; equals, starts with, ends with, array contains.
  ...pair(textOperand, 'text', (value, scope) => hashedSetTest([value], scope)),
  ...pair(
    textOperand,
    'list',
    hashedSlice((length) => [0, length]),
  ),
  ...pair(
    textOperand,
    'list',
    hashedSlice((length, end) => [end - length, end]),
  ),
  ...pair(listOperand, 'list', (items, scope) => anyElement(hashedSetTest(items, scope))),
  // 28 to 35: the same in plain text.
  ...pair(textOperand, 'text', (value) => (text) => text === value),
  ...pair(
    textOperand,
    'list',
    anyItem((text, item) => text.startsWith(item)),
  ),
  ...pair(
    textOperand,
    'list',
    anyItem((text, item) => text.endsWith(item)),
  ),
  ...pair(listOperand, 'list', (items) => anyElement(setTest(items))),
];

type Compile<T, M extends keyof ComparisonValue> = (value: NonNullable<ComparisonValue[M]>, scope: Scope) => Test<T>;

function row<T, M extends keyof ComparisonValue>(
  operand: OperandFamily<T>,
  member: M,
  compile: Compile<T, M>,
): Comparator {
  return {
    member,
    operand,
    compile: (value, scope) => {
      const given = value[member];
      if (given === undefined) throw new InvalidConfigModelError('Comparison value is missing.');
      // The family above produced the operand, so it has the type that the test expects.
      return compile(given, scope) as Test<unknown>;
    },
  };
}

/** A comparator and the one that says the opposite. */
function pair<T, M extends keyof ComparisonValue>(
  operand: OperandFamily<T>,
  member: M,
  compile: Compile<T, M>,
): readonly Comparator[] {
  const opposite: Compile<T, M> = (value, scope) => {
    const test = compile(value, scope);
    return (attribute) => !test(attribute);
  };
  return [row(operand, member, compile), row(operand, member, opposite)];
}

function setTest(items: readonly string[]): Test<string> {
  const members = new Set(items);
  return (text) => members.has(text);
}

function anyItem(matches: (text: string, item: string) => boolean) {
  return (items: readonly string[]): Test<string> =>
    (text) =>
      items.some((item) => matches(text, item));
}

function anyElement(matches: Test<string>): Test<readonly string[]> {
  return (elements) => elements.some(matches);
}

function versionOneOf(isWanted: boolean) {
  return (items: readonly string[]): Test<Version> => {
    const versions = items.filter((item) => item !== '').map(parseVersion);
    if (!versions.every((version) => version !== undefined)) return () => false;
    return (operand) => versions.some((version) => compareVersions(operand, version) === 0) === isWanted;
  };
}

function byVersion(accepts: (order: number) => boolean): Comparator {
  return row(versionOperand, 'text', (value) => {
    const version = parseVersion(value);
    return (operand) => version !== undefined && accepts(compareVersions(operand, version));
  });
}

function byNumber(holds: (operand: number, value: number) => boolean): Comparator {
  return row(numberOperand, 'number', (value) => (operand) => holds(operand, value));
}

function hashedSetTest(items: readonly string[], scope: Scope): Test<string> {
  const isMember = setTest(items);
  const { ofText } = hasherOf(scope);
  return (text) => isMember(ofText(text));
}

/** Items are `<length>_<hash>`: the length of a slice in bytes, and the hash it must have. Source: protocol section 6.5. */
function hashedSlice(rangeOf: (length: number, end: number) => readonly [from: number, to: number]) {
  return (items: readonly string[], scope: Scope): Test<string> => {
    const slices = items.map(parseSlice);
    const { ofBytes } = hasherOf(scope);
    return scope.context.memo((text) => {
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

function parseSlice(item: string): { length: number; hash: string } | undefined {
  const [, length = '', hash = ''] = /^([^_]*)_(.+)$/s.exec(item) ?? [];
  const isValid = /^\s*[+-]?\d+\s*$/.test(length) && Number.isSafeInteger(Number(length)) && Number(length) >= 0;
  return isValid ? { length: Number(length), hash } : undefined;
}
