import { Observable } from 'rxjs';
import type { HttpResponse, Transport } from '../acquisition/fetch.js';
import type { FetchFunction, FetchResponse } from './platform.js';

/** Statuses whose body is read to its end, which also returns the connection to its pool. */
const readStatuses: readonly number[] = [200, 304];

/**
 * Sends requests with a function of the Fetch API. Every request has an abort signal, and a request that is not
 * waited for any more is aborted.
 *
 * @param load - gives the function at the first request, so that nothing is loaded before.
 * @param init - what the function needs beside method, headers and signal.
 */
export function fetchTransport(load: () => FetchFunction | Promise<FetchFunction>, init: object = {}): Transport {
  return ({ url, headers }, onRayId) =>
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
        const isRead = readStatuses.includes(response.status);
        const body = isRead ? await response.text() : '';
        isAnswered = isRead;
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

function toHttpResponse({ status, statusText, headers }: FetchResponse, body: string): HttpResponse {
  return {
    status,
    statusText,
    etag: nonEmpty(headers.get('etag')),
    retryAfter: nonEmpty(headers.get('retry-after')),
    body,
  };
}

function nonEmpty(header: string | null): string | undefined {
  return header === null || header === '' ? undefined : header;
}
