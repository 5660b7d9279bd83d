import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Agent, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { firstValueFrom } from 'rxjs';
import type { HttpResponse, Transport } from '../../src/acquisition/fetch';
import { agentTransport } from '../../src/platform/agents';
import { httpTransport } from '../../src/platform/node-http';

const text = `{"greeting":"${'Grüß Gott 👋 '.repeat(2000)}"}`;
const bytes = Buffer.from(text);
const closings: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** A server that keeps idle connections open for ever. */
async function start(answer: RequestListener) {
  const sockets: Socket[] = [];
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets, requests };
}

const closed = async (socket: Socket | undefined) => {
  if (socket && !socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
};

function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true });
  closings.push(() => {
    agent.destroy();
  });
  return agent;
}

describe.each<[string, (agent: Agent) => Transport]>([
  ['node:http', (agent) => httpTransport(() => agent)],
  ['cross-fetch', (agent) => agentTransport(agent)],
])('requests sent with %s', (_, createTransport) => {
  const get = (url: string, maxBytes = 1_000_000, transport = createTransport(keepAlive())): Promise<HttpResponse> =>
    firstValueFrom(transport({ url, headers: { 'X-Name': 'value' }, maxBytes }, () => undefined));

  it.each<[string, Buffer]>([
    ['identity', bytes],
    ['', bytes],
    ['gzip', gzipSync(bytes)],
    ['X-GZip', gzipSync(bytes)],
    ['deflate', deflateSync(bytes)],
    ['deflate', deflateRawSync(bytes)],
    ['br', brotliCompressSync(bytes)],
  ])('understand a body in the content encoding "%s"', async (encoding, body) => {
    const server = await start((_, response) => {
      response.setHeader('Content-Encoding', encoding).setHeader('ETag', '"1"');
      // In pieces, which cut characters in two.
      for (let i = 0; i < body.length; i += 101) response.write(body.subarray(i, i + 101));
      response.end();
    });
    expect(await get(server.url)).toEqual({
      status: 200,
      statusText: 'OK',
      etag: '"1"',
      retryAfter: undefined,
      body: text,
    });
    expect(server.requests[0]?.headers).toMatchObject({ 'accept-encoding': 'gzip, deflate, br', 'x-name': 'value' });
  });

  it('leave alone what is in an encoding that nobody asked for', async () => {
    const server = await start((_, response) => response.setHeader('Content-Encoding', 'zstd').end('garbage'));
    expect(await get(server.url)).toMatchObject({ status: 200, body: 'garbage' });
  });

  it('keep a byte order mark, which is no JSON', async () => {
    const server = await start((_, response) => response.end('\ufeff{}'));
    expect((await get(server.url)).body).toBe('\ufeff{}');
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['with a length', (response) => response.setHeader('Content-Length', 1000).end('a'.repeat(1000))],
    [
      'in chunks',
      (response) => {
        for (let i = 0; i < 10; i++) response.write('é'.repeat(50));
        response.end();
      },
    ],
    ['compressed', (response) => response.setHeader('Content-Encoding', 'gzip').end(gzipSync('a'.repeat(1000)))],
  ])('take a body (%s) of the greatest length, and none that is longer', async (_, answer) => {
    const server = await start((_, response) => {
      answer(response);
    });
    const agent = keepAlive();
    expect(Buffer.byteLength((await get(server.url, 1000, createTransport(agent))).body ?? '')).toBe(1000);
    expect(await get(server.url, 999, createTransport(agent))).toMatchObject({ status: 200, body: undefined });
  });

  it('do not unpack what would fill the memory', async () => {
    // A hundred megabytes, and no end of them.
    const server = await start((_, response) => {
      response.setHeader('Content-Encoding', 'gzip');
      const packed = createGzip();
      packed.pipe(response);
      const blanks = Buffer.alloc(1_000_000, ' ');
      const more = () => {
        while (!response.destroyed && packed.write(blanks));
        if (!response.destroyed) packed.once('drain', more);
      };
      more();
    });
    expect(await get(server.url, 5_000_000)).toMatchObject({ body: undefined });
    await closed(server.sockets[0]);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['its length', (response) => response.writeHead(200, { 'Content-Length': 1000 }).write('{')],
    ['its last chunk', (response) => response.write('{')],
    [
      'the end of its compressed form',
      (response) => response.setHeader('Content-Encoding', 'gzip').write(gzipSync(bytes).subarray(0, 100)),
    ],
  ])('notice that a body ends before %s', async (_, answer) => {
    const server = await start((_, response) => {
      answer(response);
      setImmediate(() => response.socket?.end());
    });
    await expect(get(server.url)).rejects.toThrow();
  });

  it('notice that the compressed form of a body is cut off, though it is sent as a whole', async () => {
    const half = gzipSync(bytes).subarray(0, 100);
    const server = await start((_, response) => response.setHeader('Content-Encoding', 'gzip').end(half));
    await expect(get(server.url)).rejects.toThrow();
  });

  it.each([
    ['gzip', 'no gzip'],
    ['br', '\x00no brotli'],
    ['deflate', '\xffno deflate'],
  ])('fail at a body that is no %s', async (encoding, body) => {
    const server = await start((_, response) => response.setHeader('Content-Encoding', encoding).end(body));
    await expect(get(server.url)).rejects.toThrow();
  });

  it('do not mind that a 304 speaks of an encoding, and keep the connection', async () => {
    const server = await start((_, response) => response.writeHead(304, { 'Content-Encoding': 'gzip' }).end());
    const transport = createTransport(keepAlive());
    for (let i = 0; i < 3; i++) expect(await get(server.url, 10, transport)).toMatchObject({ status: 304, body: '' });
    expect(server.sockets).toHaveLength(1);
  });

  it('keep the connection for the next request', async () => {
    const server = await start((_, response) => response.end(text));
    const transport = createTransport(keepAlive());
    for (let i = 0; i < 3; i++) expect(await get(server.url, 100_000, transport)).toMatchObject({ body: text });
    expect(server.sockets).toHaveLength(1);
  });

  it.each([301, 404, 503])('read no body of a %i, and follow it nowhere', async (status) => {
    const server = await start((_, response) => {
      response.writeHead(status, 'Reason', { Location: '/other', 'Retry-After': '30' }).write('no end');
    });
    const expected = { status, statusText: 'Reason', etag: undefined, retryAfter: '30', body: '' };
    expect(await get(server.url)).toEqual(expected);
    await closed(server.sockets[0]);
    expect(server.requests).toHaveLength(1);
  });

  it('tell the ray as soon as the headers are there', async () => {
    const server = await start((_, response) => response.writeHead(200, { 'CF-RAY': 'ray-1' }).flushHeaders());
    const ray = await new Promise((resolve) => {
      const request = { url: server.url, headers: {}, maxBytes: 10 };
      const subscription = createTransport(keepAlive())(request, resolve).subscribe();
      closings.push(() => {
        subscription.unsubscribe();
      });
    });
    expect(ray).toBe('ray-1');
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['before the answer', () => undefined],
    ['in its body', (response) => response.write('{')],
  ])('are ended by whoever stops waiting %s', async (_, answer) => {
    let subscription: { unsubscribe: () => void } | undefined;
    const asked = new Promise<void>((resolve) => {
      void start((_, response) => {
        answer(response);
        setImmediate(resolve);
      }).then((server) => {
        const request = { url: server.url, headers: {}, maxBytes: 10 };
        subscription = createTransport(keepAlive())(request, () => undefined).subscribe();
        closings.unshift(() => closed(server.sockets[0]));
      });
    });
    await asked;
    subscription?.unsubscribe();
  });

  it('show credentials of the URL to the server', async () => {
    const server = await start((_, response) => response.end('{}'));
    await get(server.url.replace('//', '//kate:pass%20word@'));
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('kate:pass word')}`);
  });

  it.each([
    ['a header that cannot be sent', 'http://127.0.0.1:1/', { 'If-None-Match': 'a\r\nb' }],
    ['an address that is none', 'http://', {}],
    ['a protocol that is none of the web', 'ftp://127.0.0.1/', {}],
    ['nobody there', 'http://127.0.0.1:1/', {}],
  ])('fail at %s', async (_, url, headers) => {
    const transport = createTransport(keepAlive());
    await expect(firstValueFrom(transport({ url, headers, maxBytes: 10 }, () => undefined))).rejects.toThrow();
  });
});
