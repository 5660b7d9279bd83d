import { InvalidConfigModelError } from '../errors.js';
import type { ComparisonValue } from '../model/config.js';
import { utf8 } from '../hash.js';
import type { OperandFamily } from './operands.js';
import { dateOperand, listOperand, numberOperand, textOperand, versionOperand } from './operands.js';
import type { Scope } from './scope.js';
import { hasherOf } from './scope.js';
import type { Version } from './semver.js';
import { compareVersions, parseVersion } from './semver.js';

/** How a comparison value may appear in logs. */
type Shown = 'plain' | 'hashed' | 'date';

type Test<T> = (operand: T) => boolean;

/** One row of the comparator table: its label in logs, how to read the operand, and how to build the test. */
export interface Comparator {
  readonly label: string;
  /** Which member of the comparison value counts. */
  readonly member: keyof ComparisonValue;
  readonly shown: Shown;
  readonly operand: OperandFamily<unknown>;
  /**
   * Prepares the test of an operand against one comparison value.
   *
   * @throws InvalidConfigModelError when the comparison value or the salt is missing.
   */
  readonly compile: (value: ComparisonValue, scope: Scope) => Test<unknown>;
}

const textIsOneOf = row('IS ONE OF', textOperand, 'list', setTest);
const textContains = row(
  'CONTAINS ANY OF',
  textOperand,
  'list',
  anyItem((text, item) => text.includes(item)),
);
const hashIsOneOf = row('IS ONE OF', textOperand, 'list', hashedSetTest, 'hashed');
const hashEquals = row('EQUALS', textOperand, 'text', (value, scope) => hashedSetTest([value], scope), 'hashed');
const hashStartsWith = row(
  'STARTS WITH ANY OF',
  textOperand,
  'list',
  hashedSlice((length) => [0, length]),
  'hashed',
);
const hashEndsWith = row(
  'ENDS WITH ANY OF',
  textOperand,
  'list',
  hashedSlice((length, end) => [end - length, end]),
  'hashed',
);
const hashArrayContains = row(
  'ARRAY CONTAINS ANY OF',
  listOperand,
  'list',
  (items, scope) => anyElement(hashedSetTest(items, scope)),
  'hashed',
);
const textEquals = row('EQUALS', textOperand, 'text', (value) => (text) => text === value);
const textStartsWith = row(
  'STARTS WITH ANY OF',
  textOperand,
  'list',
  anyItem((text, item) => text.startsWith(item)),
);
const textEndsWith = row(
  'ENDS WITH ANY OF',
  textOperand,
  'list',
  anyItem((text, item) => text.endsWith(item)),
);
const arrayContains = row('ARRAY CONTAINS ANY OF', listOperand, 'list', (items) => anyElement(setTest(items)));

/** All comparators by their number in config JSON. Source: protocol section 6.1. */
export const comparators: Readonly<Partial<Record<number, Comparator>>> = {
  0: textIsOneOf,
  1: not(textIsOneOf),
  2: textContains,
  3: not(textContains),
  // Compat: one malformed version in the list makes both of these false, so 5 is not the negation of 4.
  4: row('IS ONE OF', versionOperand, 'list', versionOneOf(true)),
  5: row('IS NOT ONE OF', versionOperand, 'list', versionOneOf(false)),
  6: byVersion('<', (order) => order < 0),
  7: byVersion('<=', (order) => order <= 0),
  8: byVersion('>', (order) => order > 0),
  9: byVersion('>=', (order) => order >= 0),
  10: byNumber('=', (operand, value) => operand === value),
  11: byNumber('!=', (operand, value) => operand !== value),
  12: byNumber('<', (operand, value) => operand < value),
  13: byNumber('<=', (operand, value) => operand <= value),
  14: byNumber('>', (operand, value) => operand > value),
  15: byNumber('>=', (operand, value) => operand >= value),
  16: hashIsOneOf,
  17: not(hashIsOneOf),
  18: row('BEFORE', dateOperand, 'number', (value) => (operand) => operand < value, 'date'),
  19: row('AFTER', dateOperand, 'number', (value) => (operand) => operand > value, 'date'),
  20: hashEquals,
  21: not(hashEquals),
  22: hashStartsWith,
  23: not(hashStartsWith),
  24: hashEndsWith,
  25: not(hashEndsWith),
  26: hashArrayContains,
  27: not(hashArrayContains),
  28: textEquals,
  29: not(textEquals),
  30: textStartsWith,
  31: not(textStartsWith),
  32: textEndsWith,
  33: not(textEndsWith),
  34: arrayContains,
  35: not(arrayContains),
};

function row<T, M extends keyof ComparisonValue>(
  label: string,
  operand: OperandFamily<T>,
  member: M,
  compile: (value: NonNullable<ComparisonValue[M]>, scope: Scope) => Test<T>,
  shown: Shown = 'plain',
): Comparator {
  return {
    label,
    member,
    shown,
    operand,
    compile: (value, scope) => {
      const given = value[member];
      if (given === undefined) throw new InvalidConfigModelError('Comparison value is missing.');
      // The family above produced the operand, so it has the type that the test expects.
      return compile(given, scope) as Test<unknown>;
    },
  };
}

function not(positive: Comparator): Comparator {
  return {
    ...positive,
    label: positive.label.replace(/^(IS |ARRAY )?/, '$1NOT '),
    compile: (value, scope) => {
      const test = positive.compile(value, scope);
      return (operand) => !test(operand);
    },
  };
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

function byVersion(label: string, accepts: (order: number) => boolean): Comparator {
  return row(label, versionOperand, 'text', (value) => {
    const version = parseVersion(value);
    return (operand) => version !== undefined && accepts(compareVersions(operand, version));
  });
}

function byNumber(label: string, holds: (operand: number, value: number) => boolean): Comparator {
  return row(label, numberOperand, 'number', (value) => (operand) => holds(operand, value));
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
