import { sha1Hex } from '../hash.js';
import type { Order } from './engine.js';
import type { Payload } from './payload.js';
import { toPayload } from './payload.js';

/** The message that announces that a lease was given back. */
export const released = 'released';

/** The parts of an announcement of a write. */
export interface Announcement {
  readonly order: Order;
  /** The time in the payload. */
  readonly timeText: string;
  /** The SHA-1 of the content: whoever has the content recognises it by this. */
  readonly digest: string;
  /** The content itself, where it is new, so that nobody has to read the entry. */
  readonly content: string | undefined;
}

/** Formats the announcement of a payload. */
export function toAnnouncement({ fence, counter }: Order, { time, content }: Payload, isNewContent: boolean): string {
  return `${fence}:${counter} ${time} ${digestOf(content)}${isNewContent ? `\n${content}` : ''}`;
}

/** Parses an announcement; `undefined` when the text is none. */
export function fromAnnouncement(text: string): Announcement | undefined {
  const headEnd = text.indexOf('\n');
  const head = headEnd < 0 ? text : text.slice(0, headEnd);
  const match = /^(\d{1,16}):(\d{1,16}) (-?\d{1,16}) ([A-Za-z0-9+/]{27}=)$/.exec(head);
  if (!match) return undefined;
  const [, fence, counter, timeText = '', digest = ''] = match;
  const order = { fence: Number(fence), counter: Number(counter) };
  return { order, timeText, digest, content: headEnd < 0 ? undefined : text.slice(headEnd + 1) };
}

/** Completes an announced payload with the content of the announcement or a known one; `undefined` without either. */
export function announcedPayload(
  { timeText, digest, content }: Announcement,
  ...known: readonly (Payload | undefined)[]
): Payload | undefined {
  const candidates = [content, ...known.map((payload) => payload?.content)];
  const found = candidates.find((candidate) => candidate !== undefined && digestOf(candidate) === digest);
  return found === undefined ? undefined : toPayload(`${timeText}\n${found}`);
}

export function digestOf(content: string): string {
  return btoa(sha1Hex(content).replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))));
}
