import { parseConfig } from '../index.js';

/**
 * A payload as all ConfigCat SDKs store it: a time in its first line, then what was fetched. Source: protocol section 9.
 */
export interface Payload {
  readonly text: string;
  /** By the clock of whoever fetched it, Unix milliseconds. */
  readonly time: number;
  /** Everything behind the time: ETag and config JSON. */
  readonly content: string;
}

/** Parses a payload; `undefined` when the text is none. */
export function toPayload(text: string): Payload | undefined {
  const timeEnd = text.indexOf('\n');
  const time = Number.parseInt(text.slice(0, Math.max(timeEnd, 0)), 10);
  return Number.isNaN(time) ? undefined : { text, time, content: text.slice(timeEnd + 1) };
}

/** Tells whether clients can use the content of a payload. */
export function isUsable({ content }: Payload): boolean {
  const etagEnd = content.indexOf('\n');
  if (etagEnd < 0) return false;
  try {
    parseConfig(content.slice(etagEnd + 1));
    return true;
  } catch {
    return false;
  }
}

/** Parses a payload that clients can use; `undefined` when they cannot. */
export function toUsablePayload(text: string | undefined): Payload | undefined {
  const payload = text === undefined ? undefined : toPayload(text);
  return payload && isUsable(payload) ? payload : undefined;
}
