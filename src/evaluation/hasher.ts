import { InvalidConfigModelError } from '../errors.js';
import { sha256Hex, sha256StartOfText, utf8 } from '../hash.js';
import type { Memo } from './memo.js';

/** Hashes as hashed comparators compare them: mixed with the config's salt and with a name. */
export interface Hasher {
  /** The first bits, which tell nearly all hashes apart: to write down a whole one takes half as long as to compute it. */
  readonly startOf: (text: string) => number;
  readonly ofBytes: (bytes: Uint8Array) => string;
}

/**
 * Creates the hashes of a setting or a segment. Source: protocol section 6.5.
 *
 * @param name - key of the setting, or name of the segment, that conditions belong to.
 * @throws InvalidConfigModelError when there is no salt, which matters only when it is needed.
 */
export function createHasher(memo: Memo, salt: string | undefined, name: string): Hasher {
  if (salt === undefined) throw new InvalidConfigModelError('Config JSON salt is missing.');
  const suffix = utf8(salt + name);
  return {
    startOf: memo.wrap((text) => sha256StartOfText(text, suffix)),
    ofBytes: (bytes) => sha256Hex(bytes, suffix),
  };
}
