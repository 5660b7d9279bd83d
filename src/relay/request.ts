/** A request as `user()` and `attributes()` see it, whatever the kind of server. */
export interface RelayRequest {
  readonly method: string;
  /** Path and query, as the server was asked for them. */
  readonly url: string;
  /** Reads a header by its name, in whatever case; `undefined` when it is not there. */
  readonly header: (name: string) => string | undefined;
  /** The request as the server has it: that of `node:http`, of Express, or of the Fetch API. */
  readonly native: unknown;
}

/** A request, and what only the relay reads of it. */
export interface IncomingRequest extends RelayRequest {
  /** The path before the part that the server has cut off, as Express does where the relay is mounted. */
  readonly mountPath: string;
  /** The length of all headers. */
  readonly headerBytes: () => number;
  /** Reads the body; the promise may reject. */
  readonly readBody: (maxBytes: number) => Promise<RequestBody>;
}

/** A body: its text, what a parser before the relay has made of it, or why there is none. */
export type RequestBody =
  | { readonly text: string }
  | { readonly parsed: unknown }
  | { readonly problem: 'body-too-large' | 'malformed-request' };

/** Collects the chunks of a body up to a size. */
export function createBodyCollector(maxBytes: number) {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  return {
    /** Takes a chunk; `false` when the body has become too large. */
    add: (chunk: Uint8Array): boolean => {
      size += chunk.length;
      if (size > maxBytes) return false;
      text += decoder.decode(chunk, { stream: true });
      return true;
    },
    body: (): RequestBody => ({ text: text + decoder.decode() }),
  };
}

/** The names and types of values in `Accept`, in the order of preference that is stated by position. */
export function wantsStream({ method, header }: RelayRequest): boolean {
  return method !== 'HEAD' && /^\s*text\/event-stream\b/i.test(header('accept') ?? '');
}

/** Whether one of the tags that a request knows is this one. Weak tags are compared as strong ones. */
export function knowsEtag(list: string | undefined, etag: string): boolean {
  if (list === undefined) return false;
  // Intermediaries that compress make tags weak, and some of them append to what is within the quotes.
  return list.split(',').some((item) => item.trim().replace(/^W\//, '') === etag);
}
