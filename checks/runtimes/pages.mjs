// Pages with flags, as bundlers make them for browsers, in Chromium.
import { once } from 'node:events';
import { copyFileSync, createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { installed, versionOf } from './installed.mjs';

const chromiumPath = '/usr/bin/chromium';
const patienceMs = 20_000;

export const pageWays = [
  { name: 'chromium, bundled by esbuild', needs: [chromiumPath], run: (where) => runPage(bundleByEsbuild, where) },
  {
    name: `chromium, bundled by vite ${versionOf('vite')}`,
    needs: [chromiumPath, join(installed, 'vite')],
    run: (where) => runPage(bundleByVite, where),
  },
];

/** Bundles the page, and shows it in Chromium. */
async function runPage(bundlePage, { project, url, sdkKey }) {
  const folder = await bundlePage(project);
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };
  const server = createServer((request, response) => {
    const path = join(folder, new URL(request.url, 'http://localhost').pathname);
    if (!existsSync(path)) return response.writeHead(404).end();
    response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream');
    createReadStream(path).pipe(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const quiet = ['background-networking', 'component-update', 'sync'].map((name) => `--disable-${name}`);
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet],
  });
  const end = async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  };
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('console', (message) => errors.push(message.text()));
    await page.goto(`http://127.0.0.1:${server.address().port}/page.html?${new URLSearchParams({ url, sdkKey })}`);
    await page.waitForFunction(() => document.body.textContent.trim() !== '', null, { timeout: patienceMs });
    return { text: [(await page.textContent('body')).trim(), ...errors].join(' '), end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function bundleByEsbuild(project) {
  await build({
    entryPoints: [join(project, 'page.mjs')],
    outfile: join(project, 'by-esbuild/page.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'warning',
  });
  copyFileSync(join(project, 'page.html'), join(project, 'by-esbuild/page.html'));
  return join(project, 'by-esbuild');
}

async function bundleByVite(project) {
  const vite = await import('vite');
  await vite.build({
    root: project,
    configFile: false,
    logLevel: 'warn',
    build: { outDir: 'by-vite', rollupOptions: { input: join(project, 'page.html') } },
  });
  return join(project, 'by-vite');
}
