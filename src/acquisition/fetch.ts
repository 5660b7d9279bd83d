import type { Observable, SchedulerLike } from 'rxjs';
import { NEVER, catchError, concat, defer, map, of, race, switchMap, take, timer } from 'rxjs';
import type { Occurrence, Texts } from '../logging/event-text.js';
import * as events from '../logging/events.js';
import { redactor } from '../logging/redact.js';
import { maskSdkKey } from '../mask-sdk-key.js';
import type { Entry } from './entry.js';
import { canBeConfirmed, sendableEtag } from './etag.js';
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

/**
 * Sends a request: one answer, or an error when there is none. Unsubscribing aborts the request.
 *
 * An error named `NoTransportError` says that there is nothing that could send a request, which is not the fault of any
 * network.
 *
 * @param onRayId - told which ray of the CDN answers, as soon as the headers say so.
 */
export type Transport = (request: HttpRequest, onRayId: (rayId: string) => void) => Observable<HttpResponse>;

/** Adds to a request who asks, and the ETag of what is known. */
export type Identify = (
  url: string,
  userAgent: string,
  etag: string | undefined,
) => Pick<HttpRequest, 'url' | 'headers'>;

/** Asks for the config once more, given what is known of it. */
export type ConfigFetcher<C> = (known: Entry) => Observable<FetchOutcome<C>>;

/** Where to ask first. */
export interface Home {
  readonly baseUrl: string;
  /** It is the user's own, so that only a forced redirect leaves it. */
  readonly isCustom: boolean;
}

/** What a fetcher understands of documents. */
export interface ConfigReader<C> {
  /** Reads a document; throws when it is malformed. */
  readonly parse: (text: string) => C;
  readonly preferencesOf: (content: C) => { readonly baseUrl?: string; readonly redirectMode?: number };
}

/** What a fetcher needs to know. */
export interface FetcherOptions<C> {
  readonly sdkKey: string;
  readonly home: Home;
  /** Makes the request for a URL by what is known. */
  readonly toRequest: (url: string, etag: string | undefined) => HttpRequest;
  readonly requestTimeoutMs: number;
  readonly transport: Transport;
  readonly reader: ConfigReader<C>;
  readonly scheduler: SchedulerLike;
  readonly texts: Texts;
}

const retryDelayMs = 50;
const maxRedirects = 2;
const maxRetryAfterMs = 3_600_000;

/**
 * Creates the HTTP side of acquisition: URL, identification, one repetition of a failed request, data governance
 * redirects, and what each answer means. Source: protocol sections 2 and 3.
 */
