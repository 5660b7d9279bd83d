import type { Observable, SchedulerLike } from 'rxjs';
import { catchError, defer, map, of, switchMap, timeout, timer } from 'rxjs';
import type { Occurrence, Texts } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import { redactor } from '../logging/redact.js';
import { maskSdkKey } from '../mask-sdk-key.js';
import type { Entry } from './entry.js';
import type { FetchOutcome, RefreshFailure } from './outcome.js';
import { succeeded } from './outcome.js';

/** One GET request. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long the body may be, decompressed: no more of it is read. */
  readonly maxBytes: number;
}

/** An answer. `body` is read for the statuses that have one to read, and `undefined` when it is too long. */
export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly etag: string | undefined;
  /** The header of that name: seconds, or a date. */
  readonly retryAfter: string | undefined;
  readonly body: string | undefined;
}

/** There is nothing that could send a request: not the fault of any network. */
export class NoTransportError extends Error {
  override readonly name = 'NoTransportError';
}

/**
 * Sends a request: one answer, or an error when there is none. Unsubscribing aborts the request.
 *
 * @param onRayId - told which ray of the CDN answers, as soon as the headers say so.
 */
export type Transport = (request: HttpRequest, onRayId: (rayId: string) => void) => Observable<HttpResponse>;

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
  readonly userAgent: string;
  /** Browsers speak through the query, because headers of ours would cost a preflight request per poll. */
  readonly identifyBy: 'headers' | 'query';
  readonly requestTimeoutMs: number;
  /** How long a config may be, in bytes. */
  readonly maxConfigBytes: number;
  readonly transport: Transport;
  /** Reads a document; throws when it is malformed. */
  readonly parse: (text: string) => C;
  readonly preferencesOf: (content: C) => { readonly baseUrl?: string; readonly redirectMode?: number };
  readonly scheduler: SchedulerLike;
  readonly texts: Texts;
}

const retryDelayMs = 50;
const maxRedirects = 2;
const maxRetryAfterMs = 3_600_000;
/** What may be gone a moment later: an unexpected status, a timeout, no answer at all. */
const transientErrors: readonly number[] = [1101, 1102, 1103];

/**
 * Creates the HTTP side of acquisition: URL, identification, one repetition of a failed request, data governance
 * redirects, and what each answer means. Source: protocol sections 2 and 3.
 */
export function createFetcher<C>(options: FetcherOptions<C>): ConfigFetcher<C> {
  const { scheduler, requestTimeoutMs } = options;
  // Outlive the single fetch: a config that names another home is fetched from there once that home has answered.
  let homeUrl = options.baseUrl;
  let nextHomeUrl: string | undefined;
  let rayId: string | undefined;

  const attempt = (baseUrl: string, known: Entry): Observable<FetchOutcome<C>> => {
    let requestedAtMs = 0;
    return defer(() => {
      rayId = undefined;
      requestedAtMs = scheduler.now();
      return options.transport(toRequest(options, baseUrl, known), (id) => {
        rayId = id;
      });
    }).pipe(
      map((response) => {
        const outcome = interpret(response, known, options, { rayId, requestedAtMs });
        return outcome.result.isSuccess
          ? outcome
          : { ...outcome, retryAfterMs: toDelayMs(response.retryAfter, scheduler) };
      }),
      timeout({ first: requestTimeoutMs, scheduler, with: () => of(timedOut(options, rayId)) }),
      catchError((error: unknown) => {
        const told = isNoTransport(error) ? { problem: error.message } : { rayId };
        return of(failed<C>(options, [events.requestFailed, told], error));
      }),
    );
  };

  const ask = (baseUrl: string, known: Entry): Observable<FetchOutcome<C>> =>
    attempt(baseUrl, known).pipe(
      switchMap((outcome) =>
        transientErrors.includes(outcome.result.errorCode) && !outcome.retryAfterMs
          ? timer(retryDelayMs, scheduler).pipe(switchMap(() => attempt(baseUrl, known)))
          : of(outcome),
      ),
    );

  const follow = (
    baseUrl: string,
    known: Entry,
    redirects: number,
    earlier?: FetchOutcome<C>,
  ): Observable<FetchOutcome<C>> =>
    ask(baseUrl, known).pipe(
      switchMap((outcome): Observable<FetchOutcome<C>> => {
        const { result, patch } = outcome;
        const log = [...(earlier?.log ?? []), ...outcome.log];
        // The document that redirected is good in itself: it stays, and the failure is told.
        if (!result.isSuccess) return of({ ...(earlier ?? outcome), result, log });
        homeUrl = baseUrl;
        const { baseUrl: target, redirectMode } = patch.content ? options.preferencesOf(patch.content) : {};
        const isMoving = target !== undefined && target !== baseUrl && (!options.isCustomBaseUrl || redirectMode === 2);
        if (!isMoving) return of({ ...outcome, log });
        if (redirectMode === 0) {
          nextHomeUrl = target;
          return of({ ...outcome, log });
        }
        if (redirectMode === 1) log.push([events.governanceOutOfSync, {}]);
        if (redirects < maxRedirects) return follow(target, known, redirects + 1, { ...outcome, log });
        log.push([events.redirectLoop, { rayId }]);
        return of({ ...outcome, log });
      }),
    );

  return (known) =>
    defer(() => {
      const firstUrl = nextHomeUrl ?? homeUrl;
      nextHomeUrl = undefined;
      return follow(firstUrl, known, 0).pipe(
        // A home that does not answer is none.
        switchMap((outcome) =>
          outcome.result.isSuccess || firstUrl === homeUrl ? of(outcome) : follow(homeUrl, known, 0, undefined),
        ),
      );
    });
}

