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

/**
 * The announcement of a payload: when it was fetched, and a digest by which those who have its content know it; with the
 * content itself where that is new, so that nobody has to ask for it.
 */
export function announcementOf({ fetchedAtMs, content }: Payload, isNewContent: boolean): string {
  return `${fetchedAtMs} ${digestOf(content)}${isNewContent ? `\n${content}` : ''}`;
}

/**
 * The newest payload after an announcement: the one at hand, under a later time if that is all that is new, or the one
 * announced; `undefined` when that can only be read.
 */
export function newestOf(known: Payload | undefined, announcement: string): Payload | undefined {
  const [head = '', ...lines] = announcement.split('\n');
  const [time = '', digest] = head.split(' ');
  const isKnown = known !== undefined && digest === digestOf(known.content);
  if (!isKnown && lines.length === 0) return undefined;
  const announced = toPayload(`${time}\n${isKnown ? known.content : lines.join('\n')}`);
  return announced && known && announced.fetchedAtMs <= known.fetchedAtMs ? known : announced;
}

function digestOf(content: string): string {
  return createHash('sha1').update(content).digest('base64');
}
