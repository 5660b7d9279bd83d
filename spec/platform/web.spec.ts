import { Readable } from 'node:stream';
import { NEVER, Subject, firstValueFrom } from 'rxjs';
import type { FetchFunction } from '../../src';
import { platform as bunOrDeno } from '../../src/platform/bun-deno';
import { identifyByHeaders, identifyByQuery } from '../../src/platform/identify';
import { platform as node } from '../../src/platform/node';
import { platform as browser, refuseEdgeWorkers } from '../../src/platform/browser';
import { createWebPlatform } from '../../src/platform/web';
import { proxyAgent } from '../../src/node/index';

describe('the web platform', () => {
  it.each([
    ['a page', { document: {}, navigator: { userAgent: 'Mozilla/5.0' } }, 'Browser', 'query'],
    ['a worker of a page', { navigator: { userAgent: 'Mozilla/5.0' } }, 'Browser', 'query'],
    ['Deno', { navigator: { userAgent: 'Deno/2.5.0' } }, 'Deno', 'headers'],
    ['Bun', { navigator: { userAgent: 'Bun/1.3.0' } }, 'Bun', 'headers'],
    ['an edge worker', { navigator: { userAgent: 'Cloudflare-Workers' } }, 'Worker', 'headers'],
    ['a runtime that does not say', {}, 'Worker', 'headers'],
  ])('knows %s', (_, globals, runtime, identifyBy) => {
    expect(createWebPlatform(globals)).toMatchObject({
      sdkType: `ConfigCat-Rx-${runtime}`,
      identify: identifyBy === 'query' ? identifyByQuery : identifyByHeaders,
    });
  });

  it.each([
    ['Cloudflare', { WebSocketPair: () => undefined }],
    ['Vercel', { EdgeRuntime: 'edge-runtime' }],
  ])('says how workers of %s are bundled where they are given the code of pages', (_, globals) => {
    expect(() => {
      refuseEdgeWorkers(globals);
    }).toThrow('This bundle is for browsers. Bundle workers with the condition `workerd` or `edge-light`.');
    Object.assign(globalThis, globals);
    try {
      expect(() => browser.createTransport({}, NEVER)).toThrow('This bundle is for browsers.');
    } finally {
      for (const name of Object.keys(globals)) Reflect.deleteProperty(globalThis, name);
    }
    expect(() => browser.createTransport({}, NEVER)).not.toThrow();
    expect(() => {
      refuseEdgeWorkers({ ...globals, document: {} });
    }).not.toThrow();
  });

  it('tells in pages when timers may have stood still, and nowhere else', () => {
    const page = Object.assign(new EventTarget(), { document: {} });
    let count = 0;
    createWebPlatform(page).resumed$?.subscribe(() => count++);
    page.dispatchEvent(new Event('pageshow'));
    expect(count).toBe(1);
    const silent = { document: {}, addEventListener: () => undefined };
    const elsewhere = Object.assign(new EventTarget(), { navigator: { userAgent: 'Deno/2' } });
    for (const globals of [{}, elsewhere]) expect(createWebPlatform(globals).resumed$).toBeUndefined();
    for (const globals of [{ document: {} }, silent]) {
      expect(() => createWebPlatform(globals).resumed$?.subscribe().unsubscribe()).not.toThrow();
    }
  });

  it('sends requests with the fetch of the runtime, as it is at that time', async () => {
    const original = globalThis.fetch;
    const requests: string[] = [];
    const fetch: FetchFunction = (url, { method, signal }) => {
      requests.push(`${method} ${url} ${signal.aborted}`);
      return Promise.resolve({
        status: 200,
        statusText: 'OK',
        headers: { get: (name) => ({ etag: '', 'cf-ray': 'ray', 'retry-after': '5' })[name] ?? null },
        text: () => Promise.resolve('{}'),
      });
    };
    const transport = createWebPlatform({}).createTransport({}, NEVER);
    globalThis.fetch = fetch as typeof globalThis.fetch;
    try {
      const rays: string[] = [];
      const response$ = transport({ url: 'https://a.example/', headers: {}, maxBytes: 1000 }, (ray) => rays.push(ray));
      expect(await firstValueFrom(response$)).toEqual({
        status: 200,
        statusText: 'OK',
        etag: undefined,
        retryAfter: '5',
        body: '{}',
      });
      expect(requests).toEqual(['GET https://a.example/ false']);
      expect(rays).toEqual(['ray']);
    } finally {
      globalThis.fetch = original;
    }
  });

  it('aborts a request that nobody waits for any more', () => {
    const signals: AbortSignal[] = [];
    const fetch: FetchFunction = (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    };
    const transport = createWebPlatform({}).createTransport({ fetch }, NEVER);
    const subscription = transport(
      { url: 'https://a.example/', headers: {}, maxBytes: 1000 },
      () => undefined,
    ).subscribe();
    return Promise.resolve().then(() => {
      expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
      subscription.unsubscribe();
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    });
  });

  it.each([
    ['a worker of Cloudflare', { navigator: { userAgent: 'Cloudflare-Workers' }, WebSocketPair: {} }, true],
    ['one of an old compatibility date', { WebSocketPair: {} }, true],
    ['an edge function of Vercel', { EdgeRuntime: 'edge-runtime' }, true],
    ['a page', { document: {}, WebSocketPair: {} }, false],
    ['Deno', { navigator: { userAgent: 'Deno/2.5.0' } }, false],
    ['React Native', { navigator: {} }, false],
  ])('knows whether %s ends timers with their request', (_, globals, isRequestBound) => {
    expect(createWebPlatform(globals).limits?.pollsAtReads).toBe(isRequestBound ? true : undefined);
  });

  it('notices by a timer that no request is being handled', () => {
    const { limits } = createWebPlatform({ WebSocketPair: {} });
    const setTimer = jest.spyOn(globalThis, 'setTimeout').mockImplementation(() => {
      throw new Error('Disallowed operation called within global scope.');
    });
    try {
      expect(limits?.refusal()).toMatchObject({ isSuccess: false });
    } finally {
      setTimer.mockRestore();
    }
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['no function', 'fetch'],
  ])('says so where fetch is %s', async (_, missing) => {
    const original = globalThis.fetch;
    globalThis.fetch = missing as unknown as typeof globalThis.fetch;
    try {
      const response$ = createWebPlatform({}).createTransport({}, NEVER)(
        request('https://a.example/'),
        () => undefined,
      );
      await expect(firstValueFrom(response$)).rejects.toThrow('There is no fetch here: give the option `fetch`.');
    } finally {
      globalThis.fetch = original;
    }
  });

  it.each([
    ['an agent of Node', { addRequest: () => undefined }],
    ['a function', () => undefined],
    ['even that of a proxy', proxyAgent('http://127.0.0.1:1')],
  ])('refuses %s, which a page would not heed', (_, agent) => {
    expect(() => createWebPlatform({}).createTransport({ agent }, NEVER)).toThrow(
      new TypeError('Invalid property `options.agent`. Agents are for Node: give the option `fetch` instead.'),
    );
  });
});

