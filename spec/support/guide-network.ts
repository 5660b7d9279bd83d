import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startConfigServer } from '../../src/server';

/** What the code of the guides reaches instead of the internet. */
export interface GuideNetwork {
  /** Where a request really goes: what is not on this computer, and what would be a Proxy, is served from here. */
  readonly route: (url: string) => string;
  readonly close: () => Promise<void>;
}

/** Serves a config for each SDK key, and what a ConfigCat Proxy streams. */
export async function startGuideNetwork(configs: Readonly<Record<string, object>>): Promise<GuideNetwork> {
  const server = await startConfigServer({ configs });
  const proxy = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'access-control-allow-origin': '*' });
    response.write('data: {"darkMode":{"value":true,"variationId":"on"}}\n\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return {
    route: (url) => {
      const { hostname, pathname, search } = new URL(url);
      if (hostname === '127.0.0.1') return url;
      return `${pathname.startsWith('/sse/') ? proxyUrl : server.url}${pathname}${search}`;
    },
    close: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await server.close();
    },
  };
}
