import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import sha1 from 'sha1';
import { percentageBucket, sha1Hex, sha256Hex, sha256StartOfText, startOfHex, utf8 } from '../src/hash';

const digest = (algorithm: 'sha1' | 'sha256', bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');

/** UTF-8 by `Buffer`, but with unpaired surrogates in three raw bytes. */
function encode(text: string): Buffer {
  const characters = Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    return code >= 0xd800 && code <= 0xdfff
      ? Buffer.of(0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
      : Buffer.from(character);
  });
  return Buffer.concat(characters);
}

const wellFormed = fc.string({ unit: 'binary', maxLength: 200 });
const codeUnit = fc.oneof(fc.nat(0xffff), fc.nat(0x7f), fc.integer({ min: 0xd800, max: 0xdfff }));
const anyText = fc.oneof(
  wellFormed,
  fc.string({ unit: codeUnit.map((code) => String.fromCharCode(code)), maxLength: 200 }),
);

// Padding takes nine bytes of the last block: these lengths are where it fills one, or needs another.
const lengths = [0, 1, 54, 55, 56, 57, 62, 63, 64, 65, 118, 119, 120, 121, 127, 128, 129, 183, 184, 191, 192];
const textOf = (length: number) => Array.from({ length }, (_, i) => String.fromCharCode(32 + (i % 90))).join('');
const longText = textOf(1_000_003);

describe('utf8', () => {
  it('encodes any text, unpaired surrogates in three bytes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(Buffer.from(utf8(text)).toString('hex')).toBe(encode(text).toString('hex'));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['\u007f', '7f'],
    ['\u0080', 'c280'],
    ['\u07ff', 'dfbf'],
    ['\u0800', 'e0a080'],
    ['\uffff', 'efbfbf'],
    ['\u{10000}', 'f0908080'],
    ['\u{10ffff}', 'f48fbfbf'],
    ['\ud800', 'eda080'],
    ['\udfff', 'edbfbf'],
    ['\udc00\ud800', 'edb080eda080'],
    ['\ud83d\ud83d\ude00', 'eda0bdf09f9880'],
  ])('encodes %j as %s', (text, hex) => {
    expect(Buffer.from(utf8(text)).toString('hex')).toBe(hex);
  });
});

describe('sha256Hex and sha256StartOfText', () => {
  it('hashes a text and what is mixed in as if they were one message', () => {
    fc.assert(
      fc.property(anyText, fc.uint8Array({ maxLength: 100 }), (text, suffix) => {
        const message = Buffer.concat([encode(text), suffix]);
        const hex = digest('sha256', message);
        const start = Number.parseInt(hex.slice(0, 8), 16) >>> 1;
        expect(sha256Hex(utf8(text), suffix)).toBe(hex);
        expect([sha256StartOfText(text, suffix), startOfHex(hex)]).toEqual([start, start]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('sha1Hex', () => {
  it('agrees with node:crypto on any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(sha1Hex(text)).toBe(digest('sha1', encode(text)));
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with the sha1 package on well-formed text', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(sha1Hex(text)).toBe(sha1(text));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(lengths)('agrees with both on a text of %i bytes', (length) => {
    const text = textOf(length);
    expect(sha1Hex(text)).toBe(digest('sha1', Buffer.from(text)));
    expect(sha1Hex(text)).toBe(sha1(text));
  });

  it('agrees with node:crypto on a long text', () => {
    expect(sha1Hex(longText)).toBe(digest('sha1', Buffer.from(longText)));
  });
});

describe('sha256Hex', () => {
  it('agrees with node:crypto on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha256Hex(bytes)).toBe(digest('sha256', bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with node:crypto on any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(sha256Hex(utf8(text))).toBe(digest('sha256', encode(text)));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(lengths)('agrees with node:crypto on %i bytes', (length) => {
    expect(sha256Hex(utf8(textOf(length)))).toBe(digest('sha256', Buffer.from(textOf(length))));
  });

  it('agrees with node:crypto on a long message', () => {
    expect(sha256Hex(utf8(longText))).toBe(digest('sha256', Buffer.from(longText)));
  });

  it('agrees with node:crypto on every length around that of the buffer that is kept', () => {
    for (let length = 900; length < 1130; length++) {
      const text = textOf(length);
      expect(sha256Hex(utf8(text))).toBe(digest('sha256', Buffer.from(text)));
      expect(sha256Hex(utf8(text.slice(12)), utf8(text.slice(0, 12)))).toBe(
        digest('sha256', Buffer.from(text.slice(12) + text.slice(0, 12))),
      );
      expect(sha1Hex(text.slice(9), text.slice(0, 9))).toBe(digest('sha1', Buffer.from(text)));
    }
  });

  it.each(['a', 'é', '€', '😀'])('begins like that of node:crypto for texts of "%s", however long', (character) => {
    const suffix = utf8('salt and key');
    for (let count = 150; count < 1130; count += 3) {
      const text = character.repeat(count);
      const expected = startOfHex(digest('sha256', Buffer.concat([Buffer.from(text), suffix])));
      expect(sha256StartOfText(text, suffix)).toBe(expected);
    }
  });

  it('leaves nothing of one message in the next', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const alone = [sha1Hex(b), sha256Hex(utf8(b))];
        sha1Hex(a);
        sha256Hex(utf8(a));
        expect([sha1Hex(b), sha256Hex(utf8(b))]).toEqual(alone);
      }),
    );
  });
});

describe('percentageBucket', () => {
  it('is the first seven digits of the hash of both, modulo 100', () => {
    fc.assert(
      fc.property(anyText, anyText, (prefix, text) => {
        const hash = digest('sha1', Buffer.concat([encode(prefix), encode(text)]));
        const bucket = Number.parseInt(hash.slice(0, 7), 16) % 100;
        expect([percentageBucket(prefix, text), percentageBucket(utf8(prefix), text)]).toEqual([bucket, bucket]);
      }),
      { numRuns: 1000 },
    );
  });
});
