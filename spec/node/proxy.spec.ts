import { once } from 'node:events';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import type * as Library from '../../src/index';
import type { ConfigCatClient } from '../../src/index';
import type { ProxyAgent } from '../../src/node/index';
import { proxyAgent } from '../../src/node/index';
import type { Certificate } from '../support/certificate';
import { createCertificate } from '../support/certificate';
import { part } from '../support/part';
import type { ProxyServer } from '../support/proxy-server';
import { startProxyServer } from '../support/proxy-server';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const path = `/configuration-files/${sdkKey}/config_v6.json`;
const config = '{"f":{"greeting":{"t":1,"v":{"s":"hello"}}}}';

const clients: ConfigCatClient[] = [];
const servers: Server[] = [];
let library: typeof Library;

/** Loads the library where `cross-fetch` is installed, or where it is missing, as beside a bundle. */
async function loadLibrary(isInstalled: boolean): Promise<void> {
  jest.resetModules();
  jest.doMock('cross-fetch', () => {
    if (!isInstalled) throw new Error("Cannot find package 'cross-fetch'");
    return jest.requireActual<object>('cross-fetch');
  });
  library = await import('../../src/index');
}

const crossFetch = [
  ['with cross-fetch', true],
  ['without cross-fetch', false],
] as const;

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  for (const server of servers.splice(0)) server.close();
});

