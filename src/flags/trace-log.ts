import type { Backoff } from '../acquisition/backoff.js';
import type { Entry } from '../acquisition/entry.js';
import type { HttpRequest, HttpResponse } from '../acquisition/fetch.js';
import type { State, Step } from '../acquisition/outcome.js';
import { guarded, observe } from '../arguments.js';
import type { ResolvedOptions } from '../core/source.js';
import { displayText } from '../display-text.js';
import type { LogParameters } from '../logging/logger.js';
import { redactor } from '../logging/redact.js';
import { maskSdkKey } from '../mask-sdk-key.js';
import type { DebugEventName, DebugParameters } from '../logging/debug-events.js';
import { debugEvents } from '../logging/debug-events.js';

/** Something that a client does. */
export type Traced =
  | readonly [what: 'start' | 'write' | 'end']
  | readonly [what: 'request', request: HttpRequest]
  | readonly [what: 'response', response: HttpResponse]
  | readonly [what: 'noResponse', error: unknown]
  | readonly [what: 'cache', entry?: Entry | undefined]
  | readonly [what: 'gate', isOpen: boolean]
  | readonly [what: 'step', step: Step<unknown>];

/** Takes notice of what a client does. */
export type Note = (...traced: Traced) => void;

/** Creates what writes down what a client does, one line each, at log level `debug`. */
export function traceLog(options: ResolvedOptions): (traced: Traced, atMs: number) => void {
  const { logger, logFilter, sdkKey, polling, home } = options;
  const redact = redactor(sdkKey);
  const write: Write = (name, told) => {
    const { id, text } = debugEvents[name];
    const parameters = redact(told) as LogParameters;
    guarded(() => {
      const entry = ['debug', id, redact((text as (told: unknown) => string)(told)), undefined, parameters] as const;
      if (observe(logFilter?.(...entry)) ?? true) guarded(() => logger.log(...entry));
    });
  };
  const writeChanges = changesIn(write, polling.freshForMs);
  let sentAtMs = 0;
  return (traced, atMs) => {
    const [what, detail] = traced;
    const tookMs = atMs - sentAtMs;
    switch (what) {
      case 'start':
        write('started', { sdkKey: maskSdkKey(sdkKey), polling: polling.name, baseUrl: home.baseUrl });
        break;
      case 'request':
        sentAtMs = atMs;
        write('requestSent', { url: detail.url, etag: etagOf(detail) });
        break;
      case 'response':
        write('requestAnswered', { status: detail.status, etag: detail.etag, length: detail.body?.length, tookMs });
        break;
      case 'noResponse':
        write('requestUnanswered', { problem: displayText(detail), tookMs });
        break;
      case 'cache':
        if (detail) write('cacheFoundNewer', { etag: detail.etag, ageMs: ageOf(detail, atMs) });
        else write('cacheFoundNothing', {});
        break;
      case 'write':
        write('cacheWritten', {});
        break;
      case 'gate':
        write(detail ? 'pollingResumed' : 'pollingPaused', {});
        break;
      case 'step':
        writeChanges(detail, atMs);
        break;
      case 'end':
        write('ended', {});
    }
  };
}

type Write = <N extends DebugEventName>(name: N, told: DebugParameters<N>) => void;

/** Writes down what a step has changed, and why. */
function changesIn(write: Write, freshForMs: number): (step: Step<unknown>, atMs: number) => void {
  let before: State<unknown> | undefined;
  return (step, atMs) => {
    const { state, outcome } = step;
    const { entry, backoff } = state;
    const hasConfig = entry.configText !== undefined;
    const last = before;
    before = state;
    writeConfig(write, step, last);
    if (outcome.result?.isSuccess === false) write('fetchFailed', { errorCode: outcome.result.errorCode, hasConfig });
    if (backoff && backoff !== last?.backoff) writeBackoff(write, backoff);
    else if (outcome.result?.isSuccess) writeFreshness(write, freshForMs, ageOf(entry, atMs));
    if (state.isInitialised && !last?.isInitialised) write('becameReady', { hasConfig });
    if (last && state.isOnline !== last.isOnline) write(state.isOnline ? 'wentOnline' : 'wentOffline', {});
  };
}

/** Writes down what has become of a config that was fetched, or read from the cache. */
function writeConfig(
  write: Write,
  { state: { entry }, outcome }: Step<unknown>,
  last: State<unknown> | undefined,
): void {
  const { etag, configText } = entry;
  const { result, patch, checked } = outcome;
  if (configText !== undefined && configText !== last?.entry.configText) {
    write('configAdopted', { from: result ? 'server' : 'cache', etag, length: configText.length });
  } else if (result?.isSuccess) {
    const isRefused = patch.entry === undefined && checked === undefined;
    write(isRefused ? 'configRefused' : 'configConfirmed', { etag });
  }
}

/** In manual polling nothing counts as up to date. */
function writeFreshness(write: Write, freshForMs: number, ageMs: number): void {
  if (freshForMs > 0) write('freshUntil', { freshForMs: Math.max(0, freshForMs - ageMs) });
}

/** In manual polling nothing is fetched by itself, and there is nothing to wait for. */
function writeBackoff(write: Write, { failures, delayMs }: Backoff): void {
  if (Number.isFinite(delayMs)) write('backingOff', { failures, delayMs: Math.round(delayMs) });
}

function etagOf({ headers, url }: HttpRequest): string | undefined {
  const [, etag] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'if-none-match') ?? [];
  return etag ?? new URL(url).searchParams.get('ccetag') ?? undefined;
}

function ageOf({ fetchedAtMs = 0 }: Entry, atMs: number): number {
  return Math.max(0, atMs - fetchedAtMs);
}
