import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createClientWithManualPoll, requestCookies, session } from '../../src';
import { heldSource } from '../../src/functions';
import type { ConfigServer } from '../../src/server';
import { startConfigServer } from '../../src/server';
import { servePage, startBrowser } from '../support/browser';
import { configOf, sdkKey } from '../support/client';
import { part } from '../support/part';

part('chromium')('in Chromium, a held flag', () => {
  let browser: Browser;
  let server: ConfigServer;
  /** Those that the server of the page answers with. */
  let setCookies: string[] = [];
  let pages: Awaited<ReturnType<typeof servePage>>;

  beforeAll(async () => {
    [browser, server, pages] = await Promise.all([
      startBrowser(),
      startConfigServer({ configs: { [sdkKey]: configOf({ greeting: 'Hello' }) } }),
      servePage('held', { headers: () => ({ 'Set-Cookie': setCookies }) }),
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

  /** What a server of the page shows with the cookies of the browser, and the cookies that it sets. */
  const serverShows = async (context: BrowserContext) => {
    const header = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const client = createClientWithManualPoll(sdkKey, { baseUrl: server.url, logLevel: 'off' });
    await client.forceRefresh();
    const cookies = requestCookies(header);
    const held = heldSource(client, session({ storage: cookies }));
    const value = held.snapshot().value('greeting', 'none');
    client.dispose();
    return { value, setCookies: cookies.setCookies() };
  };

  it('has one value on the server and in all tabs, by a cookie that the page or the server has set', async () => {
    const address = `${pages.url}/?${String(new URLSearchParams({ baseUrl: server.url, sdkKey, place: 'cookie' }))}`;
    await server.setConfig(sdkKey, configOf({ greeting: '"Hello", 你好; =%' }));
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address);
    expect(await heldOnce(page, '"Hello", 你好; =%')).toEqual(['"Hello", 你好; =%']);
    await server.setConfig(sdkKey, configOf({ greeting: 'Howdy' }));
    expect(await serverShows(context)).toEqual({ value: '"Hello", 你好; =%', setCookies: [] });
    await page.reload();
    expect(await heldOnce(page, 'Howdy')).toEqual(['"Hello", 你好; =%']);
    await page.close();
    await context.clearCookies();
    const fresh = await serverShows(context);
    expect(fresh).toEqual({ value: 'Howdy', setCookies: [expect.stringContaining('; Path=/; SameSite=Lax')] });
    setCookies = fresh.setCookies;
    await server.setConfig(sdkKey, configOf({ greeting: 'Hi' }));
    const other = await context.newPage();
    await other.goto(address);
    expect(await heldOnce(other, 'Hi')).toEqual(['Howdy']);
    await context.close();
  });
});
