import type { Observable, SchedulerLike } from 'rxjs';
import { catchError, defer, map, of, switchMap, timeout, timer } from 'rxjs';
import { messages } from '../logging/messages.js';
import type { Entry } from './entry.js';
import type { FetchOutcome, Notice, RefreshFailure } from './outcome.js';

/** One GET request. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A complete answer. `body` is read for the statuses that have one to read. */
export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly etag: string | undefined;
  readonly rayId: string | undefined;
  readonly body: string;
}

/** Sends a request: one answer, or an error when there is none. Unsubscribing aborts the request. */
export type Transport = (request: HttpRequest) => Observable<HttpResponse>;

/** Asks for the config once more, given what is known of it. */
export type ConfigFetcher<C> = (known: Entry) => Observable<FetchOutcome<C>>;

/** What a fetcher needs to know. */
export interface FetcherOptions<C> {
  readonly sdkKey: string;
  /** Where to ask first. */
  readonly baseUrl: string;
  /** The base URL is the user's own, so that only a forced redirect leaves it. */
  readonly isCustomBaseUrl: boolean;
  /** Product, mode and version, as `ConfigCat-Rx-Node/a-1.0.0`. */
  readonly agent: string;
  /** Browsers speak through the query, because headers of ours would cost a preflight request per poll. */
  readonly identifyBy: 'headers' | 'query';
  readonly requestTimeoutMs: number;
  readonly transport: Transport;
  /** Reads a document; throws when it is malformed. */
  readonly parse: (text: string) => C;
  readonly preferencesOf: (content: C) => { readonly baseUrl?: string; readonly redirectMode?: number };
  readonly scheduler: SchedulerLike;
}

type Reply =
  | { readonly kind: 'answered'; readonly response: HttpResponse }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'broken'; readonly error: unknown };

type Fetched<C> = Extract<FetchOutcome<C>, { kind: 'fetched' }>;

const retryDelayMs = 50;
const maxRedirects = 2;
const finalStatuses: readonly number[] = [200, 304, 403, 404];

/**
 * Creates the HTTP side of acquisition: URL, identification, one repetition of a failed request, data governance
 * redirects, and what each answer means. Source: protocol sections 2 and 3.
 */
export function createFetcher<C>(options: FetcherOptions<C>): ConfigFetcher<C> {
  const { scheduler, requestTimeoutMs, preferencesOf } = options;
  // Outlives the single fetch: a config that names another home is fetched from there from then on.
  let currentBaseUrl = options.baseUrl;

  const attempt = (known: Entry): Observable<Reply> =>
    defer(() => options.transport(toRequest(options, currentBaseUrl, known))).pipe(
      map((response): Reply => ({ kind: 'answered', response })),
      timeout({ first: requestTimeoutMs, scheduler, with: () => of<Reply>({ kind: 'timed-out' }) }),
      catchError((error: unknown) => of<Reply>({ kind: 'broken', error })),
    );

  const ask = (known: Entry): Observable<FetchOutcome<C>> =>
    attempt(known).pipe(
      switchMap((reply) =>
        isFinal(reply) ? of(reply) : timer(retryDelayMs, scheduler).pipe(switchMap(() => attempt(known))),
      ),
      map((reply) => interpret(reply, known, options)),
    );

  const follow = (known: Entry, redirects: number, earlier: Fetched<C> | undefined): Observable<FetchOutcome<C>> =>
    ask(known).pipe(
      switchMap((outcome): Observable<FetchOutcome<C>> => {
        if (outcome.kind === 'not-modified') return of(outcome);
        // The document that redirected is good in itself: it stays, and the failure is told.
        if (outcome.kind === 'failed') return of(earlier ? { ...earlier, failure: outcome.failure } : outcome);
        const { baseUrl, redirectMode } = preferencesOf(outcome.content);
        const isRedirect =
          baseUrl !== undefined && baseUrl !== currentBaseUrl && (!options.isCustomBaseUrl || redirectMode === 2);
        const soFar = earlier?.notices ?? [];
        if (!isRedirect) return of({ ...outcome, notices: soFar });
        currentBaseUrl = baseUrl;
        if (redirectMode === 0) return of({ ...outcome, notices: soFar });
        const notices: Notice[] = redirectMode === 1 ? [...soFar, 'governance-out-of-sync'] : [...soFar];
        if (redirects === maxRedirects) return of({ ...outcome, notices: [...notices, 'redirect-loop'] });
        return follow(known, redirects + 1, { ...outcome, notices });
      }),
    );

  return (known) => follow(known, 0, undefined);
}

/** The path of a config below its base URL. Source: protocol section 2.1. */
export function configUrl(baseUrl: string, sdkKey: string): string {
  return `${baseUrl}${baseUrl.endsWith('/') ? '' : '/'}configuration-files/${sdkKey}/config_v6.json`;
}

function toRequest<C>({ sdkKey, agent, identifyBy }: FetcherOptions<C>, baseUrl: string, { etag }: Entry): HttpRequest {
  const url = configUrl(baseUrl, sdkKey);
  if (identifyBy === 'query') {
    const known = etag === undefined ? '' : `&ccetag=${encodeURIComponent(etag)}`;
    return { url: `${url}?sdk=${encodeURIComponent(agent)}${known}`, headers: {} };
  }
  const identity = { 'User-Agent': agent, 'X-ConfigCat-UserAgent': agent };
  return { url, headers: etag === undefined ? identity : { ...identity, 'If-None-Match': etag } };
}

function isFinal(reply: Reply): boolean {
  return reply.kind === 'answered' && finalStatuses.includes(reply.response.status);
}

/** Source: protocol section 2.2. */
function interpret<C>(reply: Reply, known: Entry, options: FetcherOptions<C>): FetchOutcome<C> {
  if (reply.kind === 'timed-out') {
    return failed(1102, messages.requestTimedOut(options.requestTimeoutMs));
  }
  if (reply.kind === 'broken') {
    return failed(1103, messages.requestFailed(), reply.error);
  }
  const { response } = reply;
  const { rayId } = response;
  const now = options.scheduler.now();
  switch (response.status) {
    case 200:
      return readBody(response, options, now);
    case 304:
      if (known.configText !== undefined) return { kind: 'not-modified', checkedAtMs: now };
      return failed(1106, messages.notModifiedWithoutConfig(response.status, response.statusText, rayId));
    case 403:
    case 404:
      return {
        ...failed(1100, messages.wrongSdkKey(options.sdkKey, rayId)),
        checkedAtMs: now,
      };
    default:
      return failed(1101, messages.unexpectedStatus(response.status, response.statusText, rayId));
  }
}

function readBody<C>(
  { body, etag, rayId }: HttpResponse,
  { parse }: FetcherOptions<C>,
  fetchedAtMs: number,
): FetchOutcome<C> {
  try {
    const content = parse(body);
    return { kind: 'fetched', entry: { configText: body, etag, fetchedAtMs }, content, notices: [] };
  } catch (error) {
    return failed(1105, messages.invalidContent(rayId), error);
  }
}

function failed(
  errorCode: RefreshFailure['errorCode'],
  errorMessage: string,
  errorException?: unknown,
): { kind: 'failed'; failure: RefreshFailure } {
  return {
    kind: 'failed',
    failure: { errorCode, errorMessage, ...(errorException !== undefined && { errorException }) },
  };
}
