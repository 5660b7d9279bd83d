import type { RefreshFailure } from '../acquisition/outcome.js';
import type { User } from '../model/user.js';
import { createEventReader } from './event-reader.js';
import type { RemoteResponse, ResolvedRemoteOptions } from './options.js';
import type { Goodbye } from './pause.js';

/** Whom a relay is asked about, and who takes what it says. What is malformed makes them throw. */
export interface Asker {
  readonly user: () => User | undefined;
  /** The tag of what has been received last, for this user. */
  readonly etag: () => string | undefined;
  /** All values, or what has changed of them since. */
  readonly onMessage: (text: string, etag: string, isChange: boolean) => void;
  /** The relay is there, and vouches for what has been received last: with this order, if it says so. */
  readonly onConfirmed: (order?: string | null) => void;
}

/** One attempt to hear of values, and what has come of it. */
export interface Attempt {
  readonly signal: AbortSignal;
  /** No other attempt has taken its place. */
  readonly isCurrent: () => boolean;
  /** Called with each sign of life. */
  readonly onHeard: () => void;
  /** Called each time that the stream has said what the values are. */
  readonly onTold: () => void;
  /** A stream has said what the values are. */
  isTold?: boolean;
  /** Values have been asked for by themselves. */
  isPolled?: boolean;
  answer?: RemoteResponse;
  goodbye?: Goodbye;
  failure?: RefreshFailure;
}

const streamType = 'text/event-stream';

/**
 * Asks for values, by a stream or not, and hands on what comes until it ends or another attempt has begun. Source: relay
 * protocol, sections 1, 4 and 6.
 *
 * @throws whatever a request, or what an answer is made of, fails with.
 */
export async function ask(
  options: ResolvedRemoteOptions,
  asker: Asker,
  attempt: Attempt,
  isStream: boolean,
): Promise<void> {
  const answer = (attempt.answer = await send(options, asker, attempt, isStream));
  if (!attempt.isCurrent()) return;
  const { status, headers } = answer;
  if (status === 200 && headers.get('content-type')?.startsWith(streamType)) return readStream(answer, asker, attempt);
  if (status === 429 && isStream) return ask(options, asker, attempt, false);
  attempt.isPolled = !isStream;
  if (status === 304) asker.onConfirmed(headers.get('configcat-relay-order'));
  else if (status === 200) {
    const text = await answer.text();
    if (attempt.isCurrent()) asker.onMessage(text, headers.get('etag') ?? '', false);
  } else attempt.failure = toFailure(1101, `The relay answered ${status}.`);
}

async function readStream({ body }: RemoteResponse, asker: Asker, attempt: Attempt): Promise<void> {
  const read = createEventReader(({ event, data = '', id = '' }) => {
    // Whoever was told of the event before may have set another user.
    if (!attempt.isCurrent()) return;
    if (event === 'values' || event === 'changes') {
      asker.onMessage(data, id, event === 'changes');
      attempt.onTold();
    } else if (event === 'goodbye') attempt.goodbye = JSON.parse(data) as Goodbye;
    else if (attempt.isTold) asker.onConfirmed();
  });
  const decoder = new TextDecoder();
  const reader = body!.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (!value || !attempt.isCurrent()) break;
    attempt.onHeard();
    read(decoder.decode(value, { stream: true }));
  }
  if (!attempt.isTold) throw new Error('The stream has ended before anything came.');
}

function send(
  { url, fetch, headers, credentials }: ResolvedRemoteOptions,
  { user, etag }: Asker,
  { signal }: Attempt,
  isStream: boolean,
): Promise<RemoteResponse> {
  const body = user() && JSON.stringify({ user: user() });
  const tag = etag();
  return fetch(`${url}/values`, {
    method: body ? 'POST' : 'GET',
    ...(body && { body }),
    headers: {
      ...(typeof headers === 'function' ? headers() : headers),
      Accept: isStream ? streamType : 'application/json',
      ...(body && { 'Content-Type': 'application/json' }),
      ...(tag && { [isStream ? 'Last-Event-ID' : 'If-None-Match']: tag }),
    },
    ...(credentials && { credentials }),
    cache: 'no-store',
    signal,
  });
}

export function toFailure(
  errorCode: RefreshFailure['errorCode'],
  errorMessage: string,
  exception?: unknown,
): RefreshFailure {
  return { isSuccess: false, errorCode, errorMessage, exception };
}
