import { createClientWithManualPoll } from '../../src';
import { workersCache } from '../../src/workers';
import { sdkKey } from '../support/client';

/** The part of the Cache API that caches are made of. */
class FakeCaches {
  readonly stored = new Map<string, Response>();
  failure: Error | undefined;

  open(name: string) {
    if (this.failure) return Promise.reject(this.failure);
    return Promise.resolve({
      match: (url: string) => Promise.resolve(this.stored.get(`${name} ${url}`)?.clone()),
      put: (url: string, response: Response) => Promise.resolve(void this.stored.set(`${name} ${url}`, response)),
    });
  }
}

const globals = globalThis as { caches?: unknown };
let caches: FakeCaches;

beforeEach(() => {
  globals.caches = caches = new FakeCaches();
});

afterEach(() => {
  delete globals.caches;
});

const config = '{"f":{"greeting":{"t":1,"v":{"s":"Grüß Gott"}}}}';
const url = '@configcat/sdk http://sdk-config-cache.configcat.com/e6fcbc5e97b42b30c61ac64c81ea1bd8a1f7b2bc';

function clientWith(cache = workersCache(), log: string[] = []) {
  return createClientWithManualPoll(sdkKey, {
    cache,
    fetch: () => Promise.resolve(new Response(config, { headers: { ETag: '"1"' } })),
    logger: { log: (_, id, text) => log.push(`${id} ${text}`) },
  });
}

describe('workersCache()', () => {
  it('keeps configs as other SDKs do, for clients that start cold', async () => {
    const first = clientWith();
    expect(await first.forceRefresh()).toMatchObject({ isSuccess: true });
    first.dispose();
    const [[where, response]] = [...caches.stored] as [[string, Response]];
    expect(where.replace(/[0-9a-f]{40}$/, '')).toBe(url.replace(/[0-9a-f]{40}$/, ''));
    expect(await response.clone().text()).toMatch(/^\d+\n"1"\n\{"f"/);
    const second = clientWith();
    expect(await second.getValue('greeting', 'default')).toBe('Grüß Gott');
    second.dispose();
  });

  it('takes what another SDK has stored, and asks for nothing else', async () => {
    const cache = workersCache();
    expect(await cache.get('a/b')).toBeUndefined();
    caches.stored.set('@configcat/sdk http://sdk-config-cache.configcat.com/a%2Fb', new Response('text'));
    expect(await cache.get('a/b')).toBe('text');
  });

  it('is told about once when it fails', async () => {
    const log: string[] = [];
    caches.failure = new Error('The cache is full.');
    const client = clientWith(workersCache(), log);
    expect(await client.getValue('missing', 'default')).toBe('default');
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
    expect(await client.getValue('greeting', 'default')).toBe('Grüß Gott');
    client.dispose();
    expect(log.filter((line) => line.startsWith('22'))).toEqual([
      '2200 Error occurred while reading the cache.',
      '2201 Error occurred while writing the cache.',
    ]);
  });

  it('says so where there is no Cache API', () => {
    delete globals.caches;
    expect(() => workersCache()).toThrow(new TypeError('There is no Cache API here, which `workersCache()` needs.'));
  });
});
