import { compareVersions, parseVersion } from '../evaluation/semver.js';
import type { Version } from '../evaluation/semver.js';
import { percentageBucket, sha1Hex, utf8 } from '../hash.js';
import type { OwnComparator } from '../model/own-rules.js';

/** Tests an attribute that is not empty. Compat: those that are no text make some tests throw, as they always did. */
type Test = (attribute: string) => boolean;

/** The comparator with this number; one that means nothing stands for itself, and never matches. Source: protocol section 15.2. */
export function comparatorV5(number: number): OwnComparator {
  return comparators[number] ?? row(String(number), () => () => false);
}

/** The places of texts among 100 buckets of the setting with a key. Source: protocol section 15.2. */
export function bucketsV5(key: string): (text: string) => number {
  return (text) => percentageBucket(bytesOf(key + text), '');
}

function row(label: string, compile: (value: string) => Test): OwnComparator {
  return {
    label,
    compile: ({ text = '' }) => {
      const test = compile(text);
      // Compat: what is missing or empty in whatever way does not match, and nobody is told.
      return (attribute) => Boolean(attribute) && test(attribute as string);
    },
  };
}

const oneOf = (value: string): Test => {
  const items = new Set(trimmedItems(value));
  return (attribute) => items.has(attribute);
};
const contains = (value: string): Test => {
  return (attribute) => attribute.includes(value);
};
const sensitiveOneOf = (value: string): Test => {
  const isMember = oneOf(value);
  return (attribute) => isMember(sha1Hex('', bytesOf(attribute)));
};

const comparators = /* @__PURE__ */ createComparators();

function createComparators(): readonly OwnComparator[] {
  return [
    row('IS ONE OF', oneOf),
    row('IS NOT ONE OF', not(oneOf)),
    row('CONTAINS', contains),
    row('DOES NOT CONTAIN', not(contains)),
    // Compat: a malformed version in the list makes the first of these false, and means nothing to the second.
    row('IS ONE OF (SemVer)', versionOneOf),
    row('IS NOT ONE OF (SemVer)', versionNotOneOf),
    byVersion('<', (order) => order < 0),
    byVersion('<=', (order) => order <= 0),
    byVersion('>', (order) => order > 0),
    byVersion('>=', (order) => order >= 0),
    byNumber('=', (operand, value) => operand === value),
    byNumber('!=', (operand, value) => operand !== value),
    byNumber('<', (operand, value) => operand < value),
    byNumber('<=', (operand, value) => operand <= value),
    byNumber('>', (operand, value) => operand > value),
    byNumber('>=', (operand, value) => operand >= value),
    row('IS ONE OF (Sensitive)', sensitiveOneOf),
    row('IS NOT ONE OF (Sensitive)', not(sensitiveOneOf)),
  ];
}

function not(compile: (value: string) => Test) {
  return (value: string): Test => {
    const test = compile(value);
    return (attribute) => !test(attribute);
  };
}

function trimmedItems(value: string): string[] {
  return value.split(',').map((item) => item.trim());
}

function versionItems(value: string): (Version | undefined)[] {
  return trimmedItems(value)
    .filter((item) => item !== '')
    .map(parseVersion);
}

function versionOneOf(value: string): Test {
  const versions = versionItems(value);
  if (versions.includes(undefined)) return () => false;
  return testVersion((operand) => isAnyOf(operand, versions));
}

function versionNotOneOf(value: string): Test {
  const versions = versionItems(value);
  return testVersion((operand) => !isAnyOf(operand, versions));
}

function isAnyOf(operand: Version, versions: readonly (Version | undefined)[]): boolean {
  return versions.some((version) => version && compareVersions(operand, version) === 0);
}

function byVersion(label: string, accepts: (order: number) => boolean): OwnComparator {
  return row(`${label} (SemVer)`, (value) => {
    const version = parseVersion(value);
    return testVersion((operand) => version !== undefined && accepts(compareVersions(operand, version)));
  });
}

function testVersion(test: (operand: Version) => boolean): Test {
  return (attribute) => {
    // Compat: blanks around an attribute make it no version.
    const isVersionText = typeof attribute === 'string' && attribute === attribute.trim();
    const operand = isVersionText ? parseVersion(attribute) : undefined;
    return operand !== undefined && test(operand);
  };
}

function byNumber(label: string, holds: (operand: number, value: number) => boolean): OwnComparator {
  return row(`${label} (Number)`, (value) => {
    const number = parseLeniently(value);
    return (attribute) => {
      const operand = parseLeniently(attribute);
      return !Number.isNaN(operand) && !Number.isNaN(number) && holds(operand, number);
    };
  });
}

/** Compat: whatever follows a number is ignored. */
function parseLeniently(text: string): number {
  return Number.parseFloat(text.replace(',', '.'));
}

/** Compat: of two line ends one is kept, and characters beyond 16 bits are encoded as their two halves. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(
    text
      .replace(/\r\n/g, '\n')
      .split('')
      .flatMap((unit) => [...utf8(unit)]),
  );
}
