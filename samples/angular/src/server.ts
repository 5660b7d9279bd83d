import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { renderApplication } from '@angular/platform-server';
import { createClientWithAutoPoll } from 'configcat-rx';
import { startConfigServer } from 'configcat-rx/server';
import express from 'express';
import { people } from './app/session';
import { LABEL_REQUEST } from './label/request';
import bootstrapLabel from './main.server';
import type { Settings } from './settings';

const folder = join(import.meta.dirname, '../browser');
const {
  CONFIGCAT_SDK_KEY: realKey,
  CONFIG_FILE: file = join(import.meta.dirname, '../../../../config.json'),
  PORT: port = '3000',
} = process.env;

// ConfigCat itself, or a config server on this computer that follows a file.
const sdkKey = realKey || 'configcat-sdk-1/sample-environment-key/sample-environment-key';
const local = realKey ? undefined : await startConfigServer({ configs: { [sdkKey]: file } });
const options = local ? { baseUrl: local.url, pollIntervalSeconds: 1 } : { pollIntervalSeconds: 10 };
const settings: Settings = { sdkKey, ...options };
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  `connect-src 'self' ${local?.url ?? 'https://*.configcat.com'}`,
  "base-uri 'self'",
];
// For the page that this server renders. The others have a client of their own.
const client = createClientWithAutoPoll(sdkKey, options);
const document = await readFile(join(folder, 'index.csr.html'), 'utf8');

const app = express();
app.disable('x-powered-by');
app.use((_, response, next) => {
  response.setHeader('Content-Security-Policy', policy.join('; '));
  next();
});
app.get('/settings.json', (_, response) => void response.json(settings));
app.get('/label', async (request, response) => {
  await client.waitForReady();
  const person = people.find(({ identifier }) => identifier === request.query.user) ?? people[0]!;
  const platformProviders = [{ provide: LABEL_REQUEST, useValue: { client, person } }];
  response.send(await renderApplication(bootstrapLabel, { document, url: request.originalUrl, platformProviders }));
});
app.use(express.static(folder));
// Whatever is no file is a page of the application.
app.get('/{*page}', (_, response) => response.sendFile(join(folder, 'index.csr.html')));

const server = app.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
console.log(`The parcel service is open: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
console.log(local ? `Edit ${file} and watch it change.` : 'It has the flags of your environment.');

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
client.dispose();
server.close();
server.closeAllConnections();
await local?.close();
