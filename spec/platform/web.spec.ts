import { NEVER, firstValueFrom } from 'rxjs';
import type { FetchFunction } from '../../src';
import { createWebPlatform } from '../../src/platform/web';

describe('the web platform', () => {
  it.each([
    ['a page', { document: {}, navigator: { userAgent: 'Mozilla/5.0' } }, 'Browser', 'query'],
    ['a worker of a page', { navigator: { userAgent: 'Mozilla/5.0' } }, 'Browser', 'query'],
    ['Deno', { navigator: { userAgent: 'Deno/2.5.0' } }, 'Deno', 'headers'],
    ['Bun', { navigator: { userAgent: 'Bun/1.3.0' } }, 'Bun', 'headers'],
    ['an edge worker', { navigator: { userAgent: 'Cloudflare-Workers' } }, 'Worker', 'headers'],
    ['a runtime that does not say', {}, 'Worker', 'headers'],
  ])('knows %s', (_, globals, runtime, identifyBy) => {
    expect(createWebPlatform(globals)).toMatchObject({ sdkType: `ConfigCat-Rx-${runtime}`, identifyBy });
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
      const response$ = transport({ url: 'https://a.example/', headers: {} }, (ray) => rays.push(ray));
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
    const subscription = transport({ url: 'https://a.example/', headers: {} }, () => undefined).subscribe();
    return Promise.resolve().then(() => {
      expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
      subscription.unsubscribe();
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    });
  });
});
