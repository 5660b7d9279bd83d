import type { OutgoingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, BrowserContext } from 'playwright-core';
import { chromium } from 'playwright-core';

/** Chromium as Debian packs it, without anything that would look for a network. */
export function startBrowser(...more: readonly string[]): Promise<Browser> {
  const quiet = ['background-networking', 'component-update', 'sync'].map((name) => `--disable-${name}`);
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet, ...more],
    // Pages that somebody may come back to live on, as they do for users.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
}

/** A browser whose pages are hidden when another one is in front, and can be frozen, which Playwright otherwise prevents. */
export async function startBrowserOfUsers(): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const port = await freePort();
  const browser = await startBrowser(`--remote-debugging-port=${port}`);
  const connection = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
  return {
    context: connection.contexts()[0]!,
    close: async () => {
      await connection.close();
      await browser.close();
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createSocketServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** A server of pages, each of which runs one script of `spec/support/pages`. */
export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Which of the builds of a package a bundler takes. */
type Mode = 'production' | 'development';

/** Bundles a script of `spec/support/pages` for browsers. */
export async function bundlePage(script: string, mode: Mode = 'production'): Promise<string> {
  const root = join(__dirname, '../..');
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'pages', `${script}.ts`)],
    bundle: true,
    write: false,
    platform: 'browser',
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    // The paths of our own tsconfig are those of Node.
    tsconfigRaw: '{}',
    alias: {
      '#config-index': join(root, 'src/model/no-config-index.ts'),
      '#evaluation-memory': join(root, 'src/evaluation/no-memory.ts'),
      '#explainer': join(root, 'src/flags/explainer-on-demand.ts'),
      '#platform': join(root, 'src/platform/browser.ts'),
      'configcat-rx/analytics': join(root, 'src/analytics/index.ts'),
      'configcat-rx/angular/core': join(root, 'src/angular/core.ts'),
      'configcat-rx/browser': join(root, 'src/browser/index.ts'),
      'configcat-rx/core': join(root, 'src/functions.ts'),
      'configcat-rx/opentelemetry': join(root, 'src/opentelemetry/index.ts'),
      'configcat-rx/proxy-stream': join(root, 'src/proxy-stream/index.ts'),
      'configcat-rx/react/core': join(root, 'src/react/core.ts'),
      'configcat-rx/remote': join(root, 'src/remote/index.ts'),
      'configcat-rx/react': join(root, 'src/react/index.ts'),
      'configcat-rx': join(root, 'src/index.ts'),
    },
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

/**
 * Serves a script as a page, as a browser gets it from a bundler. Below `/sandboxed` it has no origin, and so neither
 * storage nor locks.
 *
 * @param headers - more that each answer has.
 */
export async function servePage(
  script: string,
  { headers, mode }: { readonly headers?: () => OutgoingHttpHeaders; readonly mode?: Mode } = {},
): Promise<PageServer> {
  const program = await bundlePage(script, mode);
  const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>${program}</script>`;
  const server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/sandboxed')) response.setHeader('Content-Security-Policy', 'sandbox allow-scripts');
    response.writeHead(200, { 'Content-Type': 'text/html', ...headers?.() }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
