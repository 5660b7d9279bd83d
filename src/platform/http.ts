import { Observable } from 'rxjs';
import type { Transport } from '../acquisition/fetch.js';
import { utf8 } from '../hash.js';
import type { FetchFunction, FetchResponse } from './platform.js';

/** Statuses whose body is read to its end, which also returns the connection to its pool. */
export const readStatuses: readonly number[] = [200, 304];

/** How requests are sent with a function of the Fetch API. */
export interface FetchTransportOptions {
  /** What the function needs beside method, headers and signal. */
  readonly init?: object;
  /** How bodies become text. Default: as `Response.text()` does it. */
  readonly decoding?: TextDecoderOptions;
  /** Reads bodies piece by piece. Default: those that are streams of the web. */
  readonly readerOf?: (body: unknown) => PieceReader | undefined;
}

/** Gives a body piece by piece. */
export type PieceReader = () => Promise<Piece>;

/** A piece of a body, or its end. */
type Piece = { readonly done?: false; readonly value: Uint8Array } | { readonly done: true };

/**
 * Sends requests with a function of the Fetch API. Every request has an abort signal, and a request that is not
 * waited for any more is aborted.
 *
 * @param load - gives the function at the first request, so that nothing is loaded before.
 */
export function fetchTransport(
  load: () => FetchFunction | Promise<FetchFunction>,
  { init, decoding, readerOf = webReader }: FetchTransportOptions = {},
): Transport {
  return ({ url, headers, maxBytes }, onRayId) =>
    new Observable((subscriber) => {
      const controller = new AbortController();
      const { signal } = controller;
      let isAnswered = false;
      const exchange = async () => {
        const send = await load();
        // Not every function heeds a signal that was aborted before.
        if (subscriber.closed) throw new Error('The request was given up.');
        const response = await send(url, { ...init, method: 'GET', headers: { ...headers }, signal });
        const { status, statusText } = response;
        const header = (name: string) => {
          const value = response.headers.get(name);
          return value === '' ? undefined : (value ?? undefined);
        };
        const rayId = header('cf-ray');
        if (rayId !== undefined && !signal.aborted) onRayId(rayId);
        const isRead = readStatuses.includes(status);
        const body = isRead ? await readText(response, maxBytes, readerOf(response.body), decoding) : '';
        isAnswered = isRead && body !== undefined;
        return { status, statusText, etag: header('etag'), retryAfter: header('retry-after'), body };
      };
      exchange().then(
        (response) => {
          subscriber.next(response);
          subscriber.complete();
        },
        (error: unknown) => {
          subscriber.error(error);
        },
      );
      return () => {
        // Also drops the body of an answer that nobody reads.
        if (!isAnswered) controller.abort();
      };
    });
}

/** The runtime's `fetch`, looked up at each request, so that whoever replaces it later is heard. */
export function ownFetch(): FetchFunction {
  const { fetch } = globalThis as { readonly fetch?: typeof globalThis.fetch };
  if (typeof fetch === 'function') return fetch.bind(globalThis);
  throw Object.assign(new Error('There is no fetch here: give the option `fetch`.'), { name: 'NoTransportError' });
}

/** The text of a body; `undefined` as soon as it turns out to be too long. */
async function readText(
  response: FetchResponse,
  maxBytes: number,
  read: PieceReader | undefined,
  decoding?: TextDecoderOptions,
): Promise<string | undefined> {
  let text = '';
  if (!read) {
    text = await response.text();
    // A unit of UTF-16 has three bytes at most.
    return text.length * 3 > maxBytes && utf8(text).length > maxBytes ? undefined : text;
  }
  const decoder = new TextDecoder(undefined, decoding);
  for (let bytes = 0; ;) {
    const piece = await read();
    if (piece.done) return text + decoder.decode();
    bytes += piece.value.byteLength;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(piece.value, { stream: true });
  }
}

function webReader(body: unknown): PieceReader | undefined {
  const reader = (body as Partial<ReadableStream> | null | undefined)?.getReader?.();
  return reader && (() => reader.read() as Promise<Piece>);
}

/** Reads streams of Node as well, and whatever else can be iterated, which some functions give there. */
export function anyReader(body: unknown): PieceReader | undefined {
  const read = webReader(body);
  if (read) return read;
  const iterator = (body as Partial<AsyncIterable<Uint8Array>> | null | undefined)?.[Symbol.asyncIterator]?.();
  return iterator && (() => iterator.next() as Promise<Piece>);
}