describe('a function of the Fetch API', () => {
  const bytes = new TextEncoder().encode('Grüß Gott 👋');
  const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
  const get = (body: unknown, maxBytes: number, text = '') => {
    const fetch: FetchFunction = () =>
      Promise.resolve({
        status: 200,
        statusText: '',
        headers: { get: () => null },
        ...(body !== undefined && { body }),
        text: () => Promise.resolve(text),
      });
    const response$ = createWebPlatform({}).createTransport({ fetch }, NEVER)(
      { url: 'https://a.example/', headers: {}, maxBytes },
      () => undefined,
    );
    return firstValueFrom(response$).then((response) => response.body);
  };

  it.each<[string, () => unknown]>([
    ['a stream of the web', () => webStream(pieces)],
    ['a stream of Node', () => Readable.from(pieces)],
    [
      'any iterable',
      () =>
        (async function* () {
          for (const piece of pieces) yield await Promise.resolve(piece);
        })(),
    ],
  ])('may give %s, which is read no further than it may be long', async (_, body) => {
    expect(await get(body(), bytes.length)).toBe('Grüß Gott 👋');
    expect(await get(body(), bytes.length - 1)).toBeUndefined();
  });

  it.each([
    ['no stream', undefined],
    ['null', null],
    ['something else', {}],
  ])('may give %s, and its text is measured', async (_, body) => {
    expect(await get(body, bytes.length, 'Grüß Gott 👋')).toBe('Grüß Gott 👋');
    expect(await get(body, bytes.length - 1, 'Grüß Gott 👋')).toBeUndefined();
    expect(await get(body, 3, 'longer')).toBeUndefined();
  });

  it('is aborted as soon as its body is too long', async () => {
    let isAborted: boolean | undefined;
    const fetch: FetchFunction = (_, { signal }) => {
      signal.addEventListener('abort', () => (isAborted = true));
      return Promise.resolve(new Response(webStream(pieces)));
    };
    const transport = createWebPlatform({}).createTransport({ fetch }, NEVER);
    await firstValueFrom(transport({ url: 'https://a.example/', headers: {}, maxBytes: 3 }, () => undefined));
    expect(isAborted).toBe(true);
  });
});

