import type { ServerResponse } from 'node:http';
import type { ServedDocument } from './document.js';
import { toDocument } from './document.js';

/**
 * A way in which an answer goes wrong. Faults of the body send the full answer, so that a client meets them whatever ETag it
 * knows.
 *
 * - `latency`: the answer comes `ms` milliseconds late.
 * - `hang`: nothing comes, or (`when: 'mid-body'`) the rest of the body does not, until the client gives up.
 * - `reset`: the connection is reset before the answer (default) or in the middle of its body.
 * - `status`: this status instead of an answer, with headers, for instance `Retry-After`, and a body.
 * - `truncated`: the connection ends in the middle of the body; `framing` says whether a length (default) or the missing
 *   last chunk tells the client.
 * - `oversized`: the body is followed by blanks up to this many `bytes`.
 * - `wrong-length`: `Content-Length` says `by` bytes more (or fewer, when negative) than are sent.
 * - `wrong-etag`: the ETag is one that no config has; default `W/"wrong"`.
 * - `not-modified`: 304, whatever ETag the client knows, if any.
 * - `redirect`: the config says that it should be fetched from the base URL `to`, by data governance mode 0, 1 or 2.
 * - `redirect-loop`: as `redirect` (default mode 1), to one of two bases of this server that name each other.
 * - `drip`: the body comes `bytes` at a time (default 1), one piece every `everyMs` milliseconds (default 1000).
 * - `invalid-gzip`: the body says that it is compressed, and cannot be decompressed.
 * - `garbage`: 200 with a body that is no config; default: a web page.
 * - `not-http`: something that is no HTTP.
 *
 * @example
 * server.setFaults(sdkKey, { kind: 'status', status: 503, headers: { 'Retry-After': '30' } });
 */
export type Fault =
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'hang'; readonly when?: 'before' | 'mid-body' }
  | { readonly kind: 'reset'; readonly when?: 'before' | 'mid-body' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly statusText?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'truncated'; readonly framing?: 'length' | 'chunked' }
  | { readonly kind: 'oversized'; readonly bytes: number }
  | { readonly kind: 'wrong-length'; readonly by: number }
  | { readonly kind: 'wrong-etag'; readonly etag?: string }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'redirect'; readonly to: string; readonly mode: 0 | 1 | 2 }
  | { readonly kind: 'redirect-loop'; readonly mode?: 0 | 1 | 2 }
  | { readonly kind: 'drip'; readonly bytes?: number; readonly everyMs?: number }
  | { readonly kind: 'invalid-gzip' }
  | { readonly kind: 'garbage'; readonly body?: string }
  | { readonly kind: 'not-http'; readonly bytes?: string };

