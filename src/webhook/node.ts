import type { Body, IncomingWebhook } from './request.js';
import { createBodyCollector } from './request.js';

/** The part of a request of `node:http` that is used; Express, Fastify (`request.raw`) and others have it too. */
export interface NodeRequest {
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
  end(text?: string): unknown;
}

/** Reads a request of `node:http` as a webhook request. */
export function fromNode(request: NodeRequest): IncomingWebhook {
  return {
    header: (name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
    readBody: (maxBytes) =>
      request.readableDidRead ? Promise.resolve('body-already-read') : readEvents(request, maxBytes),
  };
}

/**
 * Reads a request of Express as a webhook request. A parser may have read its body already and kept it as it was sent:
 * `express.raw()` as `body`, some platforms as `rawBody`.
 */
export function fromExpress(request: NodeRequest): IncomingWebhook {
  const { rawBody, body } = request as { readonly rawBody?: unknown; readonly body?: unknown };
  const raw = [rawBody, body].find((bytes) => bytes instanceof Uint8Array);
  if (!(raw instanceof Uint8Array)) return fromNode(request);
  return {
    ...fromNode(request),
    readBody: (maxBytes) => Promise.resolve(raw.length > maxBytes ? 'body-too-large' : new Uint8Array(raw)),
  };
}

function readEvents(request: NodeRequest, maxBytes: number): Promise<Body> {
  const collector = createBodyCollector(maxBytes);
  return new Promise((resolve, reject) => {
    const endEarly = () => {
      reject(new Error('The request ended before its body.'));
    };
    // A destroyed request emits no more events.
    if (request.destroyed) endEarly();
    // The rest of a body that is too large is read and dropped, so that the answer still reaches the sender.
    request.on('data', (chunk) => {
      if (!collector.add(chunk)) resolve('body-too-large');
    });
    request.on('end', () => {
      resolve(collector.body());
    });
    for (const event of ['error', 'close'] as const) request.on(event, endEarly);
    // Somebody may have paused it before.
    request.resume?.();
  });
}
