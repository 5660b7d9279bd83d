/** Checks and makes signatures. */
export interface Signer {
  /** Whether one of the signatures was made with one of the keys. */
  readonly verify: (signatures: readonly Bytes[], signed: Bytes) => Promise<boolean>;
  /** A short text that is different for each signed text, and cannot be foreseen without the keys. */
  readonly fingerprint: (signed: Bytes) => Promise<string>;
}

/** Bytes for the Web Crypto API, as a type that compilers before TypeScript 5.7 know, too. */
export type Bytes = ReturnType<TextEncoder['encode']>;

const algorithm = { name: 'HMAC', hash: 'SHA-256' };

/**
 * Signs with the Web Crypto API, which Node, workers, Deno and Bun have alike; its comparison takes constant time.
 *
 * @param keys - signing keys, each with its prefix `configcat_whsk_`.
 */
export function createSigner(keys: readonly string[]): Signer {
  let imported: Promise<readonly CryptoKey[]> | undefined;
  const cryptoKeys = () =>
    (imported ??= Promise.all(
      keys.map((key) =>
        crypto.subtle.importKey('raw', new TextEncoder().encode(key), algorithm, false, ['verify', 'sign']),
      ),
    ));
  return {
    verify: async (signatures, signed) => {
      const pairs = (await cryptoKeys()).flatMap((key) => signatures.map((signature) => ({ key, signature })));
      const verdicts = await Promise.all(
        pairs.map(({ key, signature }) => crypto.subtle.verify(algorithm, key, signature, signed)),
      );
      return verdicts.includes(true);
    },
    fingerprint: async (signed) => {
      const [key] = await cryptoKeys();
      return String.fromCharCode(...new Uint8Array(await crypto.subtle.sign(algorithm, key!, signed)));
    },
  };
}

/** Parses a list of signatures. Items of other forms are left out, because later versions may add some. */
export function parseSignatures(list: string): readonly Bytes[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => /^[A-Za-z0-9+/]{43}=$/.test(item))
    .map((item) => Uint8Array.from(atob(item), (character) => character.charCodeAt(0)));
}
