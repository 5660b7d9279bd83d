import type { HttpResponse } from '../../src/acquisition/fetch';
import type { Outcome, State } from '../../src/acquisition/outcome';
import { firstStep, succeeded } from '../../src/acquisition/outcome';
import type { ResolvedOptions } from '../../src/core/source';
import type { Traced } from '../../src/flags/trace-log';
import { traceLog } from '../../src/flags/trace-log';
import { debugEvents } from '../../src/logging/debug-events';
import { failedFetch } from '../support/store';

const nowMs = 1_000_000;
const minute = 60_000;

/** What is written at level debug, by name and with what it is told. */
function tracing({ freshForMs = minute, logFilter }: { freshForMs?: number; logFilter?: () => boolean } = {}) {
  const written: [string, unknown][] = [];
  const nameOf = (id: number) => Object.entries(debugEvents).find(([, event]) => event.id === id)![0];
  const write = traceLog({
    sdkKey: 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv',
    polling: { name: 'auto', freshForMs },
    home: { baseUrl: 'https://g.example', isCustom: false },
    logFilter,
    logger: {
      log: (level: string, id: number, _message: string, error: unknown, parameters: unknown) => {
        expect([level, error]).toEqual(['debug', undefined]);
        written.push([nameOf(id), parameters]);
      },
    },
  } as unknown as ResolvedOptions);
  const trace = (traced: Traced, atMs = nowMs) => {
    write(traced, atMs);
    return written.splice(0);
  };
  return { trace };
}

const entryOf = (text: string, fetchedAtMs = nowMs) => ({
  configText: text,
  etag: `"${text}"`,
  fetchedAtMs,
  requestedAtMs: fetchedAtMs,
});

const request = (headers: Record<string, string>, query = '') => ({
  url: `https://g.example/config_v6.json${query}`,
  headers,
  maxBytes: 1000,
});

describe('what a client is seen to do', () => {
  it.each<[string, Traced, string, object]>([
    ['its beginning', ['start'], 'started', { polling: 'auto', baseUrl: 'https://g.example' }],
    ['its end', ['end'], 'ended', {}],
    ['a request without an ETag', ['request', request({})], 'requestSent', { etag: undefined }],
    ['one with it as a header', ['request', request({ 'If-None-Match': '"e"' })], 'requestSent', { etag: '"e"' }],
    [
      'one with it in the URL',
      ['request', request({ other: 'x' }, '?sdk=x&ccetag=%22e%22')],
      'requestSent',
      { etag: '"e"' },
    ],
    [
      'what a cache has that is newer',
      ['cache', entryOf('abc', nowMs - 5)],
      'cacheFoundNewer',
      { etag: '"abc"', ageMs: 5 },
    ],
    ['an entry of the future', ['cache', entryOf('abc', nowMs + 5)], 'cacheFoundNewer', { ageMs: 0 }],
    ['that a cache has nothing new', ['cache'], 'cacheFoundNothing', {}],
    ['that something is written to the cache', ['write'], 'cacheWritten', {}],
    ['a gate that closes', ['gate', false], 'pollingPaused', {}],
    ['a gate that opens', ['gate', true], 'pollingResumed', {}],
  ])('is written down: %s', (_, traced, name, told) => {
    expect(tracing().trace(traced)).toEqual([[name, expect.objectContaining(told)]]);
  });

  it('is an answer with its length, if it has one, and how long it took', () => {
    const { trace } = tracing();
    const answer: HttpResponse = { status: 200, statusText: 'OK', etag: '"e"', retryAfter: undefined, body: 'abc' };
    trace(['request', request({})], nowMs);
    expect(trace(['response', answer], nowMs + 30)).toEqual([
      ['requestAnswered', { status: 200, etag: '"e"', length: 3, tookMs: 30 }],
    ]);
    trace(['request', request({})], nowMs + 100);
    expect(trace(['response', { ...answer, status: 304, body: undefined }], nowMs + 150)).toEqual([
      ['requestAnswered', { status: 304, etag: '"e"', length: undefined, tookMs: 50 }],
    ]);
    trace(['request', request({})], nowMs + 200);
    expect(trace(['noResponse', new Error('reset')], nowMs + 260)).toEqual([
      ['requestUnanswered', { problem: expect.stringContaining('reset') as unknown, tookMs: 60 }],
    ]);
  });

  it('is not written where the filter does not let it', () => {
    expect(tracing({ logFilter: () => false }).trace(['start'])).toEqual([]);
    expect(tracing({ logFilter: () => true }).trace(['start'])).toHaveLength(1);
    expect(tracing({ logFilter: () => undefined as never }).trace(['start'])).toHaveLength(1);
  });
});

