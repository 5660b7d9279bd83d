import { createHash } from 'node:crypto';
import type { Order } from './engine.js';
import type { Payload } from './payload.js';
import { toPayload } from './payload.js';

/** What is announced when a lease is given back. */
export const released = 'released';

/** What an announcement says of an entry. */
export interface Announcement {
  readonly order: Order;
  /** The time in the payload. */
  readonly timeText: string;
  /** By this, whoever has the content knows it. */
  readonly digest: string;
  /** The content itself, where it is new: so nobody has to ask for it. */
  readonly content: string | undefined;
}

/** Words the announcement of a payload. */
export function toAnnouncement({ fence, counter }: Order, { time, content }: Payload, isNewContent: boolean): string {
  return `${fence}:${counter} ${time} ${digestOf(content)}${isNewContent ? `\n${content}` : ''}`;
}

/** Reads an announcement; `undefined` when the text is none. */
export function fromAnnouncement(text: string): Announcement | undefined {
  const headEnd = text.indexOf('\n');
  const head = headEnd < 0 ? text : text.slice(0, headEnd);
  const match = /^(\d{1,16}):(\d{1,16}) (-?\d{1,16}) ([A-Za-z0-9+/]{27}=)$/.exec(head);
  if (!match) return undefined;
  const [, fence, counter, timeText = '', digest = ''] = match;
  const order = { fence: Number(fence), counter: Number(counter) };
  return { order, timeText, digest, content: headEnd < 0 ? undefined : text.slice(headEnd + 1) };
}

/** The payload that is announced, with the content that came along or one that is known; `undefined` without either. */
export function announcedPayload(
  { timeText, digest, content }: Announcement,
  ...known: readonly (Payload | undefined)[]
): Payload | undefined {
  const candidates = [content, ...known.map((payload) => payload?.content)];
  const found = candidates.find((candidate) => candidate !== undefined && digestOf(candidate) === digest);
  return found === undefined ? undefined : toPayload(`${timeText}\n${found}`);
}

export function digestOf(content: string): string {
  return createHash('sha1').update(content).digest('base64');
}
