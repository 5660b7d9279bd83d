import type { RemoteResponse } from './options.js';

const longestMs = 60_000;
const longestRetryAfterMs = 3_600_000;
/** Nothing but time, or another user, helps with these. */
const hopeless = [400, 401, 403, 404, 405, 413, 415, 431];

/** What a relay says of when to come back, which may be anything. */
export type Goodbye = Readonly<Partial<Record<'minMs' | 'maxMs', number>>> | null;

/**
 * How long a client waits before it comes back, in milliseconds: as long as a relay that shuts down has said; for the first time
 * at any moment between one and four seconds, so that the clients of a relay that was killed come back evenly; then for
 * pauses that double up to a minute, each shortened by up to half at random. Source: relay protocol, section 5.
 *
 * @param failures - how many ends in a row came before this one.
 * @param answer - the last one, if there was one.
 */
export function pauseAfter(
  failures: number,
  random: () => number,
  goodbye?: Goodbye,
  answer?: Pick<RemoteResponse, 'status' | 'headers'>,
): number {
  const between = (minMs: number, maxMs: number) => minMs + random() * (maxMs - minMs);
  if (goodbye) {
    const minMs = within(goodbye.minMs, 1000);
    return between(minMs, Math.max(minMs, within(goodbye.maxMs, 4000)));
  }
  if (answer && hopeless.includes(answer.status)) return between(longestMs / 2, longestMs);
  const fullMs = Math.min(2000 * 2 ** failures, longestMs);
  // Those who are told the same come back at different times.
  return (
    within(Number(answer?.headers.get('retry-after')) * 1000, 0, longestRetryAfterMs) +
    (failures ? between(fullMs / 2, fullMs) : between(1000, 4000))
  );
}

function within(ms: unknown, otherwiseMs: number, mostMs = longestMs): number {
  return typeof ms === 'number' && ms >= 0 ? Math.min(ms, mostMs) : otherwiseMs;
}