export function createFetcher<C>(options: FetcherOptions<C>): ConfigFetcher<C> {
  const { sdkKey, home, scheduler, requestTimeoutMs: timeoutMs, reader } = options;
  const redact = redactor(sdkKey);
  // Outlive the single fetch: a config that names another home is fetched from there once that home has answered.
  let homeUrl = home.baseUrl;
  let nextHomeUrl: string | undefined;
  let rayId: string | undefined;

  /** A failure, whose text and error may name the URL, and so the SDK key, which nobody is shown in full. */
  const fail = (failure: Failure, error?: unknown): FetchOutcome<C> => {
    const exception = redact(error);
    const errorMessage = redact(options.texts.textOf(...failure));
    const log = [[...failure, exception]] as const;
    return { patch: {}, log, result: { isSuccess: false, errorCode: failure[0], errorMessage, exception } };
  };

  /** Source: protocol section 2.2. */
  const interpret = (
    response: HttpResponse,
    known: Entry,
    { maxBytes }: HttpRequest,
    requestedAtMs: number,
  ): FetchOutcome<C> => {
    const { status, statusText: reason, body, etag } = response;
    const checked = { fetchedAtMs: scheduler.now(), requestedAtMs };
    if (status === 200) {
      if (body === undefined) return fail([events.invalidContent, { rayId, maxBytes }]);
      try {
        const entry = { configText: body, etag, ...checked };
        return { patch: { entry, content: reader.parse(body) }, log: [], result: succeeded };
      } catch (error) {
        return fail([events.invalidContent, { rayId }], error);
      }
    }
    // A definite answer: asking again waits its full interval.
    if (status === 403 || status === 404) {
      return { ...fail([events.wrongSdkKey, { sdkKey: maskSdkKey(sdkKey), rayId }]), checked };
    }
    if (status !== 304) return fail([events.unexpectedStatus, { status, reason, rayId }]);
    return canBeConfirmed(known)
      ? { patch: {}, checked, log: [], result: succeeded }
      : fail([events.notModifiedWithoutConfig, { status, reason, rayId }]);
  };

  const attempt = (baseUrl: string, known: Entry): Observable<FetchOutcome<C>> =>
    defer(() => {
      rayId = undefined;
      const requestedAtMs = scheduler.now();
      const request = options.toRequest(configUrl(baseUrl, sdkKey), sendableEtag(known));
      const response$ = options.transport(request, (id) => {
        rayId = id;
      });
      const outcome$ = response$.pipe(
        map((response) => ({
          ...interpret(response, known, request, requestedAtMs),
          retryAfterMs: toDelayMs(response.retryAfter, scheduler),
        })),
      );
      const timedOut$ = timer(timeoutMs, scheduler).pipe(
        map(() => fail([events.requestTimedOut, { timeoutMs, rayId }], timedOut(timeoutMs))),
      );
      // Request and timer end before anybody hears of the outcome, who may send another one.
      return race(concat(outcome$, NEVER), timedOut$);
    }).pipe(
      take(1),
      catchError((error: unknown) => {
        const told = isNoTransport(error) ? { problem: error.message } : { rayId };
        return of(fail([events.requestFailed, told], error));
      }),
    );

  const ask = (
    baseUrl: string,
    known: Entry,
    earlier?: FetchOutcome<C>,
    redirects = 0,
    isSecond = false,
  ): Observable<FetchOutcome<C>> =>
    attempt(baseUrl, known).pipe(
      switchMap((outcome): Observable<FetchOutcome<C>> => {
        const { result, patch } = outcome;
        if (!isSecond && !outcome.retryAfterMs && isTransient(result.errorCode)) {
          return timer(retryDelayMs, scheduler).pipe(switchMap(() => ask(baseUrl, known, earlier, redirects, true)));
        }
        const log = [...(earlier?.log ?? []), ...outcome.log];
        // The document that redirected is good in itself: it stays, and the failure is told.
        if (!result.isSuccess) return of({ ...(earlier ?? outcome), result, log });
        homeUrl = baseUrl;
        const { target, redirectMode } = redirectOf(patch.content, baseUrl, options);
        if (target === undefined) return of({ ...outcome, log });
        if (redirectMode === 0) {
          nextHomeUrl = target;
          return of({ ...outcome, log });
        }
        if (redirectMode === 1) log.push([events.governanceOutOfSync, {}]);
        if (redirects < maxRedirects) return ask(target, known, { ...outcome, log }, redirects + 1);
        log.push([events.redirectLoop, { rayId }]);
        return of({ ...outcome, log });
      }),
    );

  return (known) =>
    defer(() => {
      const firstUrl = nextHomeUrl ?? homeUrl;
      nextHomeUrl = undefined;
      return ask(firstUrl, known).pipe(
        // A home that does not answer is none.
        switchMap((outcome) => (outcome.result.isSuccess || firstUrl === homeUrl ? of(outcome) : ask(homeUrl, known))),
      );
    });
}

/** Where a config says that it is to be fetched from, if not from where it was. */
function redirectOf<C>(
  content: C | undefined,
  baseUrl: string,
  { home, reader }: FetcherOptions<C>,
): { readonly target?: string; readonly redirectMode?: number | undefined } {
  const { baseUrl: target = baseUrl, redirectMode } = content ? reader.preferencesOf(content) : {};
  return target !== baseUrl && (!home.isCustom || redirectMode === 2) ? { target, redirectMode } : {};
}

/** What may be gone a moment later: an unexpected status, a timeout, no answer at all. */
function isTransient(errorCode: number): boolean {
  return errorCode >= 1101 && errorCode <= 1103;
}

/** The path of a config below its base URL. Source: protocol section 2.1. */
export function configUrl(baseUrl: string, sdkKey: string): string {
  return `${baseUrl}${baseUrl.endsWith('/') ? '' : '/'}configuration-files/${sdkKey}/config_v6.json`;
}

/** What a server asks for in seconds, or until a date; within reason. Source: RFC 9110 section 10.2.3. */
function toDelayMs(retryAfter = '', scheduler: SchedulerLike): number {
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - scheduler.now();
  return ms > 0 ? Math.min(ms, maxRetryAfterMs) : 0;
}

/** An event whose id is the error code of a refresh. */
type Failure = Extract<Occurrence, readonly [RefreshFailure['errorCode'], unknown]>;

function timedOut(timeoutMs: number): Error {
  return new Error(`Request timed out. Timeout value: ${timeoutMs}ms`);
}

/** By its name, as for all that comes from elsewhere. */
function isNoTransport(error: unknown): error is Error {
  return error instanceof Error && error.name === 'NoTransportError';
}
