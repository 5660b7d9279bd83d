/** A parsed semantic version; build metadata is dropped because it never takes part in a comparison. */
export interface Version {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** Numeric identifiers as numbers, others as text; empty for a release. */
  readonly prerelease: readonly (number | string)[];
}

const maxLength = 256;
// Numbers, the identifiers of a prerelease and those of a build; no number begins with a zero that it does not need.
const pattern =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*))?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/;
const numeric = /^\d+$/;

/**
 * Parses a version by Semantic Versioning 2.0, with surrounding blanks and one leading lower-case `v` allowed.
 *
 * @returns `undefined` when the text is not a valid version. Source: protocol section 6.4.
 */
export function parseVersion(text: string): Version | undefined {
  const trimmed = text.trim();
  if (trimmed.length > maxLength) return undefined;
  const [, major, minor, patch, prerelease] = pattern.exec(trimmed) ?? [];
  const numbers = [Number(major), Number(minor), Number(patch)] as const;
  // What is missing is no number.
  if (!numbers.every(Number.isSafeInteger)) return undefined;
  const identifiers = prerelease?.split('.') ?? [];
  return { numbers, prerelease: identifiers.map((part) => (numeric.test(part) ? Number(part) : part)) };
}

/** Orders two versions: negative when `a` comes before `b`, 0 when they are equal, positive otherwise. */
export function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) {
    const difference = a.numbers[i]! - b.numbers[i]!;
    if (difference !== 0) return difference;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  for (let i = 0; i < Math.min(a.prerelease.length, b.prerelease.length); i++) {
    const order = compareIdentifiers(a.prerelease[i]!, b.prerelease[i]!);
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length;
}

function compareIdentifiers(a: number | string, b: number | string): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
