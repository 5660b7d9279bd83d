import type { ServerResponse } from 'node:http';
import type { SchedulerLike } from 'rxjs';
import { fromEvent, lastValueFrom, takeUntil, timer } from 'rxjs';
import type { ServedDocument } from './document.js';
import type { ConfigRequest } from './fault-plan.js';
import type { Answer, Exchange } from './faults.js';

/** What an exchange is made of. */
export interface ExchangeOptions {
  readonly request: ConfigRequest;
  readonly response: ServerResponse;
  readonly document: ServedDocument | undefined;
  readonly serverUrl: string;
  readonly scheduler: SchedulerLike;
}

const pathPattern = /^\/+(?:([^/]+)\/)?configuration-files\/(.+)\/config_v6\.json$/;

/** Whose config a path asks for, and below which base. */
export function readPath(path: string): { readonly base: string; readonly sdkKey: string | undefined } {
  const [, base = '', sdkKey] = pathPattern.exec(path) ?? [];
  return { base, sdkKey };
}

/** Finds the right answer to a request, by what its client knows and accepts. */
export function createExchange({ request, response, document, serverUrl, scheduler }: ExchangeOptions): Exchange {
  const { headers, query } = request;
  const isGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(headers['accept-encoding']));
  const answerWith = (served: ServedDocument) => fullAnswer(served, isGzip);
  const full = document ? answerWith(document) : notFound;
  const knownEtag = headers['if-none-match'] ?? query.get('ccetag');
  return {
    response,
    full,
    answer: document?.etag === knownEtag ? { status: 304, headers: headersOf(document), body: nothing } : full,
    document,
    answerWith,
    serverUrl,
    base: readPath(request.path).base,
    wait: async (ms) => {
      if (response.destroyed) return false;
      const waited$ = timer(ms, scheduler).pipe(takeUntil(fromEvent(response, 'close')));
      return (await lastValueFrom(waited$, { defaultValue: -1 })) === 0;
    },
  };
}

/** Tells a browser what its requests may carry. */
export function preflight(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Headers', allowedHeaders);
  response.setHeader('Access-Control-Allow-Methods', 'GET,HEAD,OPTIONS');
  response.setHeader('Access-Control-Max-Age', '600');
  response.writeHead(204).end();
}

const allowedHeaders = 'Cache-Control,Content-Type,Content-Length,Accept-Encoding,If-None-Match';
const nothing = Buffer.of();
const notFound: Answer = { status: 404, body: nothing };

function fullAnswer(document: ServedDocument, isGzip: boolean): Answer {
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
