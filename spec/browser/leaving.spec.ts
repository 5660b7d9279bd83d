import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ConfigServer } from '../../src/server/index';
import { startConfigServer } from '../../src/server/index';
import type { PageServer } from '../support/browser';
import { servePage, startBrowser } from '../support/browser';
import { configOf, sdkKey } from '../support/client';
import { frameOf } from '../support/config-proxy';
import type { Seen } from '../support/pages/watching';
import { part } from '../support/part';

/** A Proxy whose streams any page may read, and that counts those which are open. */
async function startProxy() {
  let open = 0;
  const server = createServer((_, response) => {
    open++;
    response.once('close', () => open--);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Access-Control-Allow-Origin': '*' });
    response.write(frameOf({ greeting: { value: 'v' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => open,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

part('chromium')('a page in Chromium that is left and comes back', () => {
  let browser: Browser;
  let pages: PageServer;
  let context: BrowserContext;
  let server: ConfigServer;
  let proxy: Awaited<ReturnType<typeof startProxy>>;

  beforeAll(async () => {
    pages = await servePage('watching');
    browser = await startBrowser();
  });

  beforeEach(async () => {
    server = await startConfigServer({ configs: { [sdkKey]: configOf({ greeting: 'v0' }) } });
    proxy = await startProxy();
    context = await browser.newContext();
  });

  afterEach(async () => {
    await context.close();
    await server.close();
    proxy.close();
  });

  afterAll(async () => {
    await browser.close();
    await pages.close();
  });

  const seen = (page: Page) => page.evaluate(() => (window as unknown as { seen: Seen }).seen);
  const shows = (page: Page, value: string) =>
    page.waitForFunction((last) => (window as unknown as { seen: Seen }).seen.values.at(-1) === last, value);

  it.each<[string, { mode: string; withStream?: boolean }]>([
    ['a client that polls', { mode: 'localStorage' }],
    ['the lock and the channel of crossTab()', { mode: 'crossTab' }],
    ['the connection of indexedDbCache()', { mode: 'indexedDb' }],
    ['an open stream of a Proxy', { mode: 'localStorage', withStream: true }],
    ['all of them', { mode: 'crossTab', withStream: true }],
  ])('comes out of the back/forward cache with %s, and goes on', async (_, { mode, withStream }) => {
    const page = await context.newPage();
    const query = { sdkKey, baseUrl: server.url, mode, ...(withStream && { proxyUrl: proxy.url }) };
    await page.goto(`${pages.url}/?${new URLSearchParams(query)}`);
    await shows(page, 'v0');
    if (withStream) await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.frames === 1);
    await page.goto(`${pages.url.replace('127.0.0.1', 'localhost')}/elsewhere`);
    while (proxy.open() > 0) await new Promise((resolve) => setImmediate(resolve));
    await server.setConfig(sdkKey, configOf({ greeting: 'v1' }));
    // A page that is still there does not load.
    await page.goBack({ waitUntil: 'commit' });
    await shows(page, 'v1');
    if (withStream) await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.frames === 2);
    const { returns, reports, logged } = await seen(page);
    // `event.persisted` was true: it is the page of before.
    expect({ returns, reports, logged }).toEqual({ returns: 1, reports: [], logged: [] });
    expect(proxy.open()).toBe(withStream ? 1 : 0);
  });

  it.each(['localStorage', 'crossTab', 'indexedDb'])('polls at once what is overdue, with %s', async (mode) => {
    // Timers stand still in the cache. So does this clock's page, which is left for longer than an interval.
    await context.addInitScript(() => {
      const { now } = Date;
      let awayMs = 0;
      Date.now = () => now() + awayMs;
      addEventListener('pagehide', () => (awayMs += 700_000));
    });
    const page = await context.newPage();
    const query = { sdkKey, baseUrl: server.url, mode, pollIntervalSeconds: '600', maxSilenceMs: '1600000' };
    await page.goto(`${pages.url}/?${new URLSearchParams(query)}`);
    await shows(page, 'v0');
    await page.goto(`${pages.url.replace('127.0.0.1', 'localhost')}/elsewhere`);
    await server.setConfig(sdkKey, configOf({ greeting: 'v1' }));
    await page.goBack({ waitUntil: 'commit' });
    await shows(page, 'v1');
    const { returns, requests, logged } = await seen(page);
    // One request before and one after, by a page that `event.persisted` says was in the cache.
    expect({ returns, requests: requests.length, logged }).toEqual({ returns: 1, requests: 2, logged: [] });
  });
});
