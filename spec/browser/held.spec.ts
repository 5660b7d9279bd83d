import type { Browser, Page } from 'playwright-core';
import type { ConfigServer } from '../../src/server';
import { startConfigServer } from '../../src/server';
import { servePage, startBrowser } from '../support/browser';
import { configOf, sdkKey } from '../support/client';
import { part } from '../support/part';

part('chromium')('in Chromium, a held flag', () => {
  let browser: Browser;
  let server: ConfigServer;
  let pages: Awaited<ReturnType<typeof servePage>>;

  beforeAll(async () => {
    [browser, server, pages] = await Promise.all([
      startBrowser(),
      startConfigServer({ configs: { [sdkKey]: configOf({ greeting: 'Hello' }) } }),
      servePage('held'),
    ]);
  });

  afterAll(() => Promise.all([browser.close(), server.close(), pages.close()]));

  /** Waits until the page has a value of now, and gives all held values that it has been shown. */
  const heldOnce = async (page: Page, current: string) => {
    await page.waitForFunction(`live.at(-1) === '${current}'`);
    return page.evaluate<string[]>('held');
  };

  it('keeps its value when the page is loaded again, and has the present one in a new session', async () => {
    const context = await browser.newContext();
    const address = `${pages.url}/?${String(new URLSearchParams({ baseUrl: server.url, sdkKey }))}`;
    const page = await context.newPage();
    await page.goto(address);
    expect(await heldOnce(page, 'Hello')).toEqual(['Hello']);
    await server.setConfig(sdkKey, configOf({ greeting: 'Howdy' }));
    expect(await heldOnce(page, 'Howdy')).toEqual(['Hello']);
    await page.reload();
    expect(await heldOnce(page, 'Howdy')).toEqual(['Hello']);
    const other = await context.newPage();
    await other.goto(address);
    expect(await heldOnce(other, 'Howdy')).toEqual(['Howdy']);
    await context.close();
  });
});