describe.each([
  ['Bun', bunOrDeno],
  ['Bun that runs a bundle for Node', node],
])('a proxy in %s', (_, platform) => {
  const globals = globalThis as { Bun?: unknown };
  const original = globalThis.fetch;

  beforeEach(() => {
    globals.Bun = {};
  });

  afterEach(() => {
    delete globals.Bun;
    globalThis.fetch = original;
  });

  it('is named to its fetch', async () => {
    const inits: unknown[] = [];
    globalThis.fetch = ((_url: string, init: object) => {
      inits.push(init);
      return Promise.resolve(new Response('{}'));
    }) as typeof globalThis.fetch;
    const agent = proxyAgent('http://kate:secret@127.0.0.1:1', { ca: 'certificate' });
    await firstValueFrom(platform.createTransport({ agent }, NEVER)(request('https://a.example/'), () => undefined));
    expect(inits).toMatchObject([{ proxy: 'http://kate:secret@127.0.0.1:1/', tls: { ca: 'certificate' } }]);
  });

  it.each([
    ['an agent of Node', { addRequest: () => undefined }],
    ['a function', () => undefined],
  ])('cannot be %s', (_, agent) => {
    expect(() => platform.createTransport({ agent }, NEVER)).toThrow(
      'Invalid property `options.agent`. Agents are for Node',
    );
  });
});

it('reaches a proxy in Deno through a client, which ends with ours', async () => {
  const globals = globalThis as { Deno?: unknown };
  const original = globalThis.fetch;
  const created: unknown[] = [];
  const inits: object[] = [];
  const client = { close: jest.fn() };
  globals.Deno = {
    createHttpClient: (options: unknown) => {
      created.push(options);
      return client;
    },
  };
  globalThis.fetch = ((_url: string, init: object) => {
    inits.push(init);
    return Promise.resolve(new Response('{}'));
  }) as typeof globalThis.fetch;
  try {
    const disposed$ = new Subject();
    const agent = proxyAgent('http://k%40te:pass@127.0.0.1:1', {
      ca: ['one', Buffer.from('two')],
      cert: 'c',
      key: 'k',
    });
    const transport = bunOrDeno.createTransport({ agent }, disposed$);
    await firstValueFrom(transport(request('https://a.example/'), () => undefined));
    expect(created).toEqual([
      {
        proxy: { url: 'http://127.0.0.1:1', basicAuth: { username: 'k@te', password: 'pass' } },
        caCerts: ['one', 'two'],
        cert: 'c',
        key: 'k',
      },
    ]);
    expect(inits).toMatchObject([{ client }]);
    disposed$.complete();
    expect(client.close).toHaveBeenCalledTimes(1);
  } finally {
    delete globals.Deno;
    globalThis.fetch = original;
  }
});

function request(url: string) {
  return { url, headers: {}, maxBytes: 1000 };
}

function webStream(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}
