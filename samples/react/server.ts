import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createClientWithAutoPoll } from 'configcat-rx';
import { dehydrate } from 'configcat-rx/react';
import { startConfigServer } from 'configcat-rx/server';
import { createServer as createVite } from 'vite';
import type { Settings } from './src/browser.js';
import type * as ReceiptPage from './src/receipt-render.js';
import type * as Receipt from './src/receipt.js';
import type * as Page from './src/render.js';
import { findUser } from './src/users.js';

const { CONFIGCAT_SDK_KEY: realKey, CONFIG_FILE: file = path('../config.json'), PORT: port = '3000' } = process.env;

// ConfigCat itself, or a config server on this computer that follows a file.
const sdkKey = realKey || 'configcat-sdk-1/sample-environment-key/sample-environment-key';
const local = realKey ? undefined : await startConfigServer({ configs: { [sdkKey]: file } });
const options = local ? { baseUrl: local.url, pollIntervalSeconds: 1 } : { pollIntervalSeconds: 10 };

// One client for all visitors: who they are is said where flags are read.
const client = createClientWithAutoPoll(sdkKey, options);
await client.waitForReady();

const server = createServer();
const vite = await createVite({
  root: path('.'),
  appType: 'custom',
  server: { middlewareMode: true, hmr: { server } },
});

server.on('request', (request, response) => {
  vite.middlewares(request, response, async () => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const renderAnswer = { '/': renderPage, '/receipt': renderReceipt }[pathname];
    if (renderAnswer) response.setHeader('Content-Type', 'text/html').end(await renderAnswer(searchParams));
    else response.writeHead(404).end();
  });
});
await once(server.listen(Number(port), '127.0.0.1'), 'listening');
console.log(`The shop is open: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
console.log(local ? `Edit ${file} and watch it change.` : 'It has the flags of your environment.');

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
client.dispose();
server.close();
server.closeAllConnections();
await Promise.all([vite.close(), local?.close()]);

async function renderPage(query: URLSearchParams): Promise<string> {
  const template = await vite.transformIndexHtml('/', await readFile(path('index.html'), 'utf8'));
  const { render } = (await vite.ssrLoadModule('/src/render.tsx')) as typeof Page;
  const { identifier: userId } = findUser(query.get('user'));
  const state = dehydrate(client);
  const settings: Settings = { sdkKey, options, userId };
  return template
    .replace('<!--page-->', () => render(client, state, userId))
    .replace('<!--flags-->', () => state)
    .replace('<!--settings-->', () => JSON.stringify(settings));
}

/** A page that is given the values of its visitor, and neither rules nor the SDK key. */
async function renderReceipt(query: URLSearchParams): Promise<string> {
  const template = await vite.transformIndexHtml('/receipt', await readFile(path('receipt.html'), 'utf8'));
  const { render } = (await vite.ssrLoadModule('/src/receipt-render.tsx')) as typeof ReceiptPage;
  const { receiptFlags } = (await vite.ssrLoadModule('/src/receipt.tsx')) as typeof Receipt;
  const { name, ...user } = findUser(query.get('user'));
  const values = dehydrate(client, { user, flags: receiptFlags });
  return template
    .replace('<!--name-->', name)
    .replace('<!--page-->', () => render(values, name))
    .replace('<!--values-->', () => values);
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
