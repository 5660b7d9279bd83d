import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createClientWithAutoPoll } from 'configcat-rx';
import { dehydrateValues } from 'configcat-rx/core';
import { createRelay } from 'configcat-rx/relay';
import { startConfigServer } from 'configcat-rx/server';
import express from 'express';
import { cookieFor, personOf } from './session.js';

const { CONFIGCAT_SDK_KEY: realKey, CONFIG_FILE: file = path('../config.json'), PORT: port = '3000' } = process.env;

// ConfigCat itself, or a config server on this computer that follows a file.
const sdkKey = realKey || 'configcat-sdk-1/sample-environment-key/sample-environment-key';
const local = realKey ? undefined : await startConfigServer({ configs: { [sdkKey]: file } });
const client = createClientWithAutoPoll(
  sdkKey,
  local ? { baseUrl: local.url, pollIntervalSeconds: 1 } : { pollIntervalSeconds: 10 },
);

/** Who somebody is is known by his cookie, and by nothing that the page says. */
const relay = createRelay({ client, user: ({ header }) => personOf(header('cookie'))?.user });

const app = express();
app.disable('x-powered-by');
app.use((_, response, next) => {
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'self'";
  response.setHeader('Content-Security-Policy', policy);
  next();
});
app.use('/flags', relay.express);
app.post('/session', express.json(), (request, response) => {
  const { name } = request.body as { name?: unknown };
  response.setHeader('Set-Cookie', cookieFor(typeof name === 'string' ? name : ''));
  response.status(204).end();
});
app.get('/', (_, response) => response.redirect('/react/'));
app.get(['/react/', '/angular/'], async (request, response) => {
  await client.waitForReady();
  const person = personOf(request.headers.cookie);
  const values = dehydrateValues(client, { user: person?.user });
  const page = await readFile(path(`dist${request.path}index.html`), 'utf8');
  // The values to begin with: the page waits for nothing, and the relay tells what changes.
  const html = page.replace('<!--values-->', () => values).replace('the-name', person?.name ?? '');
  response.setHeader('Cache-Control', 'no-store').send(html);
});
app.use(express.static(path('dist'), { index: false }));

const server = createServer(app);
await once(server.listen(Number(port), '127.0.0.1'), 'listening');
console.log(`The night train leaves: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
console.log(local ? `Edit ${file} and watch it change.` : 'It has the flags of your environment.');

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
// Whoever listens is told to come back in a moment.
await relay.shutdown();
server.close();
server.closeAllConnections();
client.dispose();
await local?.close();

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
