/*
 * The two digests that evaluation needs, synchronous because snapshots are, and small because every user loads them.
 * Verified against `sha1` and `node:crypto` by property specs.
 */

/** A text as bytes in front of what a hash mixes in, ready to be digested. */
const scratch = new Uint8Array(1024);
const scratchWords = new DataView(scratch.buffer);
const sha1Schedule = new Int32Array(80);
const sha256Schedule = new Int32Array(64);
const state = new Int32Array(8);
const nothing = new Uint8Array(0);

/**
 * Encodes text as UTF-8. Unpaired surrogates become three raw bytes each, as in every ConfigCat SDK, where the
 * platform's `TextEncoder` would write U+FFFD. Source: protocol section 6.5.
 */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.subarray(0, encodeInto(bytes, 0, text));
}

/** What stands before a text: another text, or bytes. */
export type Prefix = string | Uint8Array;

/**
 * The place of a text, behind a prefix, among 100 buckets: the first 28 bits of its SHA-1, modulo 100.
 * Source: protocol section 5.3.
 */
export function percentageBucket(prefix: Prefix, text: string): number {
  sha1(prefix, text);
  return (state[0]! >>> 4) % 100;
}

/** SHA-1 of a text's UTF-8 form, behind a prefix, as lower-case hex. */
export function sha1Hex(text: string, prefix: Prefix = ''): string {
  sha1(prefix, text);
  return toHex(5);
}

/** The beginning of the SHA-256 of a text's UTF-8 form followed by more bytes: its first 31 bits. */
export function sha256StartOfText(text: string, suffix: Uint8Array): number {
  const buffer = bufferFor(text.length * 3 + suffix.length);
  const length = encodeInto(buffer, 0, text);
  buffer.set(suffix, length);
  sha256(buffer, length + suffix.length);
  return state[0]! >>> 1;
}

/** The same of a hash as hex; of a text that is none, any number. */
export function startOfHex(hex: string): number {
  return Number.parseInt(hex.slice(0, 8), 16) >>> 1;
}

/** SHA-256 of bytes followed by more bytes, as lower-case hex. */
export function sha256Hex(bytes: Uint8Array, suffix: Uint8Array = nothing): string {
  const buffer = bufferFor(bytes.length + suffix.length);
  buffer.set(bytes);
  buffer.set(suffix, bytes.length);
  sha256(buffer, bytes.length + suffix.length);
  return toHex(8);
}

function encodeInto(bytes: Uint8Array, start: number, text: string): number {
  let length = start;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes[length++] = code;
      continue;
    }
    code = text.codePointAt(i)!;
    if (code > 0xffff) i++;
    const continuations = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    // The first byte tells by its leading ones how many follow; each of those carries six bits.
    bytes[length++] = (0xff00 >> (continuations + 1)) | (code >> (6 * continuations));
    for (let left = continuations - 1; left >= 0; left--) bytes[length++] = 0x80 | ((code >> (6 * left)) & 0x3f);
  }
  return length;
}

/** Room for a message and its padding. Only texts of unusual length cost an allocation. */
function bufferFor(length: number): Uint8Array {
  return length + 72 <= scratch.length ? scratch : new Uint8Array(length + 72);
}

function sha1(prefix: Prefix, text: string): void {
  const buffer = bufferFor((prefix.length + text.length) * 3);
  let start = prefix.length;
  if (typeof prefix === 'string') start = encodeInto(buffer, 0, prefix);
  else buffer.set(prefix);
  const end = pad(buffer, encodeInto(buffer, start, text));
  const w = sha1Schedule;
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  state[4] = 0xc3d2e1f0;
  for (let offset = 0; offset < end; offset += 64) {
    readBlock(buffer, offset, w);
    for (let i = 16; i < 80; i++) w[i] = rotate(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 31);
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let i = 0;
    // Four loops, because a choice inside of one would take as long as the rest of it.
    for (; i < 20; i++) {
      const t = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + w[i]! + 0x5a827999) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = t;
    }
    for (; i < 40; i++) {
      const t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i]! + 0x6ed9eba1) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = t;
    }
    for (; i < 60; i++) {
      const t = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + w[i]! + 0x8f1bbcdc) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = t;
    }
    for (; i < 80; i++) {
      const t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i]! + 0xca62c1d6) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = t;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
  }
}

function sha256(buffer: Uint8Array, length: number): void {
  const end = pad(buffer, length);
  const w = sha256Schedule;
  state.set(sha256Start);
  for (let offset = 0; offset < end; offset += 64) {
    readBlock(buffer, offset, w);
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
      const t =
        (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + sha256Constants[i]! + w[i]!) | 0;
      const u = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t) | 0;
      d = c;
      c = b;
      b = a;
      a = (t + u) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  }
}

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

/** Ends a message with a one, zeros, and its length in bits; answers where its last block ends. */
function pad(buffer: Uint8Array, length: number): number {
  const end = ((length + 8) >> 6) * 64 + 64;
  buffer[length] = 0x80;
  buffer.fill(0, length + 1, end);
  const bits = length << 3;
  buffer[end - 1] = bits;
  buffer[end - 2] = bits >>> 8;
  buffer[end - 3] = bits >>> 16;
  buffer[end - 4] = bits >>> 24;
  buffer[end - 5] = length >>> 29;
  return end;
}

function readBlock(buffer: Uint8Array, offset: number, schedule: Int32Array): void {
  const words = buffer === scratch ? scratchWords : new DataView(buffer.buffer);
  for (let i = 0; i < 16; i++) schedule[i] = words.getInt32(offset + i * 4);
}

const hexBytes = Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1));

function toHex(words: number): string {
  let hex = '';
  for (let i = 0; i < words; i++) {
    const word = state[i]!;
    hex +=
      hexBytes[word >>> 24]! + hexBytes[(word >> 16) & 255]! + hexBytes[(word >> 8) & 255]! + hexBytes[word & 255]!;
  }
  return hex;
}
