import type { Browser } from 'playwright-core';
import type { ConfigServer } from '../../src/server';
import { startConfigServer } from '../../src/server';
import { servePage, startBrowser } from '../support/browser';
import { configOf, sdkKey } from '../support/client';
import { part } from '../support/part';

part('chromium')('in Chromium, a part of a page that waits for its flags', () => {
  let browser: Browser;
  let server: ConfigServer;
  let pages: Awaited<ReturnType<typeof servePage>>;
  /** With React as it is while developing: strict mode does nothing else. */
  let strictPages: typeof pages;

  beforeAll(async () => {
    [browser, server, pages, strictPages] = await Promise.all([
      startBrowser(),
      startConfigServer({ configs: { [sdkKey]: configOf({}) } }),
      servePage('waiting-react'),
      servePage('waiting-react', { mode: 'development' }),
    ]);
  });

  afterAll(() => Promise.all([browser.close(), server.close(), pages.close(), strictPages.close()]));

  it.each(['above', 'below', 'suspend', 'fallback', 'strict'])(
    'is rendered once as fallback and once with its value, by one request, and for no other flag: %s',
    async (way) => {
      await server.setConfig(sdkKey, configOf({ greeting: 'Hello', other: 1 }));
      const page = await browser.newPage();
      page.setDefaultTimeout(10_000);
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() !== 'info') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      const answered: number[] = [];
      page.on('response', (response) => {
        if (response.url().includes('configuration-files')) answered.push(response.status());
      });
      const { url } = way === 'strict' ? strictPages : pages;
      await page.goto(`${url}/?${String(new URLSearchParams({ baseUrl: server.url, sdkKey, way }))}`);
      await page.waitForFunction("document.body.innerText === 'Hello'");
      expect(answered).toEqual([200]);
      await server.setConfig(sdkKey, configOf({ greeting: 'Hello', other: 2 }));
      await page.waitForResponse((response) => response.status() === 200);
      await server.setConfig(sdkKey, configOf({ greeting: 'Howdy', other: 2 }));
      await page.waitForFunction("document.body.innerText === 'Howdy'");
      const [seen, painted] = await page.evaluate<[string[], string[]]>('[seen, painted]');
      // Strict mode renders each of them twice.
      const rendered = way === 'strict' ? seen.filter((text, index) => text !== seen[index - 1]) : seen;
      expect(rendered).toEqual(['…', 'Hello', 'Howdy']);
      expect(painted.filter((text) => text !== '…')).toEqual(['Hello', 'Howdy']);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
