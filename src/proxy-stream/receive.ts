import { createParser } from 'eventsource-parser';
import { Observable } from 'rxjs';

/** The part of the Fetch API that streams use. */
export type StreamFetch = (
  url: string,
  init: { method: 'GET'; headers: Record<string, string>; cache: 'no-store'; signal: AbortSignal },
) => Promise<StreamResponse>;

/** The part of a Fetch API response that streams use. */
export interface StreamResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array> | null;
}

// A config has at most five megabytes; its values have less.
const maxFrameLength = 5_000_000;

/**
 * Opens a stream of server-sent events. Emits for each piece that arrives the frames that are complete with it, often none;
 * completes when the server ends the stream, and errors when it fails. The request is aborted with the subscription.
 */
export function receive(url: string, fetch: StreamFetch): Observable<readonly string[]> {
  return new Observable((subscriber) => {
    const controller = new AbortController();
    const read = async () => {
      const headers = { Accept: 'text/event-stream' };
      const response = await fetch(url, { method: 'GET', headers, cache: 'no-store', signal: controller.signal });
      requireEvents(response);
      const { takeFrames, requireEnd } = createFrameReader();
      const reader = response.body?.getReader();
      for (;;) {
        const piece = await reader?.read();
        if (piece?.value === undefined) return;
        // Complete frames are emitted even if a later part of the piece is invalid.
        subscriber.next(takeFrames(piece.value));
        requireEnd();
      }
    };
    read().then(
      () => {
        subscriber.complete();
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
    return () => {
      controller.abort();
    };
  });
}

function requireEvents({ status, headers }: StreamResponse): void {
  if (status !== 200) throw new Error(`The Proxy answered ${status}.`);
  if (!headers.get('content-type')?.startsWith('text/event-stream')) {
    throw new Error('The answer is no stream of server-sent events.');
  }
}

/** Parses pieces of bytes, cut anywhere, into the data of events. */
function createFrameReader() {
  const decoder = new TextDecoder();
  let frames: string[] = [];
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize: maxFrameLength,
    onEvent: ({ event, data }) => {
      // By the specification of server-sent events, those with another name have listeners of their own.
      if (event === undefined || event === '' || event === 'message') frames.push(data);
    },
    onError: ({ type }) => (isTooLong ||= type === 'max-buffer-size-exceeded'),
  });
  return {
    takeFrames: (piece: Uint8Array): readonly string[] => {
      frames = [];
      parser.feed(decoder.decode(piece, { stream: true }));
      return frames;
    },
    /** Throws when a frame is longer than any that the Proxy sends. */
    requireEnd: () => {
      if (isTooLong) throw new Error('A frame of the stream does not end.');
    },
  };
}
