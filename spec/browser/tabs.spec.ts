import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ConfigCatClient } from '../../src/index';
import type { ConfigServer } from '../../src/server/index';
import { startConfigServer } from '../../src/server/index';
import type { PageServer } from '../support/browser';
import { servePage, startBrowser, startBrowserOfUsers } from '../support/browser';
import { configOf, sdkKey } from '../support/client';
import type { Seen } from '../support/pages/watching';
import { part } from '../support/part';

/** What a page has for specs. */
interface View {
  readonly seen: Seen;
  readonly client: ConfigCatClient;
}

const intervalMs = 1000;
const maxSilenceMs = 2 * intervalMs;
/** The longest silence, and a machine that is busy. */
const boundMs = maxSilenceMs * 1.25 + 2500;

/** A server that answers its one request when it is told to. */
async function startWork() {
  let end!: () => void;
  let begin!: () => void;
  const hasBegun = new Promise<void>((resolve) => (begin = resolve));
  const server = createServer((_, response) => {
    end = () => response.setHeader('Access-Control-Allow-Origin', '*').end('over');
    begin();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hasBegun,
    end: () => {
      end();
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

part('chromium')('five tabs in Chromium, whose polling one', () => {
  let browser: Browser;
  let pages: PageServer;
  let context: BrowserContext;
  let ofUsers: Awaited<ReturnType<typeof startBrowserOfUsers>> | undefined;
  let server: ConfigServer;
  let polling: Page;
  let others: Page[];

  beforeAll(async () => {
    pages = await servePage('watching');
    browser = await startBrowser();
  });

  beforeEach(async () => {
    server = await startConfigServer({ configs: { [sdkKey]: configOf({ greeting: 'v0' }) } });
    context = await browser.newContext();
  });

  afterEach(async () => {
    await ofUsers?.close();
    ofUsers = undefined;
    await context.close();
    await server.close();
  });

  afterAll(async () => {
    await browser.close();
    await pages.close();
  });

  const serve = (greeting: string) => server.setConfig(sdkKey, configOf({ greeting }));
  const seen = (page: Page) => page.evaluate(() => (window as unknown as View).seen);
  const open = async (inContext: BrowserContext) => {
    const page = await inContext.newPage();
    const query = { sdkKey, baseUrl: server.url, mode: 'crossTab', isAlwaysOpen: 'yes' };
    await page.goto(`${pages.url}/?${new URLSearchParams({ ...query, maxSilenceMs: String(maxSilenceMs) })}`);
    return page;
  };
  const shows = (page: Page, value: string, timeout: number) =>
    page.waitForFunction((last) => (window as unknown as View).seen.values.at(-1) === last, value, {
      timeout,
      // Hidden pages have no animation frames to look in.
      polling: 20,
    });
  const showEverywhere = (tabs: readonly Page[], value: string, timeout = 10_000) =>
    Promise.all(tabs.map((tab) => shows(tab, value, timeout)));
  const openTabs = async (inContext = context) => {
    const tabs = await Promise.all(Array.from({ length: 5 }, () => open(inContext)));
    await showEverywhere(tabs, 'v0');
    await serve('v1');
    await showEverywhere(tabs, 'v1');
    const requests = await Promise.all(tabs.map(async (tab) => (await seen(tab)).requests.length));
    polling = tabs[requests.findIndex((count) => count > 0)]!;
    others = tabs.filter((tab) => tab !== polling);
    expect(requests.filter((count) => count > 0)).toHaveLength(1);
  };

  /** Expects the others to get what is new within the bound, by the requests of one of them, and nobody to go back. */
  const expectOthersToGoOn = async () => {
    await serve('v2');
    await showEverywhere(others, 'v2', boundMs);
    await serve('v3');
    await showEverywhere(others, 'v3', boundMs);
    for (const tab of others) {
      const { values, logged } = await seen(tab);
      expect({ values, logged }).toEqual({ values: ['v0', 'v1', 'v2', 'v3'], logged: [] });
    }
  };
  /** Expects the tab that polled to have the newest in the end, and to have gone back to nothing older on the way. */
  const expectToCatchUp = async () => {
    await shows(polling, 'v3', boundMs);
    const { values } = await seen(polling);
    expect(values).toEqual([...values].sort());
    expect(new Set(values).size).toBe(values.length);
  };

  it('is switched offline', async () => {
    await openTabs();
    await polling.evaluate(() => {
      (window as unknown as View).client.setOffline();
    });
    await expectOthersToGoOn();
    // What the others fetch is there all the same.
    await expectToCatchUp();
  });

  it('is cut off from the server', async () => {
    await openTabs();
    await polling.route('**/configuration-files/**', (route) => route.abort());
    await expectOthersToGoOn();
    await expectToCatchUp();
  });

  it('waits for answers that never come', async () => {
    await openTabs();
    await polling.route('**/configuration-files/**', () => undefined);
    await expectOthersToGoOn();
    await expectToCatchUp();
  });

  it('is busy', async () => {
    await openTabs();
    // It waits for one answer in the middle of its work, which keeps it from everything else.
    const work = await startWork();
    const isOver = polling.evaluate((url) => {
      const request = new XMLHttpRequest();
      request.open('GET', url, false);
      request.send();
      return request.responseText;
    }, work.url);
    await work.hasBegun;
    await expectOthersToGoOn();
    work.end();
    expect(await isOver).toBe('over');
    await expectToCatchUp();
    await work.close();
  });

  it('shows a dialog', async () => {
    await openTabs();
    const dialog = polling.waitForEvent('dialog');
    const isOver = polling.evaluate(() => {
      alert('Are you there?');
    });
    const shown = await dialog;
    await expectOthersToGoOn();
    await shown.accept();
    await isOver;
    await expectToCatchUp();
  });

  it('is frozen', async () => {
    ofUsers = await startBrowserOfUsers();
    await openTabs(ofUsers.context);
    const session = await ofUsers.context.newCDPSession(polling);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    const { length } = (await seen(polling)).requests;
    await expectOthersToGoOn();
    expect((await seen(polling)).requests).toHaveLength(length);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await expectToCatchUp();
  });

  it('crashes', async () => {
    await openTabs();
    const session = await context.newCDPSession(polling);
    void session.send('Page.crash').catch(() => undefined);
    await expectOthersToGoOn();
  });

  it('lies in the back/forward cache', async () => {
    await openTabs();
    await polling.goto(`${pages.url.replace('127.0.0.1', 'localhost')}/elsewhere`);
    await expectOthersToGoOn();
    // A page that is still there does not load.
    await polling.goBack({ waitUntil: 'commit' });
    await expectToCatchUp();
    expect((await seen(polling)).returns).toBe(1);
  });
});
