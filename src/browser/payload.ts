/**
 * A payload as all ConfigCat SDKs store it: a time, an ETag and a config JSON, each behind the last with a line feed
 * between. Source: protocol section 9.
 */
const timePattern = /^\s*[+-]?\d+/;

/**
 * When the config of a payload was asked for, Unix milliseconds; `undefined` when the text is no payload. A time that lies
 * in the future is none: the clock was set back, or is another one. It counts as one poll interval ago.
 */
export function requestTimeOf(text: string, nowMs: number, intervalMs: number): number | undefined {
  if (!timePattern.test(text)) return undefined;
  const timeMs = Number.parseInt(text, 10);
  return timeMs > nowMs ? nowMs - intervalMs : timeMs;
}

/** Tells whether a text is a payload with a JSON object in it. Whether that is a config, the client judges. */
export function isPayload(text: unknown): text is string {
  if (typeof text !== 'string' || !timePattern.test(text)) return false;
  const etagAt = text.indexOf('\n') + 1;
  const jsonAt = text.indexOf('\n', etagAt) + 1;
  if (etagAt === 0 || jsonAt === 0) return false;
  try {
    const json: unknown = JSON.parse(text.slice(jsonAt));
    return typeof json === 'object' && json !== null && !Array.isArray(json);
  } catch {
    return false;
  }
}
