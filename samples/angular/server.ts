import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startConfigServer } from 'configcat-rx/server';
import express from 'express';
import type { Settings } from './src/settings.js';

const { CONFIGCAT_SDK_KEY: realKey, CONFIG_FILE: file = path('../config.json'), PORT: port = '3000' } = process.env;

// ConfigCat itself, or a config server on this computer that follows a file.
const sdkKey = realKey || 'configcat-sdk-1/sample-environment-key/sample-environment-key';
const local = realKey ? undefined : await startConfigServer({ configs: { [sdkKey]: file } });
const settings: Settings = {
  sdkKey,
  pollIntervalSeconds: local ? 1 : 10,
  ...(local && { baseUrl: local.url }),
};
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  `connect-src 'self' ${local?.url ?? 'https://*.configcat.com'}`,
  "base-uri 'self'",
];

const app = express();
app.disable('x-powered-by');
app.use((_, response, next) => {
  response.setHeader('Content-Security-Policy', policy.join('; '));
  next();
});
app.get('/settings.json', (_, response) => void response.json(settings));
app.use(express.static(path('dist/parcels/browser')));
// Whatever is no file is a page of the application.
app.get('/{*page}', (_, response) => response.sendFile(path('dist/parcels/browser/index.html')));

const server = app.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
console.log(`The parcel service is open: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
console.log(local ? `Edit ${file} and watch it change.` : 'It has the flags of your environment.');

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
server.close();
server.closeAllConnections();
await local?.close();

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
