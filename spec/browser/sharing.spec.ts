import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ConfigServer } from '../../src/server/index';
import { startConfigServer } from '../../src/server/index';
import type { PageServer } from '../support/browser';
import { servePage, startBrowser } from '../support/browser';
import { configOf, sdkKey } from '../support/client';
import type { Seen } from '../support/pages/watching';
import { part } from '../support/part';

const key = 'f1a2e755c7a97e5a6abadaf91574196fcc161921';

part('chromium')('in Chromium', () => {
  let browser: Browser;
  let pages: PageServer;
  let context: BrowserContext;
  let server: ConfigServer;

  beforeAll(async () => {
    pages = await servePage('watching');
    browser = await startBrowser();
  });

  beforeEach(async () => {
    server = await startConfigServer({ configs: { [sdkKey]: configOf({ greeting: 'hällo' }) } });
    context = await browser.newContext();
  });

  afterEach(async () => {
    await context.close();
    await server.close();
  });

  afterAll(async () => {
    await browser.close();
    await pages.close();
  });

  const serve = (greeting: string) => server.setConfig(sdkKey, configOf({ greeting }));
  const seen = (page: Page) => page.evaluate(() => (window as unknown as { seen: Seen }).seen);
  const open = async (mode: string, path = '/', more = {}) => {
    const page = await context.newPage();
    await page.goto(
      `${pages.url}${path}?${new URLSearchParams({ sdkKey, baseUrl: server.url, mode, ...more }).toString()}`,
    );
    return page;
  };
  const shows = (page: Page, value: string) =>
    page.waitForFunction((last) => (window as unknown as { seen: Seen }).seen.values.at(-1) === last, value);
  const requestsOf = async (tabs: readonly Page[]) =>
    Promise.all(tabs.map(async (tab) => (await seen(tab)).requests.length));

  describe('crossTab()', () => {
    it('lets one of five tabs poll for all, and another one when that is closed', async () => {
      const tabs = await Promise.all(Array.from({ length: 5 }, () => open('crossTab')));
      await Promise.all(tabs.map((tab) => shows(tab, 'hällo')));
      await serve('new');
      await Promise.all(tabs.map((tab) => shows(tab, 'new')));
      const requests = await requestsOf(tabs);
      expect(requests.filter((count) => count > 0)).toHaveLength(1);

      const polling = requests.findIndex((count) => count > 0);
      await tabs[polling]!.close();
      const others = tabs.filter((_, i) => i !== polling);
      await serve('newer');
      await Promise.all(others.map((tab) => shows(tab, 'newer')));
      expect((await requestsOf(others)).filter((count) => count > 0)).toHaveLength(1);
      for (const tab of others) {
        const { values, logged } = await seen(tab);
        expect({ values, logged }).toEqual({ values: ['hällo', 'new', 'newer'], logged: [] });
      }
    });

    it('lets a tab poll by itself where there are neither storage nor locks, and says so once', async () => {
      const tab = await open('crossTab', '/sandboxed');
      await shows(tab, 'hällo');
      await serve('new');
      await shows(tab, 'new');
      expect((await seen(tab)).logged).toEqual([2200]);
    });
  });

  describe.each(['localStorage', 'indexedDb'])('%s', (mode) => {
    it('keeps the config for the next page', async () => {
      // Long enough for the next page to find the config fresh, on any machine.
      const openNext = () => open(mode, '/', { pollIntervalSeconds: '600' });
      const first = await openNext();
      await shows(first, 'hällo');
      // It is shown before it is stored.
      if (mode === 'indexedDb') await first.waitForFunction(hasStoredInIndexedDb);
      await first.close();
      await server.close();
      const { values, valuesAtOnce, logged } = await seen(
        await openNext().then(async (page) => {
          await shows(page, 'hällo');
          return page;
        }),
      );
      expect(values).toEqual(['hällo']);
      // In the line after the client's creation.
      if (mode === 'localStorage') expect(valuesAtOnce).toBe(1);
      expect(logged.filter((eventId) => eventId >= 2000)).toEqual([]);
    });
  });

  describe('localStorageCache()', () => {
    it('is shared with the official SDK, both ways', async () => {
      const official = await open('official');
      await shows(official, 'hällo');
      await official.close();
      const stored = await (await open('localStorage')).evaluate((name) => localStorage.getItem(name), key);
      expect(Buffer.from(stored ?? '', 'base64').toString()).toContain('"hällo"');
      await context.close();

      context = await browser.newContext();
      // Now the page of ours comes first, and the server is gone for the official one.
      await shows(await open('localStorage'), 'hällo');
      await server.close();
      await shows(await open('official'), 'hällo');
    });

    it('tells other tabs at once', async () => {
      const [first, second] = [await open('localStorage'), await open('localStorage')];
      await shows(first, 'hällo');
      await shows(second, 'hällo');
      const payload = `${Date.now()}\n"x"\n${JSON.stringify(configOf({ greeting: 'from another tab' }))}`;
      const text = Buffer.from(payload).toString('base64');
      await first.evaluate(
        ([name, value]) => {
          localStorage.setItem(name!, value!);
        },
        [key, text],
      );
      await shows(second, 'from another tab');
    });

    it('keeps configs in memory when storage is full, and says so once', async () => {
      const page = await open('localStorage', '/', { full: 'yes' });
      await shows(page, 'hällo');
      await serve('new');
      await shows(page, 'new');
      expect(await page.evaluate((name) => localStorage.getItem(name), key)).toBeNull();
      expect((await seen(page)).logged).toEqual([2201]);
    });
  });
});

/** Looks from inside of a page, whose client has made the database by then. */
function hasStoredInIndexedDb(): Promise<boolean> {
  return new Promise((resolve) => {
    const opening = indexedDB.open('@configcat/sdk');
    opening.onsuccess = () => {
      const database = opening.result;
      const counting = database.transaction('configCache').objectStore('configCache').count();
      counting.onsuccess = () => {
        database.close();
        resolve(counting.result > 0);
      };
    };
  });
}
