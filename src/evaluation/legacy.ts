import { percentageBucket, sha1Hex, utf8 } from '../hash.js';
import type { UserCondition } from '../model/config.js';
import type { Version } from './semver.js';
import { compareVersions, parseVersion } from './semver.js';

/**
 * One comparator of the previous format: its label in logs, and the test that it makes of a comparison value.
 * Attributes come as they are. Compat: those that are no text make some tests throw, as they always did.
 */
interface LegacyComparator {
  readonly label: string;
  readonly compile: (value: string) => Test;
}

type Test = (attribute: string) => boolean;

/** Prepares the test of a condition of the previous format. Source: protocol section 15.2. */
export function compileLegacyTest({ comparator, comparisonValue }: UserCondition): (attribute: unknown) => boolean {
  const test = legacyComparators[comparator]?.compile(comparisonValue.text ?? '') ?? (() => false);
  // Anything may come that is not empty: see above.
  return test as (attribute: unknown) => boolean;
}

/** The label of a comparator; a number that means nothing stands for itself. */
export function legacyLabel(comparator: number): string {
  return legacyComparators[comparator]?.label ?? String(comparator);
}

/** The place of a user among 100 buckets. Source: protocol section 15.2. */
export function legacyBucket(text: string): number {
  return percentageBucket(legacyBytes(text), '');
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
  return (attribute) => isMember(sha1Hex('', legacyBytes(attribute)));
};

const legacyComparators: readonly LegacyComparator[] = [
  { label: 'IS ONE OF', compile: oneOf },
  { label: 'IS NOT ONE OF', compile: not(oneOf) },
  { label: 'CONTAINS', compile: contains },
  { label: 'DOES NOT CONTAIN', compile: not(contains) },
  // Compat: a malformed version in the list makes the first of these false, and means nothing to the second.
  { label: 'IS ONE OF (SemVer)', compile: versionOneOf },
  { label: 'IS NOT ONE OF (SemVer)', compile: versionNotOneOf },
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
  { label: 'IS ONE OF (Sensitive)', compile: sensitiveOneOf },
  { label: 'IS NOT ONE OF (Sensitive)', compile: not(sensitiveOneOf) },
];

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

function byVersion(label: string, accepts: (order: number) => boolean): LegacyComparator {
  return {
    label: `${label} (SemVer)`,
    compile: (value) => {
      const version = parseVersion(value);
      return testVersion((operand) => version !== undefined && accepts(compareVersions(operand, version)));
    },
  };
}

function testVersion(test: (operand: Version) => boolean): Test {
  return (attribute) => {
    // Compat: blanks around an attribute make it no version.
    const isVersionText = typeof attribute === 'string' && attribute === attribute.trim();
    const operand = isVersionText ? parseVersion(attribute) : undefined;
    return operand !== undefined && test(operand);
  };
}

function byNumber(label: string, holds: (operand: number, value: number) => boolean): LegacyComparator {
  return {
    label: `${label} (Number)`,
    compile: (value) => {
      const number = parseLeniently(value);
      return (attribute) => {
        const operand = parseLeniently(attribute);
        return !Number.isNaN(operand) && !Number.isNaN(number) && holds(operand, number);
      };
    },
  };
}

/** Compat: whatever follows a number is ignored. */
function parseLeniently(text: string): number {
  return Number.parseFloat(text.replace(',', '.'));
}

/** Compat: of two line ends one is kept, and characters beyond 16 bits are encoded as their two halves. */
function legacyBytes(text: string): Uint8Array {
  return Uint8Array.from(
    text
      .replace(/\r\n/g, '\n')
      .split('')
      .flatMap((unit) => [...utf8(unit)]),
  );
}
