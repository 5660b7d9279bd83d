/*
 * The two digests that evaluation needs, synchronous because snapshots are, and small because every user loads them.
 * Verified against `sha1` and `node:crypto` by property specs.
 */

/**
 * Encodes text as UTF-8. Unpaired surrogates become three raw bytes each, as in every ConfigCat SDK, where the
 * platform's `TextEncoder` would write U+FFFD. Source: protocol section 6.5.
 */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code > 0xffff) i++;
    const continuations = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    // The first byte tells by its leading ones how many follow; each of those carries six bits.
    bytes[length++] = continuations === 0 ? code : (0xff00 >> (continuations + 1)) | (code >> (6 * continuations));
    for (let left = continuations - 1; left >= 0; left--) bytes[length++] = 0x80 | ((code >> (6 * left)) & 0x3f);
  }
  return bytes.subarray(0, length);
}

/** Joins byte arrays. */
export function concatBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/**
 * The place of a text among 100 buckets: the first 28 bits of its SHA-1, modulo 100.
 * Source: protocol section 5.3.
 */
export function percentageBucket(text: string): number {
  return (sha1(utf8(text))[0]! >>> 4) % 100;
}

/** SHA-1 of a text's UTF-8 form, as lower-case hex. */
export function sha1Hex(text: string): string {
  return toHex(sha1(utf8(text)));
}

/** SHA-256 as lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  const state = Int32Array.from(sha256Start);
  const w = sha256Schedule;
  forEachBlock(bytes, w, () => {
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      w[i] =
        w[i - 16]! +
        (rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)) +
        w[i - 7]! +
        (rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10));
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      const t = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + sha256Constants[i]! + w[i]!;
      const u = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = (d + t) | 0;
      d = c;
      c = b;
      b = a;
      a = (t + u) | 0;
    }
    add(state, a, b, c, d, e, f, g, h);
  });
  return toHex(state);
}

function sha1(bytes: Uint8Array): Int32Array {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const w = sha1Schedule;
  forEachBlock(bytes, w, () => {
    for (let i = 16; i < 80; i++) w[i] = rotate(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 31);
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    for (let i = 0; i < 80; i++) {
      const f =
        i < 20
          ? ((b & c) | (~b & d)) + 0x5a827999
          : i < 40
            ? (b ^ c ^ d) + 0x6ed9eba1
            : i < 60
              ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
              : (b ^ c ^ d) + 0xca62c1d6;
      const t = (rotate(a, 27) + f + e + w[i]!) | 0;
      e = d;
      d = c;
      c = rotate(b, 2);
      b = a;
      a = t;
    }
    add(state, a, b, c, d, e);
  });
  return state;
}

const sha1Schedule = new Int32Array(80);
const sha256Schedule = new Int32Array(64);

// The fractional bits of roots of the first 64 primes, computed instead of listed to spare the bundle.
const primes: number[] = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
const sha256Constants = Int32Array.from(primes, (prime) => fractionalBits(Math.cbrt(prime)));
const sha256Start = Int32Array.from(primes.slice(0, 8), (prime) => fractionalBits(Math.sqrt(prime)));

function fractionalBits(root: number): number {
  return ((root % 1) * 0x100000000) | 0;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function add(state: Int32Array, ...words: readonly number[]): void {
  words.forEach((word, i) => {
    state[i]! += word;
  });
}

/** Puts the padded message into the first 16 words of a schedule, block by block. */
function forEachBlock(bytes: Uint8Array, schedule: Int32Array, digest: () => void): void {
  const { length } = bytes;
  const end = ((length + 8) >> 6) * 64 + 64;
  const byteAt = (i: number) => (i < length ? bytes[i]! : i === length ? 0x80 : 0);
  for (let offset = 0; offset < end; offset += 64) {
    for (let i = 0; i < 16; i++) {
      const at = offset + i * 4;
      schedule[i] = (byteAt(at) << 24) | (byteAt(at + 1) << 16) | (byteAt(at + 2) << 8) | byteAt(at + 3);
    }
    if (offset + 64 === end) {
      schedule[14] = Math.floor(length / 0x20000000);
      schedule[15] = length << 3;
    }
    digest();
  }
}

function toHex(words: Int32Array): string {
  return Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
