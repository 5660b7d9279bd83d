import { InvalidConfigModelError } from '../errors.js';
import { sha256Hex, sha256HexOfText, utf8 } from '../hash.js';
import type { Memo } from './memo.js';

/** Hashes as hashed comparators compare them: mixed with the config's salt and with a name. */
export interface Hasher {
  readonly ofText: (text: string) => string;
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
    ofText: memo.wrap((text) => sha256HexOfText(text, suffix)),
    ofBytes: (bytes) => sha256Hex(bytes, suffix),
  };
}
