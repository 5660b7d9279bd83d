/** A config JSON as it was received, with what is needed to ask for it again: what a cache stores. */
export interface Entry {
  /** The document, exactly as received; `undefined` while none is known. */
  readonly configText: string | undefined;
  readonly etag: string | undefined;
  /** Time of the last answer that vouched for the document, Unix milliseconds; `undefined` before the first one. */
  readonly fetchedAtMs: number | undefined;
  /** When the request of that answer began, which says what is newer: an answer can be on its way for long. */
  readonly requestedAtMs: number | undefined;
}

export const emptyEntry: Entry = {
  configText: undefined,
  etag: undefined,
  fetchedAtMs: undefined,
  requestedAtMs: undefined,
};

/**
 * A time as it can be trusted: one in the future is that of a wrong clock, or of one that has been set back since, and
 * counts as an interval ago, and so as due; where there is no interval, as the epoch.
 */
export function trustedMs(timeMs: number, nowMs: number, intervalMs: number): number {
  if (timeMs <= nowMs) return timeMs;
  return intervalMs > 0 ? nowMs - intervalMs - 1 : 0;
}

/** Tells whether one entry is newer than another, by when their requests began. */
export function isNewer(entry: Entry, than: Entry, nowMs: number, intervalMs: number): boolean {
  const { requestedAtMs = 0 } = entry;
  const { requestedAtMs: thanMs } = than;
  return thanMs === undefined || requestedAtMs > trustedMs(thanMs, nowMs, intervalMs);
}

/**
 * Tells whether an entry is older than `maxAgeMs`; an entry that was never fetched always is. So is one that lies in the
 * future: clocks are set back, and foreign clocks are wrong, but nothing stays fresh for ever.
 */
export function isExpired({ fetchedAtMs }: Entry, maxAgeMs: number, nowMs: number): boolean {
  return fetchedAtMs === undefined || fetchedAtMs > nowMs || nowMs - fetchedAtMs > maxAgeMs;
}

/**
 * Writes an entry as all ConfigCat SDKs do, so that they can share a cache. Its one time is that of the request: others
 * can live with a time that is a little early, not with one that is late. Source: protocol section 9.
 */
export function toCacheText({ requestedAtMs = 0, etag = '', configText = '' }: Entry): string {
  return `${requestedAtMs}\n${etag}\n${configText}`;
}

/**
 * Reads what any ConfigCat SDK wrote.
 *
 * @throws Error when the text has too few lines or no fetch time. Source: protocol section 9.
 */
export function fromCacheText(text: string): Entry {
  const timeEnd = text.indexOf('\n');
  const etagEnd = text.indexOf('\n', timeEnd + 1);
  if (etagEnd < 0) throw new Error('Number of values is fewer than expected.');
  const time = text.slice(0, timeEnd);
  // Compat: other SDKs accept blanks before the digits and anything behind them.
  const fetchedAtMs = Number.parseInt(time, 10);
  if (Number.isNaN(fetchedAtMs)) throw new Error(`Invalid fetch time: ${time}`);
  return {
    configText: text.slice(etagEnd + 1) || undefined,
    etag: text.slice(timeEnd + 1, etagEnd) || undefined,
    fetchedAtMs,
    requestedAtMs: fetchedAtMs,
  };
}
