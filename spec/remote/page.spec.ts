import type { Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import type { Relay } from '../../src/relay';
import { createRelay } from '../../src/relay';
import type { TestClient } from '../../src/testing';
import { createTestClient } from '../../src/testing';
import { bundlePage, startBrowser } from '../support/browser';
import { configByUser } from '../support/client';
import { part } from '../support/part';

part('chromium')('a page with a remote client', () => {
  let browser: Browser;
  let program: string;
  let source: TestClient;
  let relay: Relay;
  let server: Server;
  let port = 0;
  const traffic: string[] = [];

  const textOf = (piece: unknown) => (piece instanceof Uint8Array ? Buffer.from(piece).toString() : String(piece));

  /** Takes down what is sent. */
  const recorded = (response: ServerResponse) => {
    const send = response.write.bind(response) as (...args: unknown[]) => boolean;
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
    return Object.assign(response, {
      write: (...args: unknown[]) => {
        traffic.push(textOf(args[0]));
        return send(...args);
      },
      end: (...args: unknown[]) => {
        traffic.push(textOf(args[0]));
        return end(...args);
      },
    });
  };

  /** Serves page and relay, which knows who asks by a cookie. */
  const listen = async () => {
    relay = createRelay({
      client: source,
      path: '/flags',
      user: ({ header }) => {
        const identifier = /user=(\w+)/.exec(header('cookie') ?? '')?.[1];
        return identifier === undefined ? undefined : { identifier };
      },
    });
    const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>${program}</script>`;
    server = createServer((request, response) => {
      if (request.url?.startsWith('/flags')) relay.node(request, recorded(response));
      else response.setHeader('Content-Type', 'text/html').end(page);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  };
  const kill = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  const showsLast = (page: Page, value: string) =>
    page.waitForFunction((wanted) => window.shown[window.shown.length - 1] === wanted, value);

  beforeAll(async () => {
    [browser, program] = await Promise.all([startBrowser(), bundlePage('remote')]);
    source = createTestClient({}, { logLevel: 'off' });
  });

  afterAll(async () => {
    await browser.close();
    await kill();
    source.dispose();
  });

  it('shows changes live, and survives log-in, sleep, and the death of the relay, without a rule', async () => {
    source.setConfig(configByUser('kate'));
    await listen();
    const page = await browser.newPage();
    const requests: string[] = [];
    const devtools = await page.context().newCDPSession(page);
    page.on('request', (request) => requests.push(`${request.url()} ${request.postData() ?? ''}`));
    await page.goto(`http://127.0.0.1:${port}`);
    await showsLast(page, 'nobody');

    await page.evaluate(() => {
      document.cookie = 'user=kate';
      window.client.setUser(undefined);
    });
    await showsLast(page, 'KATE');
    expect(await page.evaluate(() => window.shown)).toEqual(['-', 'nobody', 'KATE']);

    // Asleep, the page hears nothing; awake, it has what has changed.
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    source.setConfig(configByUser('john'));
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await showsLast(page, 'nobody');

    await kill();
    source.setConfig(configByUser('kate'));
    await listen();
    await showsLast(page, 'KATE');

    await page.reload();
    expect(await page.evaluate(() => window.shown[0])).toBe('KATE');
    expect(traffic.join('\n')).toContain('"KATE"');
    const all = [program, ...traffic, ...requests].join('\n');
    expect(all).not.toMatch(/configcat-sdk-1|config_v6|"r":\[|"Identifier"/);
    await page.close();
  });
});
