import type { Answer, OutletListener } from './answer.js';
import type { IncomingRequest, RequestBody } from './request.js';
import { createBodyCollector } from './request.js';

/** The part of a request of `node:http` that is used; Express, Fastify (`request.raw`) and `node:http2` have it, too. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly readableDidRead?: boolean;
  readonly destroyed?: boolean;
  /** Goes on reading where somebody has paused it. */
  readonly resume?: () => unknown;
  on(event: 'data' | 'end' | 'error' | 'close', listener: (chunk: Uint8Array) => void): unknown;
}

/** The part of a response of `node:http` that is used. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  write(chunk: Uint8Array, callback: (error?: Error | null) => void): unknown;
  end(body?: string | Uint8Array): unknown;
  destroy(): unknown;
  readonly destroyed?: boolean;
  readonly flushHeaders?: () => void;
  on(event: 'close' | 'error', listener: () => void): unknown;
}

/** Reads a request of `node:http`. Of Express, it takes what a parser has made of the body already. */
export function fromNode(request: NodeRequest): IncomingRequest {
  const { headers, method = 'GET', url = '/' } = request;
  const { body, rawBody, baseUrl } = request as Readonly<Partial<Record<'body' | 'rawBody' | 'baseUrl', unknown>>>;
  return {
    method,
    url,
    native: request,
    mountPath: typeof baseUrl === 'string' ? baseUrl : '',
    header: (name) => {
      const value = headers[name.toLowerCase()];
      return typeof value === 'string' ? value : value?.join(', ');
    },
    headerBytes: () =>
      Object.entries(headers).reduce((sum, [name, value = '']) => sum + name.length + String(value).length + 4, 0),
    readBody: (maxBytes) => {
      const bytes = [rawBody, body].find((given) => given instanceof Uint8Array);
      if (bytes instanceof Uint8Array) return Promise.resolve(bodyOf(bytes, maxBytes));
      if (!request.readableDidRead) return readEvents(request, maxBytes);
      return Promise.resolve(body === undefined ? { problem: 'malformed-request' } : { parsed: body });
    },
  };
}

function bodyOf(bytes: Uint8Array, maxBytes: number): RequestBody {
  const collector = createBodyCollector(maxBytes);
  return collector.add(bytes) ? collector.body() : { problem: 'body-too-large' };
}

function readEvents(request: NodeRequest, maxBytes: number): Promise<RequestBody> {
  const collector = createBodyCollector(maxBytes);
  return new Promise((resolve, reject) => {
    const endEarly = () => {
      reject(new Error('The request ended before its body.'));
    };
    // A destroyed request emits no more events.
    if (request.destroyed) endEarly();
    // The rest of a body that is too large is read and dropped, so that the answer still reaches the sender.
    request.on('data', (chunk) => {
      if (!collector.add(chunk)) resolve({ problem: 'body-too-large' });
    });
    request.on('end', () => {
      resolve(collector.body());
    });
    for (const event of ['error', 'close'] as const) request.on(event, endEarly);
    // Somebody may have paused it before.
    request.resume?.();
  });
}

/** Sends an answer by a response of `node:http`. */
export function sendByNode(response: NodeResponse, { status, headers, body, open }: Answer, isHead: boolean): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (!open || isHead) {
    if (isHead || body === undefined) response.end();
    else response.end(body);
    return;
  }
  const flushed = (error?: Error | null) => {
    if (!error) listener?.onFlushed();
  };
  response.on('close', () => {
    listener?.onClose();
  });
  // Without a listener, an error would end the process. What it means is told by `close`.
  response.on('error', () => undefined);
  response.flushHeaders?.();
  const listener: OutletListener | undefined = open({
    write: (bytes) => {
      response.write(bytes, flushed);
    },
    end: () => {
      response.end();
    },
    destroy: () => {
      response.destroy();
    },
  });
  // Who has gone before the answer was ready is not told so again.
  if (response.destroyed) listener.onClose();
}