function manualClient(baseUrl: string, agent: ProxyAgent, requestTimeoutMs = 10_000): ConfigCatClient {
  const client = library.createClientWithManualPoll(sdkKey, { baseUrl, agent, requestTimeoutMs, logLevel: 'off' });
  clients.push(client);
  return client;
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const proxySpecs = part('tinyproxy', 'openssl');
for (const [how, isInstalled] of crossFetch)
  proxySpecs(`a proxy, ${how}`, () => {
    const user = 'kate';
    const password = 'pa55.word';
    let certificate: Certificate;
    let proxy: ProxyServer;
    let received: IncomingHttpHeaders[];

    const answer: RequestListener = (request, response) => {
      received.push(request.headers);
      response.setHeader('ETag', '"1"');
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.end(config);
    };

    beforeAll(() => {
      certificate = createCertificate();
      return loadLibrary(isInstalled);
    });

    beforeEach(async () => {
      received = [];
      proxy = await startProxyServer(user, password);
    });

    afterEach(() => proxy.close());

    it('is sent requests for HTTP targets, with the credentials given', async () => {
      const port = await listen(createServer(answer));
      const client = manualClient(`http://127.0.0.1:${port}`, proxyAgent(proxy.url));
      for (let i = 0; i < 2; i++) expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
      expect(client.snapshot().value('greeting', '')).toBe('hello');
      expect(await proxy.close()).toEqual(Array(2).fill(`GET http://127.0.0.1:${port}${path} HTTP/1.1`));
      const via = expect.stringContaining('tinyproxy') as string;
      expect(received).toMatchObject([{ via }, { via, 'if-none-match': '"1"' }]);
      // The credentials are for the proxy alone.
      expect(received.map((headers) => headers['proxy-authorization'])).toEqual([undefined, undefined]);
    });

    it('is asked for a tunnel to HTTPS targets, with the credentials given', async () => {
      const port = await listen(createTlsServer(certificate, answer));
      const client = manualClient(
        `https://127.0.0.1:${port}`,
        proxyAgent(new URL(proxy.url), { ca: certificate.cert }),
      );
      for (let i = 0; i < 2; i++) expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
      expect(client.snapshot().value('greeting', '')).toBe('hello');
      expect(await proxy.close()).toEqual(Array(2).fill(`CONNECT 127.0.0.1:${port} HTTP/1.1`));
      expect(received.map((headers) => headers['if-none-match'])).toEqual([undefined, '"1"']);
    });

    it('loses its tunnel when the client is disposed', async () => {
      let tellAsked: (socket: Socket) => void;
      const asked = new Promise<Socket>((resolve) => (tellAsked = resolve));
      const server = createTlsServer(certificate, ({ socket }) => {
        tellAsked(socket);
      });
      const port = await listen(server);
      const client = manualClient(`https://127.0.0.1:${port}`, proxyAgent(proxy.url, { ca: certificate.cert }));
      const refresh = client.forceRefresh();
      const socket = await asked;
      client.dispose();
      expect(await refresh).toMatchObject({ errorCode: -1 });
      if (!socket.destroyed) await once(socket, 'close');
      expect(socket.destroyed).toBe(true);
    });

    it('gets a tunnel to nobody whose certificate is not trusted', async () => {
      const port = await listen(createTlsServer(certificate, answer));
      const result = await manualClient(`https://127.0.0.1:${port}`, proxyAgent(proxy.url)).forceRefresh();
      expect(result).toMatchObject({ errorCode: 1103, exception: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
      expect(received).toEqual([]);
    });

    it.each([
      ['http', 'a request', 'other:words@', '401'],
      ['http', 'a request', '', '407'],
      ['https', 'a tunnel', 'other:words@', '401'],
      ['https', 'a tunnel', '', '407'],
    ])(
      'that refuses (%s) %s for the credentials "%s" is an unexpected answer: %s',
      async (scheme, _, other, status) => {
        const port = await listen(scheme === 'http' ? createServer(answer) : createTlsServer(certificate, answer));
        const agent = proxyAgent(`http://${other}127.0.0.1:${proxy.port}`, { ca: certificate.cert });
        const result = await manualClient(`${scheme}://127.0.0.1:${port}`, agent).forceRefresh();
        expect(result).toMatchObject({
          errorCode: 1101,
          errorMessage: expect.stringContaining(`: ${status} `) as string,
        });
        expect(received).toEqual([]);
      },
    );

    it.each(['http', 'https'])('hides from nobody that the body of an %s target ends too early', async (scheme) => {
      const cutOff: RequestListener = (_, response) => {
        response.writeHead(200, { 'Content-Length': 1000 }).write(config, () => response.socket?.end());
      };
      const port = await listen(scheme === 'http' ? createServer(cutOff) : createTlsServer(certificate, cutOff));
      const agent = proxyAgent(proxy.url, { ca: certificate.cert });
      const result = await manualClient(`${scheme}://127.0.0.1:${port}`, agent).forceRefresh();
      expect(result).toMatchObject({ errorCode: 1103 });
    });
  });

describe.each(crossFetch)('proxyAgent(), %s', (_, isInstalled) => {
  beforeAll(() => loadLibrary(isInstalled));

  it.each(['http', 'https'])('ends a connection (%s) to a silent proxy with the request', async (scheme) => {
    const sockets: Socket[] = [];
    let tellAsked: (request: string) => void;
    const asked = new Promise<string>((resolve) => (tellAsked = resolve));
    const silent = createTcpServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        tellAsked(bytes.toString());
      });
    });
    const port = await listen(silent);
    const proxy = `http://${encodeURIComponent('k@te')}:${encodeURIComponent('p:ss/wörd')}@127.0.0.1:${port}`;
    const client = manualClient(`${scheme}://127.0.0.1:1`, proxyAgent(proxy));
    const refresh = client.forceRefresh();
    const credentials = /Proxy-Authorization: Basic (.*)\r\n/.exec(await asked)?.[1] ?? '';
    expect(Buffer.from(credentials, 'base64').toString()).toBe('k@te:p:ss/wörd');
    client.dispose();
    expect(await refresh).toMatchObject({ errorCode: -1 });
    for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('fails the refresh when nobody answers', async () => {
    const port = await listen(createServer());
    servers.splice(0).forEach((server) => server.close());
    const result = await manualClient('https://127.0.0.1:1', proxyAgent(`http://127.0.0.1:${port}`)).forceRefresh();
    expect(result).toMatchObject({ errorCode: 1103, exception: { code: 'ECONNREFUSED' } });
  });

  it.each(['', 'proxy.example:3128', 'user:secret@proxy.example', 'socks5://u:secret@proxy.example', 'http://'])(
    'refuses %p, and does not repeat it',
    (proxy) => {
      expect(() => proxyAgent(proxy)).toThrow(
        new TypeError('Invalid argument `proxy`. Expected a URL with the protocol http: or https:.'),
      );
    },
  );
});
