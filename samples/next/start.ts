/*
 * Builds the shop and opens it, with a config server on this computer.
 *
 *   npm start
 *   CACHE_COMPONENTS=yes npm start     with Next's cacheComponents
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startConfigServer } from 'configcat-rx/server';

const { CONFIGCAT_SDK_KEY: realKey, CONFIG_FILE: file = path('../config.json'), PORT = '3000' } = process.env;

// ConfigCat itself, or a config server on this computer that follows a file.
const sdkKey = realKey || 'configcat-sdk-1/sample-environment-key/sample-environment-key';
const local = realKey ? undefined : await startConfigServer({ configs: { [sdkKey]: file } });
const env = {
  ...process.env,
  NEXT_TELEMETRY_DISABLED: '1',
  NEXT_PUBLIC_SDK_KEY: sdkKey,
  NEXT_PUBLIC_BASE_URL: local?.url ?? '',
};
const bin = createRequire(import.meta.url).resolve('next/dist/bin/next');
const run = (...args: string[]) =>
  spawn(process.execPath, [bin, ...args], { cwd: path('.'), env, stdio: ['ignore', 'inherit', 'inherit'] });

console.log('Building the shop …');
const [code] = (await once(run('build'), 'close')) as [number | null];
if (code !== 0) process.exit(1);
const port = PORT === '0' ? await freePort() : Number(PORT);
const shop = run('start', '--port', String(port), '--hostname', '127.0.0.1');
await answers(`http://127.0.0.1:${port}/plain`);
console.log(`The shop is open: http://127.0.0.1:${port}`);

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
shop.kill();
await once(shop, 'close');
await local?.close();

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  return free;
}

async function answers(url: string): Promise<void> {
  while (shop.exitCode === null) {
    if (await fetch(url).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
