/** A parsed semantic version; build metadata is dropped because it never takes part in a comparison. */
export interface Version {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** Numeric identifiers as numbers, others as text; empty for a release. */
  readonly prerelease: readonly (number | string)[];
}

const maxLength = 256;
const pattern = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;
const numeric = /^\d+$/;

/**
 * Parses a version by Semantic Versioning 2.0, with surrounding blanks and one leading lower-case `v` allowed.
 *
 * @returns `undefined` when the text is not a valid version. Source: protocol section 6.4.
 */
export function parseVersion(text: string): Version | undefined {
  const trimmed = text.trim();
  if (trimmed.length > maxLength) return undefined;
  const match = pattern.exec(trimmed);
  if (!match) return undefined;
  const [, major = '', minor = '', patch = '', prerelease, build] = match;
  const identifiers = prerelease?.split('.') ?? [];
  const isValid =
    [major, minor, patch].every((part) => !hasLeadingZero(part) && Number(part) <= Number.MAX_SAFE_INTEGER) &&
    identifiers.every((part) => part !== '' && !(numeric.test(part) && hasLeadingZero(part))) &&
    !build?.split('.').includes('');
  if (!isValid) return undefined;
  return {
    numbers: [Number(major), Number(minor), Number(patch)],
    prerelease: identifiers.map((part) => (numeric.test(part) ? Number(part) : part)),
  };
}

/** Orders two versions: negative when `a` comes before `b`, 0 when they are equal, positive otherwise. */
export function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) {
    const difference = a.numbers[i]! - b.numbers[i]!;
    if (difference !== 0) return difference;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  for (let i = 0; i < Math.min(a.prerelease.length, b.prerelease.length); i++) {
    const order = compareIdentifiers(a.prerelease[i], b.prerelease[i]);
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length;
}

function hasLeadingZero(digits: string): boolean {
  return digits.length > 1 && digits.startsWith('0');
}

function compareIdentifiers(a: number | string | undefined, b: number | string | undefined): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  if (a === b || a === undefined || b === undefined) return 0;
  return a < b ? -1 : 1;
}
