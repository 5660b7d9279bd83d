import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { Observable } from 'rxjs';
import type { HttpRequest, HttpResponse, Transport } from '../acquisition/fetch.js';
import { readStatuses } from './http.js';

/** Gives the agent of a request to a URL, now or later; `signal` tells when the request is not waited for any more. */
export type AgentChoice = (url: URL, signal: AbortSignal) => unknown;

/** The content encodings that answers may have. */
export const acceptedEncodings = 'gzip, deflate, br';

/** The error of an answer that ends before it is complete. */
export function truncated(cause?: unknown): Error {
  return new Error('The connection was closed before the answer was complete.', { cause });
}

/**
 * Loads a module of Node when it is asked for. Not by `import`, which bundlers carry into bundles for other runtimes,
 * and which CommonJS lacks under test runners that keep modules apart.
 */
const builtin: typeof process.getBuiltinModule = (name: string) => process.getBuiltinModule(name) as never;

/** The agents of one client: as those that Node uses by default, but gone with the client. */
export function ownAgents(disposed$: Observable<unknown>): AgentChoice {
  const agents = new Map<string, Agent>();
  disposed$.subscribe({
    complete: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  });
  return ({ protocol }) => {
    const known = agents.get(protocol);
    if (known) return known;
    const agent = new (httpFor(protocol).Agent)({ keepAlive: true, timeout: 5000 });
    agents.set(protocol, agent);
    return agent;
  };
}

/**
 * Sends requests with `node:http` and `node:https`, which are loaded at the first request. HTTP redirects are not
 * followed. A request that is not waited for any more is aborted.
 */
export function httpTransport(choose: AgentChoice): Transport {
  return (request, onRayId) =>
    new Observable((subscriber) => {
      const controller = new AbortController();
      let sent: ClientRequest | undefined;
      let isRead = false;
      const fail = (error: unknown) => {
        subscriber.error(error);
      };
      const answer = (response: IncomingMessage) => {
        const rayId = headerOf(response, 'cf-ray');
        if (rayId !== undefined) onRayId(rayId);
        const end = (body: string | undefined) => {
          subscriber.next(toHttpResponse(response, body));
          subscriber.complete();
        };
        if (!readStatuses.includes(response.statusCode ?? 0)) {
          end('');
          return;
        }
        readText(response, request.maxBytes).then((body) => {
          isRead = body !== undefined;
          end(body);
        }, fail);
      };
      const send = async () => {
        const url = new URL(request.url);
        const agent = await choose(url, controller.signal);
        if (subscriber.closed) return;
        sent = start(url, request, agent as Agent);
        sent.on('response', answer).on('error', fail).end();
      };
      send().catch(fail);
      return () => {
        if (isRead) return;
        // Also drops the body of an answer that nobody reads.
        controller.abort();
        sent?.destroy();
      };
    });
}

function start(url: URL, { headers }: HttpRequest, agent: Agent): ClientRequest {
  return httpFor(url.protocol).request(url, {
    headers: { ...headers, 'Accept-Encoding': acceptedEncodings },
    agent,
  });
}

function httpFor(protocol: string) {
  return protocol === 'https:' ? builtin('node:https') : builtin('node:http');
}

function toHttpResponse(response: IncomingMessage, body: string | undefined): HttpResponse {
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    etag: headerOf(response, 'etag'),
    retryAfter: headerOf(response, 'retry-after'),
    body,
  };
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text of a body; `undefined` as soon as it turns out to be too long. */
function readText(response: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const encoding = response.statusCode === 304 ? undefined : headerOf(response, 'content-encoding');
    decode(response, encoding, (body) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      body.on('error', (error) => {
        // What a decoder says of half a body is not to the point.
        reject(response.complete ? error : truncated(error));
      });
      body.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= maxBytes) chunks.push(chunk);
        else resolve(undefined);
      });
      body.on('end', () => {
        resolve(Buffer.concat(chunks).toString());
      });
    });
  });
}

const zlib = () => builtin('node:zlib');

/** Hands on a body without its content encoding, as it is when that is an unknown one. */
export function decode(body: Readable, encoding: string | undefined, use: (decoded: Readable) => void): void {
  const through = (decoder: Transform) => {
    use(builtin('node:stream').pipeline(body, decoder, () => undefined));
  };
  switch (encoding?.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      through(zlib().createGunzip());
      break;
    case 'br':
      through(zlib().createBrotliDecompress());
      break;
    case 'deflate':
      // Some servers send it with the header of zlib, some without, and only the first byte tells.
      body.once('readable', () => {
        const first = body.read(1) as Buffer | null;
        if (first) body.unshift(first);
        through(((first?.[0] ?? 0) & 0x0f) === 8 ? zlib().createInflate() : zlib().createInflateRaw());
      });
      break;
    default:
      use(body);
  }
}