/** The status, headers and body of an answer. */
export interface ResponseData {
  readonly status: number;
  /** Default: the usual phrase for the status. */
  readonly statusText?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request that is being answered, its right answers, and what faults need to spoil them. */
export interface RequestContext {
  readonly response: ServerResponse;
  /** The right answer: it may be a 304. */
  readonly answer: ResponseData;
  /** The right answer to a client that knows no ETag. */
  readonly full: ResponseData;
  /** The config that is served; `undefined` for an SDK key that has none. */
  readonly document: ServedDocument | undefined;
  /** Makes the full answer for another document. */
  readonly responseWith: (document: ServedDocument) => ResponseData;
  /** The base URL of the server, and the base below it that was asked. */
  readonly serverUrl: string;
  readonly base: string;
  /** Resolves with `true` after a time in milliseconds, or with `false` when the connection closes earlier. */
  readonly wait: (ms: number) => Promise<boolean>;
}

/** Sends an answer as it is. */
export function send({ response }: Pick<RequestContext, 'response'>, answer: ResponseData): void {
  writeHead(response, answer, { 'Content-Length': String(answer.body.length) });
  response.end(answer.body);
}

/** Answers with a fault. */
export async function misbehave(fault: Fault, context: RequestContext): Promise<void> {
  // Each row of the table takes the fault of its own kind.
  const row = misbehaviours[fault.kind] as Misbehaviour<Fault>;
  await row(fault, context);
}

type Misbehaviour<F> = (fault: F, context: RequestContext) => void | Promise<void>;

const webPage = '<!doctype html><title>Log in</title>';

const misbehaviours: { readonly [K in Fault['kind']]: Misbehaviour<Extract<Fault, { kind: K }>> } = {
  latency: async ({ ms }, context) => {
    if (await context.wait(ms)) send(context, context.answer);
  },
  hang: ({ when = 'before' }, { response, full }) => {
    if (when === 'mid-body') writeHalf(response, full, 'length');
  },
  reset: ({ when = 'before' }, { response, full }) => {
    const reset = () => response.socket?.resetAndDestroy();
    if (when === 'mid-body') writeHalf(response, full, 'length', reset);
    else reset();
  },
  status: ({ status, statusText, headers, body = '' }, context) => {
    send(context, {
      status,
      ...(statusText !== undefined && { statusText }),
      ...(headers && { headers }),
      body: Buffer.from(body),
    });
  },
  truncated: ({ framing = 'length' }, { response, full }) => {
    writeHalf(response, full, framing, () => response.socket?.end());
  },
  oversized: ({ bytes }, context) => {
    const { full, document } = context;
    const body = document?.plain ?? full.body;
    const blanks = Buffer.alloc(Math.max(0, bytes - body.length), ' ');
    send(context, { ...full, headers: withoutEncoding(full.headers), body: Buffer.concat([body, blanks]) });
  },
  'wrong-length': ({ by }, { response, full }) => {
    writeHead(response, full, { 'Content-Length': String(Math.max(0, full.body.length + by)) });
    response.end(full.body);
  },
  'wrong-etag': ({ etag = 'W/"wrong"' }, context) => {
    send(context, { ...context.full, headers: { ...context.full.headers, ETag: etag } });
  },
  'not-modified': (_, { response }) => {
    response.writeHead(304).end();
  },
  redirect: ({ to, mode }, context) => redirect(to, mode, context),
  'redirect-loop': ({ mode = 1 }, context) =>
    redirect(`${context.serverUrl}/${context.base === 'loop-a' ? 'loop-b' : 'loop-a'}`, mode, context),
  drip: async ({ bytes = 1, everyMs = 1000 }, { response, full, wait }) => {
    writeHead(response, full, { 'Content-Length': String(full.body.length) });
    for (let start = 0; start < full.body.length; start += bytes) {
      if (!(await wait(everyMs))) return;
      response.write(full.body.subarray(start, start + bytes));
    }
    response.end();
  },
  'invalid-gzip': (_, context) => {
    const { full, document } = context;
    const damaged = Buffer.from(document?.gzipped ?? full.body);
    damaged.fill(0, Math.floor(damaged.length / 2));
    send(context, { ...full, headers: { ...full.headers, 'Content-Encoding': 'gzip' }, body: damaged });
  },
  garbage: ({ body = webPage }, context) => {
    const { full } = context;
    send(context, { ...full, headers: withoutEncoding(full.headers), body: Buffer.from(body) });
  },
  'not-http': ({ bytes = 'SSH-2.0-server\r\n\r\n' }, { response }) => {
    response.socket?.end(bytes);
  },
};

function writeHead(
  response: ServerResponse,
  { status, statusText, headers }: ResponseData,
  more: ResponseData['headers'],
): void {
  if (statusText !== undefined) response.statusMessage = statusText;
  response.writeHead(status, { ...headers, ...(hasBody(status) && more) });
}

function writeHalf(
  response: ServerResponse,
  full: ResponseData,
  framing: 'length' | 'chunked',
  then?: () => void,
): void {
  const { body } = full;
  writeHead(response, full, framing === 'length' ? { 'Content-Length': String(body.length) } : {});
  response.write(body.subarray(0, Math.ceil(body.length / 2)), then);
}

async function redirect(to: string, mode: number, context: RequestContext): Promise<void> {
  const { document, full, responseWith } = context;
  if (!document) {
    send(context, full);
    return;
  }
  const config = JSON.parse(document.plain.toString()) as { readonly p?: object };
  send(context, responseWith(await toDocument(JSON.stringify({ ...config, p: { ...config.p, u: to, r: mode } }))));
}

function withoutEncoding(headers: ResponseData['headers'] = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'Content-Encoding'));
}

function hasBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304;
}
