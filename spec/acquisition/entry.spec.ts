import * as fc from 'fast-check';
import type { Entry } from '../../src/acquisition/entry';
import { emptyEntry, fromCacheText, isExpired, isNewer, toCacheText, trustedMs } from '../../src/acquisition/entry';
import { sha1Hex } from '../../src/hash';
import { platform } from '../../src/platform/node';

// Source: protocol section 16, rows C, and section 9.
const configText = '{"f":{"k":{"t":1,"v":{"s":"v"}}}}';

function entryAt(timeMs: number, etag: string | undefined, text: string | undefined): Entry {
  return { fetchedAtMs: timeMs, requestedAtMs: timeMs, etag, configText: text };
}

describe('fromCacheText', () => {
  it.each<[string, string, Entry]>([
    [
      'C4: reads time, ETag and document',
      `1686756435844\n"e"\n${configText}`,
      entryAt(1686756435844, '"e"', configText),
    ],
    [
      'C7: forgives blanks before the time and text behind it',
      `  123abc\n"e"\n${configText}`,
      entryAt(123, '"e"', configText),
    ],
    ['forgives a fraction', `1.9e3\n"e"\n${configText}`, entryAt(1, '"e"', configText)],
    ['C8: reads an empty ETag as none', `123\n\n${configText}`, entryAt(123, undefined, configText)],
    ['C9: reads an empty document as none', '123\n"e"\n', entryAt(123, '"e"', undefined)],
    ['leaves line breaks in the document alone', '123\n"e"\n{\n}\r\n', entryAt(123, '"e"', '{\n}\r\n')],
  ])('%s', (_, text, entry) => {
    expect(fromCacheText(text)).toEqual(entry);
  });

  it.each([
    ['C5: rejects text without lines', 'garbage', 'Number of values is fewer than expected.'],
    ['rejects empty text', '', 'Number of values is fewer than expected.'],
    ['rejects text of two lines', '123\n"e"', 'Number of values is fewer than expected.'],
    ['C6: rejects a time that is no number', 'x\n"e"\n{}', 'Invalid fetch time: x'],
    ['rejects an empty time', '\n"e"\n{}', 'Invalid fetch time: '],
  ])('%s', (_, text, message) => {
    expect(() => fromCacheText(text)).toThrow(new Error(message));
  });
});

describe('toCacheText', () => {
  it.each<[string, Entry, string]>([
    ['three lines', entryAt(1686756435844, '"e"', configText), `1686756435844\n"e"\n${configText}`],
    ['an empty line for no ETag', entryAt(123, undefined, configText), `123\n\n${configText}`],
    ['nothing for no document', entryAt(123, '"e"', undefined), '123\n"e"\n'],
    ['the epoch for no time', emptyEntry, '0\n\n'],
  ])('writes %s', (_, entry, text) => {
    expect(toCacheText(entry)).toBe(text);
  });

  it('writes what fromCacheText reads', () => {
    const entry = fc
      .tuple(
        fc.maxSafeNat(),
        fc.option(fc.stringMatching(/^[^\n]+$/), { nil: undefined }),
        fc.option(fc.string({ minLength: 1, unit: 'binary' }), { nil: undefined }),
      )
      .map((parts) => entryAt(...parts));
    fc.assert(
      fc.property(entry, (given) => {
        expect(fromCacheText(toCacheText(given))).toEqual(given);
      }),
    );
  });
});

describe('what is newer', () => {
  const at = (requestedAtMs: number | undefined): Entry => ({ ...emptyEntry, requestedAtMs });
  const minute = 60_000;
  const nowMs = 10 * minute;

  it.each([
    ['that of the later request', 2, 1, true],
    ['not that of an earlier one', 1, 2, false],
    ['not that of the same one', 1, 1, false],
    ['anything, where nothing was requested', 0, undefined, true],
    ['what was requested since an interval, where a clock is said to be ahead', nowMs - minute, nowMs + 1, true],
    ['nothing before that', nowMs - minute - 1, nowMs + 3_600_000, false],
  ])('is %s', (_, aMs, bMs, expected) => {
    expect(isNewer(at(aMs), at(bMs), nowMs, minute)).toBe(expected);
  });

  it.each([
    [nowMs, nowMs],
    [nowMs + 1, nowMs - minute - 1],
    [Infinity, nowMs - minute - 1],
    [0, 0],
  ])('trusts a time of %p as %p', (timeMs, expected) => {
    expect(trustedMs(timeMs, nowMs, minute)).toBe(expected);
  });

  it.each([-Infinity, 0])('takes a time in the future for none where there is no interval (%p)', (intervalMs) => {
    expect(trustedMs(nowMs + 1, nowMs, intervalMs)).toBe(0);
  });
});

describe('the cache key', () => {
  it.each([
    ['C1', 'configcat-sdk-1/TEST_KEY-0123456789012/1234567890123456789012', 'f83ba5d45bceb4bb704410f51b704fb6dfa19942'],
    ['C2', 'configcat-proxy/my_id', '047c652d22a19dca23ba7f8aa93a51924759387a'],
  ])('%s: of %s is the same as in every ConfigCat SDK', (_, sdkKey, key) => {
    for (const sha1 of [platform.sha1, sha1Hex]) expect(sha1(`${sdkKey}_config_v6.json_v2`)).toBe(key);
  });

  it('is the same on every platform, whatever the SDK key holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sdkKey) => {
        expect(platform.sha1(`${sdkKey}\ud800`)).toBe(sha1Hex(`${sdkKey}\ud800`));
      }),
    );
  });
});

describe('isExpired', () => {
  const now = 1_000_000;
  it.each([
    ['keeps an entry of this moment', now, false],
    ['keeps an entry of exactly the greatest age', now - 60_000, false],
    ['gives up an entry that is a millisecond older', now - 60_001, true],
    ['gives up an entry from the future', now + 1, true],
    ['gives up an entry of the epoch', 0, true],
    ['gives up an entry that was never fetched', undefined, true],
  ])('%s', (_, fetchedAtMs, expired) => {
    expect(isExpired({ ...emptyEntry, fetchedAtMs }, 60_000, now)).toBe(expired);
  });
});
