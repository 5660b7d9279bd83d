// Pages of jsdom have none of their own.
import { ReadableStream } from 'node:stream/web';
import type { RemoteFetch, RemoteResponse } from '../../src/remote';
import type { VirtualClock } from './virtual-time';

type Flag = readonly [key: string, value: boolean | string | number | null, variationId?: string | null, type?: number];

/** A request that a fake relay has got, and the ways to answer it. */
export interface RelayRequest {
  readonly atMs: number;
  readonly method: string;
  readonly accept: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly isAborted: () => boolean;
  /** Answers with a stream, on which texts can be sent. */
  readonly stream: () => void;
  readonly send: (text: string) => void;
  readonly values: (etag: string, order: readonly number[], flags: readonly Flag[]) => void;
  readonly changes: (
    etag: string,
    order: readonly number[],
    flags: readonly Flag[],
    removed?: readonly string[],
  ) => void;
  readonly end: () => void;
  readonly break: () => void;
  readonly answer: (status: number, body?: string, headers?: Readonly<Record<string, string>>) => void;
  readonly fail: () => void;
}

/** A relay in the hands of a spec: it says nothing by itself. */
export function createFakeRelay(clock: VirtualClock): { fetch: RemoteFetch; requests: RelayRequest[] } {
  const requests: RelayRequest[] = [];
  const fetch: RemoteFetch = (_, { method, headers, body, signal }) =>
    new Promise<RemoteResponse>((resolve, reject) => {
      let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
      const toResponse = (status: number, text: string, given: Readonly<Record<string, string>>): RemoteResponse => ({
        status,
        headers: { get: (name) => given[name.toLowerCase()] ?? null },
        body: controller ? (stream as RemoteResponse['body']) : null,
        text: () => Promise.resolve(text),
      });
      const stream = new ReadableStream<Uint8Array>({
        start: (opened) => {
          controller = opened;
        },
      });
      signal.addEventListener('abort', () => {
        reject(new Error('aborted'));
        try {
          controller?.error(new Error('aborted'));
        } catch {
          // It has been closed.
        }
      });
      const send = (text: string) => {
        controller!.enqueue(new TextEncoder().encode(text));
      };
      const event = (name: string, etag: string, data: object) => {
        send(`event: ${name}\nid: ${etag}\ndata: ${JSON.stringify(data)}\n\n`);
      };
      requests.push({
        atMs: clock.scheduler.now(),
        method,
        accept: headers.Accept ?? '',
        headers,
        body: body === undefined ? undefined : JSON.parse(body),
        isAborted: () => signal.aborted,
        stream: () => {
          resolve(toResponse(200, '', { 'content-type': 'text/event-stream' }));
        },
        send,
        values: (etag, order, flags) => {
          event('values', etag, { order, flags });
        },
        changes: (etag, order, flags, removed) => {
          event('changes', etag, { order, flags, removed });
        },
        end: () => {
          controller!.close();
        },
        break: () => {
          controller!.error(new Error('broken'));
        },
        answer: (status, text = '', given = {}) => {
          resolve(toResponse(status, text, given));
        },
        fail: () => {
          reject(new TypeError('fetch failed'));
        },
      });
    });
  return { fetch, requests };
}
