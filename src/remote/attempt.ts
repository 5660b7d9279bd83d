import type { RefreshFailure } from '../acquisition/outcome.js';
import type { Occurrence } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import type { User } from '../model/user.js';
import { createEventReader } from './event-reader.js';
import type { RemoteResponse, ResolvedRemoteOptions } from './options.js';
import type { Goodbye } from './pause.js';

/** Whom a relay is asked about, and who takes what it says. What is malformed makes them throw. */
export interface Asker {
  readonly user: () => User | undefined;
  /** The tag of what has been received last, for this user. */
  readonly etag: () => string | undefined;
  readonly onValues: (text: string, etag: string | undefined) => void;
  readonly onChanges: (text: string, etag: string | undefined) => void;
  /** The relay is there, and vouches for what has been received last: with this order, if it says so. */
  readonly onConfirmed: (order: string | null) => void;
}

/** One attempt to hear of values, which others may have taken the place of. */
export interface Attempt {
  readonly signal: AbortSignal;
  readonly isCurrent: () => boolean;
  /** Called with each sign of life. */
  readonly onHeard: () => void;
  /** Called each time that the stream has said what the values are. */
  readonly onTold: () => void;
}

/** How an attempt has ended. */
export interface Ending {
  readonly failed?: Failed | undefined;
  readonly goodbye?: Goodbye | undefined;
  readonly answer?: Pick<RemoteResponse, 'status' | 'headers'>;
  /** Values have been asked for by themselves. */
  readonly isPolled?: boolean;
}

/** Why an attempt has brought nothing. */
export interface Failed {
  readonly failure: RefreshFailure;
  readonly entry: Occurrence;
}

/**
 * Asks for a stream, and reads it to its end. Source: relay protocol, sections 1, 4 and 6.
 *
 * @throws whatever a request, or what an answer is made of, fails with.
 */
export async function listen(options: ResolvedRemoteOptions, asker: Asker, attempt: Attempt): Promise<Ending> {
  const { signal, isCurrent } = attempt;
  const answer = await send(options, asker, streamType, signal);
  if (!isCurrent()) return {};
  if (answer.status === 429) return { ...(await poll(options, asker, attempt)), answer };
  const isStream = answer.status === 200 && answer.headers.get('content-type')?.startsWith(streamType);
  if (!isStream) return { answer, failed: await takeAnswer(answer, asker, isCurrent) };
  return readStream(answer, asker, attempt);
}

/** Hands on what a stream says, until it ends or somebody else has taken its place. */
async function readStream(
  { body }: RemoteResponse,
  { onValues, onChanges, onConfirmed }: Asker,
  { isCurrent, onHeard, onTold }: Attempt,
): Promise<Ending> {
  let goodbye: Goodbye | undefined;
  let eventCount = 0;
  const read = createEventReader((name, data, id) => {
    // Whoever was told of the event before may have set another user.
    if (!isCurrent()) return;
    if (name === 'goodbye') goodbye = JSON.parse(data) as Goodbye;
    if (name !== 'values' && name !== 'changes') return;
    (name === 'values' ? onValues : onChanges)(data, id);
    eventCount++;
    onTold();
  });
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (!piece?.value || !isCurrent()) break;
    onHeard();
    const before = eventCount;
    read(decoder.decode(piece.value, { stream: true }));
    if (eventCount === before && isCurrent()) onConfirmed(null);
  }
  return eventCount > 0 ? { goodbye } : { failed: failureOf(new Error('The stream has ended before anything came.')) };
}

/** Asks for values by themselves. */
export async function poll(
  options: ResolvedRemoteOptions,
  asker: Asker,
  { signal, isCurrent }: Pick<Attempt, 'signal' | 'isCurrent'>,
): Promise<Ending> {
  const answer = await send(options, asker, 'application/json', signal);
  return { answer, isPolled: true, failed: await takeAnswer(answer, asker, isCurrent) };
}

const streamType = 'text/event-stream';

function send(
  { url, fetch, headers, credentials }: ResolvedRemoteOptions,
  { user, etag }: Asker,
  accept: string,
  signal: AbortSignal,
): Promise<RemoteResponse> {
  const body = user() && JSON.stringify({ user: user() });
  const tag = etag();
  return fetch(`${url}/values`, {
    method: body ? 'POST' : 'GET',
    ...(body && { body }),
    headers: {
      ...(typeof headers === 'function' ? headers() : headers),
      Accept: accept,
      ...(body && { 'Content-Type': 'application/json' }),
      ...(tag !== undefined && { [accept === streamType ? 'Last-Event-ID' : 'If-None-Match']: tag }),
    },
    ...(credentials && { credentials }),
    cache: 'no-store',
    signal,
  });
}

/** Takes all values at once, or that they are still the same. */
async function takeAnswer(answer: RemoteResponse, asker: Asker, isCurrent: () => boolean): Promise<Failed | undefined> {
  const { status, headers } = answer;
  if (status !== 200 && status !== 304) {
    const entry: Occurrence = [events.unexpectedStatus, { status, reason: '', rayId: undefined }];
    return { entry, failure: toFailure(1101, `The relay answered ${status}.`) };
  }
  const text = status === 200 ? await answer.text() : '';
  if (!isCurrent()) return undefined;
  if (status === 200) asker.onValues(text, headers.get('etag') ?? undefined);
  else asker.onConfirmed(headers.get('configcat-relay-order'));
  return undefined;
}

/** What has been thrown, as how an attempt has ended. */
export function failureOf(exception: unknown): Failed {
  return {
    entry: [events.requestFailed, { rayId: undefined }],
    failure: toFailure(1103, `The relay could not be asked: ${String(exception)}`, exception),
  };
}

function toFailure(errorCode: RefreshFailure['errorCode'], errorMessage: string, exception?: unknown): RefreshFailure {
  return { isSuccess: false, errorCode, errorMessage, exception };
}
