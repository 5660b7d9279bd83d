import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A running tinyproxy. */
export interface ProxyServer {
  /** With the credentials, as `http://user:password@127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /** Ends it; gives the request lines that it was sent, oldest first, as `CONNECT 127.0.0.1:443 HTTP/1.1`. */
  close(): Promise<readonly string[]>;
}

/** Starts tinyproxy on a free port of loopback, for whoever has these credentials. */
export async function startProxyServer(user: string, password: string): Promise<ProxyServer> {
  const folder = mkdtempSync(join(tmpdir(), 'configcat-rx-proxy-'));
  const port = await freePort();
  const settings = [`Port ${port}`, 'Listen 127.0.0.1', 'LogLevel Info', `BasicAuth ${user} ${password}`, ''];
  writeFileSync(join(folder, 'tinyproxy.conf'), settings.join('\n'));
  const proxy = spawn('tinyproxy', ['-d', '-c', join(folder, 'tinyproxy.conf')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(proxy, 'close');
  const requests: string[] = [];
  const isListening = new Promise<void>((resolve) => {
    createInterface({ input: proxy.stdout }).on('line', (line) => {
      const request = /Request \(file descriptor \d+\): (.*)/.exec(line)?.[1];
      if (request !== undefined) requests.push(request);
      if (line.includes('Accepting connections')) resolve();
    });
  });
  const failed = ended.then(() => {
    throw new Error(`tinyproxy did not start on port ${port}.`);
  });
  await Promise.race([isListening, failed]);
  failed.catch(() => undefined);
  return {
    url: `http://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    port,
    close: async () => {
      proxy.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
      return requests;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
