import { Observable } from 'rxjs';
import type { HttpResponse, Transport } from '../acquisition/fetch.js';
import { NoTransportError } from '../acquisition/fetch.js';
import { utf8 } from '../hash.js';
import type { FetchFunction, FetchResponse } from './platform.js';

/** Statuses whose body is read to its end, which also returns the connection to its pool. */
export const readStatuses: readonly number[] = [200, 304];

/**
 * Sends requests with a function of the Fetch API. Every request has an abort signal, and a request that is not
 * waited for any more is aborted.
 *
 * @param load - gives the function at the first request, so that nothing is loaded before.
 * @param init - what the function needs beside method, headers and signal.
 * @param decoding - how bodies become text. Default: as `Response.text()` does it.
 */
export function fetchTransport(
  load: () => FetchFunction | Promise<FetchFunction>,
  init: object = {},
  decoding: TextDecoderOptions = {},
): Transport {
  return ({ url, headers, maxBytes }, onRayId) =>
    new Observable((subscriber) => {
      const controller = new AbortController();
      let isAnswered = false;
      const exchange = async (): Promise<HttpResponse> => {
        const send = await load();
        // Not every function heeds a signal that was aborted before.
        if (subscriber.closed) throw new Error('The request was given up.');
        const response = await send(url, {
          ...init,
          method: 'GET',
          headers: { ...headers },
          signal: controller.signal,
        });
        const rayId = nonEmpty(response.headers.get('cf-ray'));
        if (rayId !== undefined && !controller.signal.aborted) onRayId(rayId);
        const body = readStatuses.includes(response.status) ? await readText(response, maxBytes, decoding) : '';
        isAnswered = readStatuses.includes(response.status) && body !== undefined;
        return toHttpResponse(response, body);
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
  if (typeof fetch !== 'function') throw new NoTransportError('There is no fetch here: give the option `fetch`.');
  return fetch.bind(globalThis);
}

function toHttpResponse({ status, statusText, headers }: FetchResponse, body: string | undefined): HttpResponse {
  return {
    status,
    statusText,
    etag: nonEmpty(headers.get('etag')),
    retryAfter: nonEmpty(headers.get('retry-after')),
    body,
  };
}

/** The text of a body; `undefined` as soon as it turns out to be too long. */
async function readText(
  response: FetchResponse,
  maxBytes: number,
  decoding: TextDecoderOptions,
): Promise<string | undefined> {
  const read = readerOf(response.body);
  if (!read) {
    const text = await response.text();
    return isLonger(text, maxBytes) ? undefined : text;
  }
  const decoder = new TextDecoder(undefined, decoding);
  let text = '';
  for (let bytes = 0; ;) {
    const piece = await read();
    if (piece.done) return text + decoder.decode();
    bytes += piece.value.byteLength;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(piece.value, { stream: true });
  }
}

/** A piece of a body, or its end. */
type Piece = { readonly done?: false; readonly value: Uint8Array } | { readonly done: true };

/** What reads a body piece by piece: a stream of the web, or one of Node, which some functions give. */
function readerOf(body: unknown): (() => Promise<Piece>) | undefined {
  const stream = body as Partial<ReadableStream & AsyncIterable<Uint8Array>> | null | undefined;
  const reader = stream?.getReader?.();
  if (reader) return () => reader.read() as Promise<Piece>;
  const iterator = stream?.[Symbol.asyncIterator]?.();
  return iterator && (() => iterator.next() as Promise<Piece>);
}

function isLonger(text: string, maxBytes: number): boolean {
  // A unit of UTF-16 has three bytes at most.
  return text.length > maxBytes || (text.length * 3 > maxBytes && utf8(text).length > maxBytes);
}

function nonEmpty(header: string | null): string | undefined {
  return header === null || header === '' ? undefined : header;
}