/** The path of a config below its base URL. Source: protocol section 2.1. */
export function configUrl(baseUrl: string, sdkKey: string): string {
  return `${baseUrl}${baseUrl.endsWith('/') ? '' : '/'}configuration-files/${sdkKey}/config_v6.json`;
}

function toRequest<C>(
  { sdkKey, userAgent, identifyBy, maxConfigBytes: maxBytes }: FetcherOptions<C>,
  baseUrl: string,
  known: Entry,
): HttpRequest {
  const url = configUrl(baseUrl, sdkKey);
  const etag = sendable(known.etag);
  if (identifyBy === 'query') {
    const query = etag === undefined ? '' : `&ccetag=${encodeURIComponent(etag)}`;
    return { url: `${url}?sdk=${encodeURIComponent(userAgent)}${query}`, headers: {}, maxBytes };
  }
  const identity = { 'User-Agent': userAgent, 'X-ConfigCat-UserAgent': userAgent };
  return { url, headers: etag === undefined ? identity : { ...identity, 'If-None-Match': etag }, maxBytes };
}

/** An ETag that can be a header: caches may hold anything. Without it the server answers as a whole. */
function sendable(etag = ''): string | undefined {
  return /^[\t\x20-\x7e\x80-\xff]{1,4096}$/.test(etag) ? etag : undefined;
}

/** Source: protocol section 2.2. */
function interpret<C>(
  { status, statusText, body, etag }: HttpResponse,
  known: Entry,
  options: FetcherOptions<C>,
  { rayId, requestedAtMs }: { readonly rayId: string | undefined; readonly requestedAtMs: number },
): FetchOutcome<C> {
  const { sdkKey, scheduler, maxConfigBytes: maxBytes } = options;
  const checked = { fetchedAtMs: scheduler.now(), requestedAtMs };
  const answer = { status, reason: statusText, rayId };
  if (status === 200) {
    if (body === undefined) return failed(options, [events.invalidContent, { rayId, maxBytes }]);
    try {
      const entry = { configText: body, etag, ...checked };
      return { patch: { entry, content: options.parse(body) }, log: [], result: succeeded };
    } catch (error) {
      return failed(options, [events.invalidContent, { rayId }], error);
    }
  }
  if (status === 304) {
    return known.configText === undefined
      ? failed(options, [events.notModifiedWithoutConfig, answer])
      : { patch: {}, checked, log: [], result: succeeded };
  }
  // A definite answer: asking again waits its full interval.
  if (status === 403 || status === 404) {
    return { ...failed(options, [events.wrongSdkKey, { sdkKey: maskSdkKey(sdkKey), rayId }]), checked };
  }
  return failed(options, [events.unexpectedStatus, answer]);
}

/** What a server asks for in seconds, or until a date; within reason. Source: RFC 9110 section 10.2.3. */
function toDelayMs(retryAfter = '', scheduler: SchedulerLike): number {
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - scheduler.now();
  return ms > 0 ? Math.min(ms, maxRetryAfterMs) : 0;
}

/** An event whose id is the error code of a refresh. */
type Failure = Extract<Occurrence, readonly [RefreshFailure['errorCode'], unknown]>;

/** A failure, whose text and error may name the URL, and so the SDK key, which nobody is shown in full. */
function failed<C>({ sdkKey, texts }: FetcherOptions<C>, failure: Failure, error?: unknown): FetchOutcome<C> {
  const redact = redactor(sdkKey);
  const errorMessage = redact(texts.textOf(...failure));
  const exception = redact(error);
  return {
    patch: {},
    log: [[...failure, exception]],
    result: { isSuccess: false, errorCode: failure[0], errorMessage, exception },
  };
}

function timedOut<C>(options: FetcherOptions<C>, rayId: string | undefined): FetchOutcome<C> {
  const { requestTimeoutMs } = options;
  const error = new Error(`Request timed out. Timeout value: ${requestTimeoutMs}ms`);
  return failed(options, [events.requestTimedOut, { timeoutMs: requestTimeoutMs, rayId }], error);
}

/** By its name: transports may come with a copy of the class. */
function isNoTransport(error: unknown): error is NoTransportError {
  return error instanceof Error && error.name === 'NoTransportError';
}
