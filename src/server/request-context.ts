import type { ServerResponse } from 'node:http';
import type { SchedulerLike } from 'rxjs';
import { fromEvent, lastValueFrom, takeUntil, timer } from 'rxjs';
import type { ServedDocument } from './document.js';
import type { ConfigRequest } from './fault-plan.js';
import type { ResponseData, RequestContext } from './faults.js';

/** Options of `createRequestContext()`. */
export interface RequestContextOptions {
  readonly request: ConfigRequest;
  readonly response: ServerResponse;
  readonly document: ServedDocument | undefined;
  readonly serverUrl: string;
  readonly scheduler: SchedulerLike;
}

const pathPattern = /^\/+(?:([^/]+)\/)?configuration-files\/(.+)\/config_v6\.json$/;

/** Reads the SDK key of a path, and the base before it. */
export function readPath(path: string): { readonly base: string; readonly sdkKey: string | undefined } {
  const [, base = '', sdkKey] = pathPattern.exec(path) ?? [];
  return { base, sdkKey };
}

/** Works out the right answer to a request, by the ETag that its client sends and the encodings that it accepts. */
export function createRequestContext({
  request,
  response,
  document,
  serverUrl,
  scheduler,
}: RequestContextOptions): RequestContext {
  const { headers, query } = request;
  const isGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(headers['accept-encoding']));
  const responseWith = (served: ServedDocument) => fullResponse(served, isGzip);
  const full = document ? responseWith(document) : notFound;
  const knownEtag = headers['if-none-match'] ?? query.get('ccetag');
  return {
    response,
    full,
    answer: document?.etag === knownEtag ? { status: 304, headers: headersOf(document), body: nothing } : full,
    document,
    responseWith,
    serverUrl,
    base: readPath(request.path).base,
    wait: async (ms) => {
      if (response.destroyed) return false;
      const waited$ = timer(ms, scheduler).pipe(takeUntil(fromEvent(response, 'close')));
      return (await lastValueFrom(waited$, { defaultValue: -1 })) === 0;
    },
  };
}

/** Answers a preflight request of a browser (CORS). */
export function preflight(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Headers', allowedHeaders);
  response.setHeader('Access-Control-Allow-Methods', 'GET,HEAD,OPTIONS');
  response.setHeader('Access-Control-Max-Age', '600');
  response.writeHead(204).end();
}

const allowedHeaders = 'Cache-Control,Content-Type,Content-Length,Accept-Encoding,If-None-Match';
const nothing = Buffer.of();
const notFound: ResponseData = { status: 404, body: nothing };

function fullResponse(document: ServedDocument, isGzip: boolean): ResponseData {
  return {
    status: 200,
    headers: {
      ...headersOf(document),
      'Content-Type': 'application/json; charset=utf-8',
      ...(isGzip && { 'Content-Encoding': 'gzip' }),
    },
    body: isGzip ? document.gzipped : document.plain,
  };
}

function headersOf({ etag }: ServedDocument): Readonly<Record<string, string>> {
  return { ETag: etag, 'Cache-Control': 'max-age=0, must-revalidate', Vary: 'Accept-Encoding, Origin' };
}
