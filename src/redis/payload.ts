import { createHash } from 'node:crypto';

/**
 * A payload as all ConfigCat SDKs store it: the fetch time in its first line, then what was fetched. Source: protocol
 * section 9.
 */
export interface Payload {
  readonly text: string;
  readonly fetchedAtMs: number;
  /** Everything behind the fetch time: ETag and config JSON. */
  readonly content: string;
}

/** Reads a payload; `undefined` when the text is none. The client judges its content. */
export function toPayload(text: string): Payload | undefined {
  const timeEnd = text.indexOf('\n');
  const fetchedAtMs = Number.parseInt(text.slice(0, Math.max(timeEnd, 0)), 10);
  return Number.isNaN(fetchedAtMs) ? undefined : { text, fetchedAtMs, content: text.slice(timeEnd + 1) };
}

/** The announcement of a payload: when it was fetched, and a digest by which those who have it know it. */
export function announcementOf({ fetchedAtMs, content }: Payload): string {
  return `${fetchedAtMs} ${digestOf(content)}`;
}

/**
 * What an announcement makes of the payload at hand: the payload itself, under a later time if that is all that is new;
 * `undefined` when another content is announced.
 */
export function renewed(known: Payload | undefined, announcement: string): Payload | undefined {
  const [time = '', digest] = announcement.split(' ');
  if (known === undefined || digest !== digestOf(known.content)) return undefined;
  const fetchedAtMs = Number(time);
  return fetchedAtMs > known.fetchedAtMs ? { ...known, fetchedAtMs, text: `${fetchedAtMs}\n${known.content}` } : known;
}

function digestOf(content: string): string {
  return createHash('sha1').update(content).digest('base64');
}
