import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEVER, ReplaySubject, filter, firstValueFrom, map, skip } from 'rxjs';
import type { User } from '../../src';
import { createClientWithAutoPoll, createClientWithManualPoll } from '../../src';
import type { ProxyStreamOptions, RemoteFlags } from '../../src/proxy-stream';
import { createProxyStream } from '../../src/proxy-stream';
import type { ConfigServer } from '../../src/server';
import { startConfigServer } from '../../src/server';
import { configOf, sdkKey } from '../support/client';
import { isInstalled } from '../support/part';
import type { RealProxy } from '../support/real-proxy';
import { createRealProxy } from '../support/real-proxy';
import type { VirtualClock } from '../support/virtual-time';
import { createVirtualClock } from '../support/virtual-time';

const second = 1000;
const program = 'configcat-proxy';
const isHere = isInstalled(program);
// Also with CI=true: none of the places that CI installs from has it.
if (!isHere) console.warn(`Skipped: the real ConfigCat Proxy. There is no program \`${program}\` in the path.`);

(isHere ? describe : describe.skip)('createProxyStream() with a real ConfigCat Proxy', () => {
  let server: ConfigServer;
  /** How often the server has been asked. */
  let downloads: number;
  let proxy: RealProxy;
  let clock: VirtualClock;
  let report$: ReplaySubject<string>;
  const ends: (() => void)[] = [];

  beforeEach(async () => {
    downloads = 0;
    server = await startConfigServer({
      configs: { [sdkKey]: configOf({ darkMode: false }) },
      onRequest: () => downloads++,
    });
    proxy = await createRealProxy(sdkKey, 'web', server.url);
    await proxy.start();
    clock = createVirtualClock();
    report$ = new ReplaySubject(1);
  });

  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    await proxy.stop();
    await server.close();
  });

  const create = (options: Partial<ProxyStreamOptions> = {}) =>
    createProxyStream({
      url: proxy.url,
      ...(options.sdkId === undefined && { sdkKey }),
      scheduler: clock.scheduler,
      random: () => 1,
      reconnectOn$: NEVER,
      report: (message) => {
        report$.next(message);
      },
      ...options,
    });

  /** Subscribes, and gives what came in, and ways to wait for a value of a flag. */
  const listen = (options: Partial<ProxyStreamOptions> = {}) => {
    const { flags$ } = create(options);
    const all$ = new ReplaySubject<RemoteFlags>(Infinity);
    const subscription = flags$.subscribe(all$);
    ends.push(() => {
      subscription.unsubscribe();
    });
    return {
      first: () => firstValueFrom(all$),
      shows: (key: string, value: unknown) => firstValueFrom(all$.pipe(filter((flags) => flags[key]?.value === value))),
    };
  };

  it.each([
    ['its SDK key', {}],
    ['its name', { sdkId: 'web' }],
  ])('shows flags by %s, and a change at once', async (_by, options) => {
    const { shows } = listen(options);
    await shows('darkMode', false);
    await server.setConfig(sdkKey, configOf({ darkMode: true, limit: 5, text: 'é👋\n' }));
    expect(await shows('darkMode', true)).toEqual({
      darkMode: { value: true, variationId: '' },
      limit: { value: 5, variationId: '' },
      text: { value: 'é👋\n', variationId: '' },
    });
  });

  it('shows each user the values of a client', async () => {
    const sample = JSON.parse(readFileSync(join(__dirname, '../../samples/config.json'), 'utf8')) as { f: object };
    const rule = (a: string, c: number, more: object, s: string) => ({
      c: [{ u: { a, c, ...more } }],
      s: { v: { s } },
    });
    const rules = [
      rule('Langs', 34, { l: ['ü'] }, 'list'),
      rule('Born', 18, { d: 2 }, 'before'),
      rule('Age', 14, { d: 40 }, 'older'),
      rule('Odd', 28, { s: 'true' }, 'odd'),
      rule('Identifier', 28, { s: 'ключ>>>???' }, 'name'),
      rule('Country', 28, { s: 'CH' }, 'country'),
    ];
    const custom = { t: 1, v: { s: 'none' }, r: rules };
    await server.setConfig(sdkKey, { ...sample, f: { ...sample.f, custom, last: { t: 0, v: { b: true } } } });
    const client = createClientWithManualPoll(sdkKey, { baseUrl: server.url, logLevel: 'off' });
    ends.push(() => {
      client.dispose();
    });
    await client.forceRefresh();
    const users: (User | undefined)[] = [
      undefined,
      { identifier: '42', email: 'kate@example.com', country: 'CH' },
      { identifier: 'ключ>>>???' },
      { identifier: '1', custom: { Langs: ['fr', 'ü'] } },
      { identifier: '1', custom: { Born: new Date(1_500) } },
      { identifier: '1', custom: { Age: 42, Nan: NaN } },
      { identifier: '1', custom: { Odd: true as unknown as string } },
      ...Array.from({ length: 20 }, (_, n) => ({ identifier: String(n), email: `${n}@example.com` })),
    ];
    for (const user of users) {
      const { shows } = listen(user && { user });
      const flags = await shows('last', true);
      const snapshot = client.snapshot();
      const expected = snapshot.keys().map((key) => [key, snapshot.value(key, null, user)]);
      expect(Object.fromEntries(Object.entries(flags).map(([key, { value }]) => [key, value]))).toEqual(
        Object.fromEntries(expected),
      );
    }
  });

  it('shows all other flags beside one that cannot be evaluated', async () => {
    const on = { t: 0, v: { b: true } };
    const needing = (f: string) => ({ ...on, r: [{ c: [{ p: { f, c: 0, v: { b: true } } }], s: { v: { b: true } } }] });
    await server.setConfig(sdkKey, { f: { itself: needing('itself'), nothing: needing('nothing'), darkMode: on } });
    const { shows } = listen({ user: { identifier: '1', email: 'a@example.com' } });
    const flags = await shows('darkMode', true);
    expect(flags).toEqual({ darkMode: { value: true, variationId: '' } });
  });

  it.each([
    ['sdkKey', { sdkKey: 'configcat-sdk-1/another_______________/another_______________' }, 404],
    ['sdkId', { sdkId: 'another' }, 404],
  ])('reports a wrong %s without telling it', async (_case, options, status) => {
    listen(options);
    expect(await firstValueFrom(report$)).toBe(
      `The stream of the ConfigCat Proxy has failed. The Proxy answered ${status}.`,
    );
  });

  it('connects again when the Proxy has been stopped and started, and shows what has changed meanwhile', async () => {
    const { shows } = listen();
    await shows('darkMode', false);
    await proxy.stop();
    expect(await firstValueFrom(report$)).toContain('The stream of the ConfigCat Proxy has failed.');
    await server.setConfig(sdkKey, configOf({ darkMode: true }));
    await proxy.start();
    await clock.advance(second);
    await shows('darkMode', true);
  });

  it('makes a client of the Proxy fetch a change at once, by SDK key or name', async () => {
    for (const key of [sdkKey, 'configcat-proxy/web']) {
      await server.setConfig(sdkKey, configOf({ darkMode: false, for: key }));
      const { refresh$ } = create();
      const client = createClientWithAutoPoll(key, {
        baseUrl: proxy.url,
        pollIntervalSeconds: 600,
        refreshOn$: refresh$,
        logLevel: 'off',
      });
      ends.push(() => {
        client.dispose();
      });
      const dark$ = client.flags$({ darkMode: false, for: '' }).pipe(filter((flags) => flags.for === key));
      await firstValueFrom(dark$);
      await server.setConfig(sdkKey, configOf({ darkMode: true, for: key }));
      expect(
        await firstValueFrom(
          dark$.pipe(
            map(({ darkMode }) => darkMode),
            skip(1),
          ),
        ),
      ).toBe(true);
    }
  });

  it('asks the server for all its clients, so that their number costs no downloads', async () => {
    const clients = Array.from({ length: 10 }, () =>
      createClientWithManualPoll(sdkKey, { baseUrl: proxy.url, logLevel: 'off' }),
    );
    ends.push(() => {
      for (const client of clients) client.dispose();
    });
    for (let n = 0; n < 10; n++) {
      for (const result of await Promise.all(clients.map((client) => client.forceRefresh()))) {
        expect(result.isSuccess).toBe(true);
      }
    }
    // Of the hundred; the Proxy itself asks once a second.
    expect(downloads).toBeLessThan(50);
  });
});