describe('a step of a client', () => {
  /** Lets the last of some steps be written down. */
  function after(
    steps: readonly (readonly [Partial<State<unknown>>, Outcome<unknown>])[],
    options: Parameters<typeof tracing>[0] = {},
    atMs = nowMs,
  ) {
    const { trace } = tracing(options);
    let state: State<unknown> = firstStep.state;
    let written: [string, unknown][] = [];
    for (const [patch, outcome] of steps) {
      state = { ...state, ...patch };
      written = trace(['step', { state, outcome }], atMs);
    }
    return written;
  }
  const nothing: Outcome<unknown> = { patch: {} };
  const known = { entry: entryOf('abc'), isInitialised: true };
  const fetched: Outcome<unknown> = { patch: { entry: entryOf('abc') }, result: succeeded };
  const backoff = { failures: 2, sinceMs: nowMs, delayMs: 1500.4 };
  const failed: Outcome<unknown> = { patch: {}, result: failedFetch.result };

  it('that changes nothing says nothing, nor does the first', () => {
    expect(after([[{}, nothing]])).toEqual([]);
    expect(
      after([
        [known, fetched],
        [{ isFetching: true }, nothing],
      ]),
    ).toEqual([]);
  });

  it('says where a config is from, and how long it counts as up to date', () => {
    const ready = ['becameReady', { hasConfig: true }];
    expect(after([[known, fetched]], {}, nowMs + 1000)).toEqual([
      ['configAdopted', { from: 'server', etag: '"abc"', length: 3 }],
      ['freshUntil', { freshForMs: minute - 1000 }],
      ready,
    ]);
    expect(after([[known, { patch: { entry: entryOf('abc') } }]])).toEqual([
      ['configAdopted', { from: 'cache', etag: '"abc"', length: 3 }],
      ready,
    ]);
    expect(after([[known, fetched]], {}, nowMs + 2 * minute)).toContainEqual(['freshUntil', { freshForMs: 0 }]);
    for (const freshForMs of [-Infinity, 0]) {
      expect(after([[known, fetched]], { freshForMs }).map(([name]) => name)).toEqual(['configAdopted', 'becameReady']);
    }
  });

  it.each<[string, Outcome<unknown>, string]>([
    [
      'vouches for it',
      { patch: {}, checked: { fetchedAtMs: nowMs, requestedAtMs: nowMs }, result: succeeded },
      'configConfirmed',
    ],
    ['gives the same', fetched, 'configConfirmed'],
    ['gives an older one than the cache has', { patch: {}, result: succeeded }, 'configRefused'],
  ])('says what becomes of a known config when the server %s', (_, outcome, name) => {
    const written = after([
      [known, fetched],
      [{}, outcome],
    ]);
    expect(written).toEqual([
      [name, { etag: '"abc"' }],
      ['freshUntil', { freshForMs: minute }],
    ]);
  });

  it('says that a fetch has failed, and how long the next one waits, once', () => {
    const steps = [[{ lastError: failed.result as never, backoff, isInitialised: true }, failed]] as const;
    expect(after(steps)).toEqual([
      ['fetchFailed', { errorCode: 1103, hasConfig: false }],
      ['backingOff', { failures: 2, delayMs: 1500 }],
      ['becameReady', { hasConfig: false }],
    ]);
    expect(after([...steps, [{}, nothing]])).toEqual([]);
    expect(
      after([
        [known, fetched],
        [{ backoff }, failed],
      ]),
    ).toContainEqual(['fetchFailed', { errorCode: 1103, hasConfig: true }]);
    expect(after([[{ backoff: { ...backoff, delayMs: Infinity } }, nothing]])).toEqual([]);
  });

  it('says that the client is switched, and not how it began', () => {
    const written = [false, true].map((isOnline) =>
      after([
        [{ isOnline: !isOnline }, nothing],
        [{ isOnline }, nothing],
      ]),
    );
    expect(written).toEqual([[['wentOffline', {}]], [['wentOnline', {}]]]);
    expect(after([[{ isOnline: false }, nothing]])).toEqual([]);
  });
});
