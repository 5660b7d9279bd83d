import { InvalidConfigModelError } from '../errors.js';
import { sha256Hex, sha256HexOfText, utf8 } from '../hash.js';
import type { Memo } from './memo.js';

/** Hashes as hashed comparators compare them: mixed with the config's salt and with a name. */
export interface Hasher {
  readonly ofText: (text: string) => string;
  readonly ofBytes: (bytes: Uint8Array) => string;
}

/**
 * Creates the hashes of a setting or a segment, when they are first asked for. Source: protocol section 6.5.
 *
 * @param name - key of the setting, or name of the segment, that conditions belong to.
 * @returns a function that throws InvalidConfigModelError when there is no salt, which matters only when it is needed.
 */
export function createHasher(memo: Memo, salt: string | undefined, name: string): () => Hasher {
  let hasher: Hasher | undefined;
  return () => {
    if (salt === undefined) throw new InvalidConfigModelError('Config JSON salt is missing.');
    if (!hasher) {
      const suffix = utf8(salt + name);
      hasher = {
        ofText: memo((text) => sha256HexOfText(text, suffix)),
        ofBytes: (bytes) => sha256Hex(bytes, suffix),
      };
    }
    return hasher;
  };
}
