import type { Observable } from 'rxjs';
import { NEVER, defer, finalize, of, switchMap, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { emptyEntry } from '../../src/acquisition/entry';
import { identifyByHeaders, identifyByQuery } from '../../src/platform/identify';
import type { HttpRequest, HttpResponse } from '../../src/acquisition/fetch';
import { configUrl, createFetcher } from '../../src/acquisition/fetch';
import type { FetchOutcome } from '../../src/acquisition/outcome';
import { governanceOutOfSync, invalidContent, redirectLoop, requestFailed } from '../../src/logging/events';
import { textOf } from '../../src/logging/texts';

interface Document {
  readonly baseUrl?: string;
  readonly redirectMode?: number;
}

interface Exchange {
  readonly requests: readonly HttpRequest[];
  readonly requestedAtMs: readonly number[];
  readonly outcome: FetchOutcome<Document> | undefined;
}

const respond = (status: number, body = '{}', more: Partial<HttpResponse> = {}): Observable<HttpResponse> =>
  of({ status, statusText: 'Reason', etag: '"e"', retryAfter: undefined, body, ...more });

/** Lets one fetch run against scripted answers, in virtual time. */
function exchange(
  answers: readonly Observable<HttpResponse>[],
  options: { identifyBy?: 'headers' | 'query'; known?: typeof emptyEntry; rayId?: string; startMs?: number } = {},
): Exchange {
  const scheduler = new TestScheduler(() => undefined);
  const requests: HttpRequest[] = [];
  const requestedAtMs: number[] = [];
  const left = [...answers];
  const identify = options.identifyBy === 'query' ? identifyByQuery : identifyByHeaders;
  let outcome: FetchOutcome<Document> | undefined;
  scheduler.run(({ flush }) => {
    const fetch = createFetcher<Document>({
      sdkKey: 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv',
      home: { baseUrl: 'https://g.example', isCustom: false },
      toRequest: (url, etag) => ({ ...identify(url, 'ConfigCat-Rx-Node/a-1.0.0', etag), maxBytes: 1000 }),
      requestTimeoutMs: 30_000,
      transport: (request, onRayId) => {
        if (options.rayId !== undefined) onRayId(options.rayId);
        requests.push(request);
        requestedAtMs.push(scheduler.now());
        return left.shift() ?? NEVER;
      },
      reader: { parse: (text) => JSON.parse(text) as Document, preferencesOf: (document) => document },
      scheduler,
      texts: { textOf },
    });
    timer(options.startMs ?? 0, scheduler)
      .pipe(switchMap(() => fetch(options.known ?? emptyEntry)))
      .subscribe((value) => {
        outcome = value;
      });
    flush();
  });
  return { requests, requestedAtMs, outcome };
}

const known = { configText: '{}', etag: 'W/"a b"', fetchedAtMs: 1, requestedAtMs: 1 };

describe('a request', () => {
  it('goes to the path of the SDK key, whether the base URL ends with a slash or not', () => {
    const path = 'configuration-files/configcat-proxy/id/config_v6.json';
    expect(configUrl('https://p.example/x', 'configcat-proxy/id')).toBe(`https://p.example/x/${path}`);
    expect(configUrl('https://p.example/x/', 'configcat-proxy/id')).toBe(`https://p.example/x/${path}`);
    expect(configUrl('https://p.example//', 'configcat-proxy/id')).toBe(`https://p.example//${path}`);
  });

  it('identifies itself by headers on servers', () => {
    expect(exchange([respond(304)], { known }).requests).toEqual([
      {
        url: 'https://g.example/configuration-files/configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv/config_v6.json',
        headers: {
          'User-Agent': 'ConfigCat-Rx-Node/a-1.0.0',
          'X-ConfigCat-UserAgent': 'ConfigCat-Rx-Node/a-1.0.0',
          'If-None-Match': 'W/"a b"',
        },
        maxBytes: 1000,
      },
    ]);
  });

  it('identifies itself by the query in browsers, without any header', () => {
    const [request] = exchange([respond(304)], { known, identifyBy: 'query' }).requests;
    expect(request?.headers).toEqual({});
    expect(request?.url).toMatch(/config_v6\.json\?sdk=ConfigCat-Rx-Node%2Fa-1\.0\.0&ccetag=W%2F%22a%20b%22$/);
  });

  it('names no ETag while none is known', () => {
    expect(exchange([respond(200)]).requests[0]?.headers).not.toHaveProperty('If-None-Match');
    expect(exchange([respond(200)], { identifyBy: 'query' }).requests[0]?.url).not.toContain('ccetag');
  });
});

describe('a cached ETag that cannot be sent', () => {
  it.each([
    ['a line break', 'a\r\nX-Forged: 1'],
    ['NUL', 'a\0b'],
    ['a character beyond Latin-1', '"☃"'],
    ['a lone surrogate', '"\ud800"'],
    ['a megabyte', `"${'e'.repeat(1_000_000)}"`],
  ])('(%s) is left out, so that the answer repairs the entry', (_, etag) => {
    for (const identifyBy of ['headers', 'query'] as const) {
      const { requests, outcome } = exchange([respond(200)], { known: { ...known, etag }, identifyBy });
      expect(requests[0]?.headers).not.toHaveProperty('If-None-Match');
      expect(requests[0]?.url).not.toContain('ccetag');
      expect(outcome?.patch.entry?.etag).toBe('"e"');
    }
  });

  it.each(['W/"a b"', '"é"', 'a\tb'])('is not %p', (etag) => {
    expect(exchange([respond(304)], { known: { ...known, etag } }).requests[0]?.headers['If-None-Match']).toBe(etag);
  });
});

describe('a new home', () => {
  const moving = (r: number, u: string) => respond(200, JSON.stringify({ baseUrl: u, redirectMode: r }));
  const staying = respond(200, '{}');
  const gone = throwError(() => new Error('gone'));

  it.each([
    ['is dead', 'https://dead.example', gone],
    ['has an invalid address', 'nowhere', gone],
    ['answers with errors', 'https://broken.example', respond(500)],
    ['knows no such SDK key', 'https://foreign.example', respond(404)],
    ['answers with garbage', 'https://garbage.example', respond(200, '<html>')],
  ])('that %s is not kept', (_, home, answer) => {
    for (const mode of [0, 1, 2]) {
      const seen = visits([
        moving(mode, home),
        ...(mode === 0 ? [] : [answer, answer]),
        answer,
        answer,
        staying,
        staying,
      ]);
      // Asked again at the home that has answered.
      expect(seen.at(-1)).toBe('g');
      expect(seen.filter((host) => host === 'g').length).toBeGreaterThan(1);
    }
  });

  it.each([0, 1, 2])('that answers is kept (mode %i)', (mode) => {
    expect(visits([moving(mode, 'https://h.example'), staying, staying, staying]).slice(1)).toEqual(['h', 'h', 'h']);
  });

  it('ends a request that has timed out before another one is sent', () => {
    let open = 0;
    let mostOpen = 0;
    const counted = (answer$: Observable<HttpResponse>) =>
      defer(() => {
        mostOpen = Math.max(mostOpen, ++open);
        return answer$.pipe(finalize(() => open--));
      });
    const moved = respond(200, JSON.stringify({ baseUrl: 'https://h.example', redirectMode: 0 }));
    // The second home does not answer, and then the first one is asked at once.
    const hosts = visits([moved, ...[NEVER, NEVER, respond(200)].map(counted)]);
    expect(hosts).toEqual(['g', 'h', 'h', 'g']);
    expect(mostOpen).toBe(1);
  });

  it('that fails is left in the same fetch, and its failure told to nobody', () => {
    const moved = respond(200, JSON.stringify({ baseUrl: 'https://h.example', redirectMode: 0 }));
    const { hosts, outcomes } = fetchAll([moved, respond(404), staying, moved, respond(200, '{"a":1}')]);
    expect(hosts).toEqual(['g', 'h', 'g', 'g', 'h']);
    expect(outcomes.map(({ result, patch }) => [result.isSuccess, patch.entry?.configText])).toEqual([
      [true, expect.stringContaining('h.example')],
      [true, '{}'],
      [true, expect.stringContaining('h.example')],
      [true, '{"a":1}'],
    ]);
    expect(outcomes.flatMap(({ log }) => log)).toEqual([]);
  });

  it('that fails, as the old one does, gives the failure of the old one', () => {
    const moved = respond(200, JSON.stringify({ baseUrl: 'https://h.example', redirectMode: 0 }));
    const { hosts, outcomes } = fetchAll([moved, respond(404), respond(403)]);
    expect([hosts, outcomes[1]?.result]).toMatchObject([['g', 'h', 'g'], { isSuccess: false, errorCode: 1100 }]);
    expect(outcomes[1]?.log).toHaveLength(1);
  });

  describe('is asked', () => {
    const https = (host: string) => `https://${host}.example`;

    it.each<[string, number, readonly string[], number[]]>([
      ['from the next fetch on where that is all that is said', 0, ['g', 'h'], []],
      ['at once where the config belongs there, which is a warning', 1, ['g', 'h', 'h'], [governanceOutOfSync]],
      ['at once where that is demanded', 2, ['g', 'h', 'h'], []],
    ])('%s (mode %i)', (_, mode, expected, logged) => {
      const { hosts, outcomes } = fetchAll([moving(mode, https('h')), staying, ...(mode === 0 ? [] : [staying])]);
      expect([hosts, outcomes.flatMap(({ log }) => log.map(([id]) => id))]).toEqual([expected, logged]);
    });

    it.each([
      [0, ['g', 'g', 'g']],
      [1, ['g', 'g', 'g']],
      [2, ['g', 'h', 'h']],
    ])('in mode %i by a client with a home of its own: %j', (mode, expected) => {
      const { hosts, outcomes } = fetchAll([moving(mode, https('h')), staying, staying], { isCustom: true });
      expect([hosts, outcomes.flatMap(({ log }) => log)]).toEqual([expected, []]);
    });

    it.each([0, 1, 2])('no further where it is the one that was asked (mode %i)', (mode) => {
      const { hosts, outcomes } = fetchAll([moving(mode, https('g')), staying]);
      expect([hosts, outcomes.flatMap(({ log }) => log)]).toEqual([['g', 'g'], []]);
    });

    it('no further than over two others, and what the last one gave is kept, with an error', () => {
      const answers = ['h', 'i', 'j', 'k'].map((host) => moving(2, https(host)));
      const { hosts, outcomes } = fetchAll(answers.slice(0, 3), { rayId: 'r1' });
      expect(hosts).toEqual(['g', 'h', 'i']);
      expect(outcomes).toMatchObject([
        {
          result: { isSuccess: true },
          patch: { content: { baseUrl: https('j'), redirectMode: 2 } },
          log: [[redirectLoop, { rayId: 'r1' }]],
        },
      ]);
    });

    it('by all that the ones before have said, and what they gave is kept when it fails', () => {
      const { hosts, outcomes } = fetchAll([moving(1, https('h')), respond(404)]);
      expect(hosts).toEqual(['g', 'h']);
      expect(outcomes).toMatchObject([
        { result: { isSuccess: false, errorCode: 1100 }, patch: { content: { baseUrl: https('h') } } },
      ]);
      expect(outcomes[0]?.log.map(([id]) => id)).toEqual([governanceOutOfSync, 1100]);
    });
  });

  /** The first letters of the hosts that are asked, fetch by fetch, as long as there are answers. */
  function visits(answers: readonly Observable<HttpResponse>[]): string[] {
    return fetchAll(answers).hosts;
  }

  /** Fetches as long as there are answers. */
  function fetchAll(
    answers: readonly Observable<HttpResponse>[],
    { isCustom = false, rayId }: { isCustom?: boolean; rayId?: string } = {},
  ) {
    const hosts: string[] = [];
    const outcomes: FetchOutcome<Document>[] = [];
    const left = [...answers];
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(({ flush }) => {
      const fetch = createFetcher<Document>({
        sdkKey: 'key',
        home: { baseUrl: 'https://g.example', isCustom },
        toRequest: (url, etag) => ({ ...identifyByHeaders(url, 'agent', etag), maxBytes: 1000 }),
        requestTimeoutMs: 30_000,
        transport: ({ url }, onRayId) => {
          if (rayId !== undefined) onRayId(rayId);
          hosts.push(/^(?:https:..)?(.)/.exec(url)?.[1] ?? '');
          return left.shift() ?? NEVER;
        },
        reader: { parse: (text) => JSON.parse(text) as Document, preferencesOf: (document) => document },
        scheduler,
        texts: { textOf },
      });
      const fetchOn = (): void => {
        if (left.length === 0) return;
        fetch(emptyEntry).subscribe({ next: (outcome) => outcomes.push(outcome), complete: fetchOn });
      };
      fetchOn();
      flush();
    });
    return { hosts, outcomes };
  }
});

describe('an answer', () => {
  it('of 200 gives the document with its ETag and time', () => {
    expect(exchange([respond(200, '{"a":1}')]).outcome).toEqual({
      patch: { entry: { configText: '{"a":1}', etag: '"e"', fetchedAtMs: 0, requestedAtMs: 0 }, content: { a: 1 } },
      log: [],
      result: { isSuccess: true, errorCode: 0 },
      retryAfterMs: 0,
    });
  });

  it('of 200 that is too long says so once, is not asked for again, and leaves what is known', () => {
    const { outcome, requests } = exchange([respond(200, undefined, { body: undefined })], { known, rayId: 'r1' });
    const errorMessage =
      'The config JSON is longer than 1000 bytes, which is all that the option `maxConfigBytes` admits. The config that was known before stays in use. (Ray ID: r1)';
    expect(outcome).toMatchObject({
      patch: {},
      log: [[invalidContent, { maxBytes: 1000, rayId: 'r1' }, undefined]],
      result: { isSuccess: false, errorCode: 1105, errorMessage },
    });
    expect(requests).toHaveLength(1);
  });

  it('that nothing could ask for is not blamed on the network', () => {
    const error = Object.assign(new Error('There is no fetch here: give the option `fetch`.'), {
      name: 'NoTransportError',
    });
    const { outcome } = exchange([throwError(() => error), throwError(() => error)]);
    expect(outcome?.result).toEqual({
      isSuccess: false,
      errorCode: 1103,
      errorMessage: 'There is no fetch here: give the option `fetch`.',
      exception: error,
    });
  });

  it('of 304 vouches for what is known', () => {
    expect(exchange([respond(304)], { known }).outcome).toEqual({
      patch: {},
      checked: { fetchedAtMs: 0, requestedAtMs: 0 },
      log: [],
      result: { isSuccess: true, errorCode: 0 },
      retryAfterMs: 0,
    });
  });

  it.each([
    [304, 1106, false],
    [403, 1100, true],
    [404, 1100, true],
  ])('of %i without a config is error %i, and is not asked for again', (status, errorCode, isDefinite) => {
    const { outcome, requests } = exchange([respond(status)]);
    expect(requests).toHaveLength(1);
    expect(outcome?.result).toMatchObject({ isSuccess: false, errorCode });
    expect(outcome?.checked).toEqual(isDefinite ? { fetchedAtMs: 0, requestedAtMs: 0 } : undefined);
    expect(outcome?.patch).toEqual({});
  });

  it.each([
    [200, '{"a":', 'Fetching config JSON was successful but the HTTP response content was invalid.'],
    [304, '', 'Unexpected HTTP response was received when no config JSON is cached locally: 304 Reason'],
    [500, '', 'Unexpected HTTP response was received while trying to fetch config JSON: 500 Reason'],
  ])('of %i names the ray of the CDN that is to be asked about it', (status, body, expected) => {
    const answer = respond(status, body);
    const { outcome } = exchange([answer, answer], { rayId: 'r1' });
    expect(outcome?.result.errorMessage).toContain(expected);
    expect(outcome?.result.errorMessage).toMatch(/ \(Ray ID: r1\)$/);
  });

  it('that is no document is error 1105, and is not asked for again', () => {
    const { outcome, requests } = exchange([respond(200, '{"a":')]);
    expect(requests).toHaveLength(1);
    expect(outcome?.result).toMatchObject({ errorCode: 1105, exception: expect.any(SyntaxError) as unknown });
  });

  it('names the ray of the CDN in its message', () => {
    expect(exchange([respond(403)], { rayId: 'r1' }).outcome?.result.errorMessage).toMatch(/ \(Ray ID: r1\)$/);
  });
});

describe('a failed request', () => {
  it.each([201, 204, 206, 301, 401, 429, 500, 503])('of status %i is repeated once, after 50 ms', (status) => {
    const { outcome, requestedAtMs } = exchange([respond(status), respond(status), respond(200)]);
    expect(requestedAtMs).toEqual([0, 50]);
    expect(outcome?.result).toMatchObject({
      errorCode: 1101,
      errorMessage: `Unexpected HTTP response was received while trying to fetch config JSON: ${status} Reason`,
    });
  });

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['86400', 3_600_000],
    ['Thu, 01 Jan 1970 00:00:30 GMT', 30_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 3_600_000],
    ['Wed, 31 Dec 1969 23:59:30 GMT', 0],
    ['soon', 0],
    ['1e9', 0],
    [undefined, 0],
  ])('with Retry-After %p asks for %i ms, and is repeated only when that is nothing', (retryAfter, expected) => {
    const { outcome, requests } = exchange([respond(429, '', { retryAfter }), respond(429, '', { retryAfter })]);
    expect([outcome?.retryAfterMs, requests.length]).toEqual([expected, expected > 0 ? 1 : 2]);
  });

  it.each([
    [0, 30_000],
    [20_000, 10_000],
    [29_999, 1],
    [30_000, 0],
    [31_000, 0],
  ])('with a date as Retry-After asks for what is left until then, at %i ms for %i ms', (startMs, expected) => {
    const answer = respond(429, '', { retryAfter: 'Thu, 01 Jan 1970 00:00:30 GMT' });
    expect(exchange([answer, answer], { startMs }).outcome?.retryAfterMs).toBe(expected);
  });

  it('is forgotten when its repetition succeeds', () => {
    const { outcome } = exchange([throwError(() => new Error('reset')), respond(200)]);
    expect(outcome).toMatchObject({ log: [], result: { isSuccess: true } });
  });

  it('without an answer is error 1103 with what was thrown', () => {
    const error = new Error('reset');
    const { outcome, requestedAtMs } = exchange([throwError(() => error), throwError(() => error)]);
    expect(requestedAtMs).toEqual([0, 50]);
    expect(outcome?.result).toMatchObject({ errorCode: 1103, exception: error });
    expect(outcome?.log).toEqual([[requestFailed, { rayId: undefined }, error]]);
  });

  it.each([
    ['an error', new Error('reset')],
    ['no error at all', 'reset'],
    ['what merely has the name of an error', { name: 'NoTransportError', message: 'reset' }],
  ])('that ends with %s is one of the network, which names the ray of the CDN that had answered', (_, thrown) => {
    const broken = throwError(() => thrown);
    const { outcome } = exchange([broken, broken], { rayId: 'r1' });
    expect(outcome?.log[0]?.slice(0, 2)).toEqual([requestFailed, { rayId: 'r1' }]);
    expect(outcome?.result.errorMessage).toMatch(/^Unexpected error occurred .* \(Ray ID: r1\)$/);
  });

  it('that takes too long is error 1102, each attempt with the full time', () => {
    const { outcome, requestedAtMs } = exchange([NEVER, NEVER]);
    expect(requestedAtMs).toEqual([0, 30_050]);
    expect(outcome?.result).toMatchObject({
      errorCode: 1102,
      errorMessage: 'Request timed out while trying to fetch config JSON. Timeout value: 30000ms',
      exception: new Error('Request timed out. Timeout value: 30000ms'),
    });
  });

  it('that throws before it is sent is error 1103', () => {
    const throws = { subscribe: undefined } as unknown as Observable<HttpResponse>;
    expect(exchange([throws, throws]).outcome?.result).toMatchObject({ errorCode: 1103 });
  });
});
