/** How a request is answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent where there is none. */
  readonly body?: string | Uint8Array;
  /** Begins a stream in place of a body. */
  readonly open?: (outlet: Outlet) => OutletListener;
}

/** Where a stream is written to, whatever the kind of server. Never throws. */
export interface Outlet {
  /** Writes; the listener is told when the bytes have left the process, and writes nothing before that. */
  readonly write: (bytes: Uint8Array) => void;
  /** Ends the stream after what has been written. */
  readonly end: () => void;
  /** Ends the connection at once. */
  readonly destroy: () => void;
}

/** What is told to whoever writes a stream. */
export interface OutletListener {
  readonly onFlushed: () => void;
  readonly onClose: () => void;
}

/** Why a request was not answered as it wished. */
export type RelayError =
  | 'malformed-body'
  | 'malformed-request'
  | 'unauthorized'
  | 'forbidden'
  | 'forbidden-origin'
  | 'not-found'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'too-many-streams'
  | 'headers-too-large'
  | 'failed'
  | 'not-ready'
  | 'overloaded'
  | 'shutting-down';

const errors: Readonly<Record<RelayError, readonly [status: number, message: string, retryAfterSeconds?: number]>> = {
  'malformed-body': [400, 'The body is not what this path takes.'],
  'malformed-request': [400, 'The request is malformed.'],
  unauthorized: [401, 'It is not known who asks.'],
  forbidden: [403, 'This is not allowed.'],
  'forbidden-origin': [403, 'Pages of this origin are not allowed.'],
  'not-found': [404, 'There is nothing here.'],
  'method-not-allowed': [405, 'This path has other methods.'],
  'request-timeout': [408, 'The body takes too long.'],
  'body-too-large': [413, 'The body is too large.'],
  'unsupported-media-type': [415, 'The body must be application/json.'],
  'too-many-streams': [429, 'This user has too many streams.', 30],
  'headers-too-large': [431, 'The headers are too large.'],
  failed: [500, 'The request could not be answered.'],
  'not-ready': [503, 'There are no values yet.', 5],
  overloaded: [503, 'There are too many streams.', 30],
  'shutting-down': [503, 'This server is shutting down.', 1],
};

/** Ends the handling of a request with an error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly reason: RelayError,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(errors[reason][1]);
  }
}

/** The status and the sentence that belong to an error. */
export function describeError(reason: RelayError): { readonly status: number; readonly message: string } {
  const [status, message] = errors[reason];
  return { status, message };
}

/** Answers with JSON. */
export function jsonAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers }, body };
}

/** Answers an error, with nothing of the config, of the user or of the request. */
export function errorAnswer({ reason, headers }: Refusal): Answer {
  const [status, message, retryAfterSeconds] = errors[reason];
  return jsonAnswer(status, JSON.stringify({ error: reason, message }), {
    'Cache-Control': 'no-store',
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
    ...headers,
  });
}

/** Answers that nothing has changed. */
export function notModified(headers: Readonly<Record<string, string>>): Answer {
  return { status: 304, headers };
}
