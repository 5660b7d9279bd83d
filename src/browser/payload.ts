/**
 * The beginning of a payload as all ConfigCat SDKs store it: a time, an ETag and a config JSON, separated by line feeds.
 * Source: protocol section 9.
 */
const timePattern = /^\s*[+-]?\d+/;

/**
 * When the config of a payload was requested, Unix milliseconds; `undefined` when the text is no payload. A time in the
 * future comes from a clock that was set back, or from another clock: it counts as one poll interval ago.
 */
export function requestTimeOf(text: string, nowMs: number, intervalMs: number): number | undefined {
  if (!timePattern.test(text)) return undefined;
  const timeMs = Number.parseInt(text, 10);
  return timeMs > nowMs ? nowMs - intervalMs : timeMs;
}

/** Tells whether a text is a payload with a JSON object in it. The client checks whether that is a config. */
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
