import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { Agent, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ClientOptions, ConfigCatClient } from '../../src/index';
import { createClientWithManualPoll } from '../../src/index';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const path = `/configuration-files/${sdkKey}/config_v6.json`;
const greeting = (value: string, preferences?: object) =>
  JSON.stringify({ ...(preferences && { p: preferences }), f: { greeting: { t: 1, v: { s: value } } } });

const clients: ConfigCatClient[] = [];
const closings: (() => void)[] = [];

afterEach(() => {
  jest.useRealTimers();
  for (const client of clients.splice(0)) client.dispose();
  for (const close of closings.splice(0)) close();
});

function manualClient(options: ClientOptions): ConfigCatClient {
  const client = createClientWithManualPoll(sdkKey, { logLevel: 'off', ...options });
  clients.push(client);
  return client;
}

/** A server that keeps idle connections open for ever. */
async function start(answer: RequestListener): Promise<{ url: string; sockets: Socket[]; requests: string[] }> {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response);
  });
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, requests };
}

const closed = async (socket: Socket | undefined) => {
  if (socket && !socket.destroyed) await once(socket, 'close');
  return socket?.destroyed;
};

describe('the transport of Node', () => {
  it.each([301, 302, 303, 307, 308])('follows no HTTP redirect: %i is an unexpected answer', async (status) => {
    const target = await start((_, response) => response.end(greeting('from the target')));
    const server = await start((_, response) => response.writeHead(status, { Location: target.url + path }).end());
    const result = await manualClient({ baseUrl: server.url }).forceRefresh();
    expect(result).toMatchObject({ isSuccess: false, errorCode: 1101 });
    expect([server.requests, target.requests]).toEqual([[path, path], []]);
  });

  it('leaves no idle connection behind when the client is disposed', async () => {
    const server = await start((_, response) => response.end(greeting('hello')));
    const client = manualClient({ baseUrl: server.url });
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
    client.dispose();
    expect(await closed(server.sockets[0])).toBe(true);
  }, 3000);

  it('blames no answer for the end of the connection of an earlier one', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    let tellAsked: (response: ServerResponse) => void;
    const asked = new Promise<ServerResponse>((resolve) => (tellAsked = resolve));
    const target = await start((_, response) => {
      tellAsked(response);
    });
    const source = await start((_, response) => response.end(greeting('', { u: target.url, r: 2 })));
    const refresh = manualClient({ baseUrl: source.url }).forceRefresh();
    const response = await asked;
    source.sockets[0]?.destroy();
    await closed(source.sockets[0]);
    await jest.advanceTimersByTimeAsync(1000);
    response.end(greeting('from the target'));
    expect(await refresh).toMatchObject({ isSuccess: true });
  });
});

describe('the agent option', () => {
  const hello: RequestListener = (_, response) => response.end(greeting('hello'));

  it('is used for all requests, and stays as it was', async () => {
    const server = await start(hello);
    const agent = new Agent({ keepAlive: true });
    closings.push(() => {
      agent.destroy();
    });
    const before = Object.keys(agent);
    const client = manualClient({ baseUrl: server.url, agent });
    for (let i = 0; i < 3; i++) expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
    expect(server.sockets).toHaveLength(1);
    expect([Object.keys(agent), 'addRequest' in agent, Object.hasOwn(agent, 'addRequest')]).toEqual([
      before,
      true,
      false,
    ]);
    client.dispose();
    // It may serve others, so its connections are its own business.
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  });

  it('can be a function that gives one for a URL, now or later', async () => {
    const server = await start(hello);
    const urls: string[] = [];
    for (const give of [(agent: Agent) => agent, (agent: Agent) => Promise.resolve(agent)]) {
      const agent = (url: URL, signal: AbortSignal) => {
        urls.push(`${url.href} ${signal.aborted}`);
        return give(new Agent());
      };
      expect(await manualClient({ baseUrl: server.url, agent }).forceRefresh()).toMatchObject({ isSuccess: true });
    }
    expect(urls).toEqual(Array(2).fill(`${server.url}${path} false`));
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no agent');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no agent'))],
  ])('that %s fails the refresh and says why', async (_, agent) => {
    const result = await manualClient({ agent }).forceRefresh();
    expect(result).toMatchObject({ isSuccess: false, errorCode: 1103, exception: { message: 'no agent' } });
  });

  it('does not hide that a body ends before its length', async () => {
    const server = await start((_, response) => {
      response.writeHead(200, { 'Content-Length': 1000 }).write(greeting('hello'), () => response.socket?.end());
    });
    const result = await manualClient({ baseUrl: server.url, agent: new Agent() }).forceRefresh();
    expect(result).toMatchObject({ errorCode: 1103 });
    expect(String(result.exception)).toBe('Error: The connection was closed before the answer was complete.');
  });
});
