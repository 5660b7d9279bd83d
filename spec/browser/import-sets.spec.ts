import type { Browser } from 'playwright-core';
import type { ConfigServer } from '../../src/server';
import { startConfigServer } from '../../src/server';
import { servePage, startBrowser } from '../support/browser';
import { configOf, sdkKey } from '../support/client';
import { part } from '../support/part';

/** What `npm run size` measures, as applications import it: see `spec/support/pages`. */
const sets = ['set-root', 'set-core', 'set-react', 'set-react-core', 'set-angular'];

part('chromium')('in Chromium, the bundle of an import set', () => {
  let browser: Browser;
  let server: ConfigServer;

  beforeAll(async () => {
    [browser, server] = await Promise.all([
      startBrowser(),
      startConfigServer({ configs: { [sdkKey]: configOf({ greeting: 'first' }) } }),
    ]);
  });

  afterAll(() => Promise.all([browser.close(), server.close()]));

  it.each(sets)('shows a change live: %s', async (script) => {
    await server.setConfig(sdkKey, configOf({ greeting: 'first' }));
    const pages = await servePage(script);
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${pages.url}/?${String(new URLSearchParams({ baseUrl: server.url, sdkKey }))}`);
    await page.waitForFunction("document.title === 'first'");
    await server.setConfig(sdkKey, configOf({ greeting: 'second' }));
    await page.waitForFunction("document.title === 'second'");
    expect(complaints).toEqual([]);
    await page.close();
    await pages.close();
  });
});
