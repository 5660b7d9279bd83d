import { createConnection } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { ConfigCatClient } from '../../src/index';
import { createClientWithManualPoll } from '../../src/index';
import type { AnsweredRequest, ConfigServer, Fault } from '../../src/server/index';
import { startConfigServer } from '../../src/server/index';
import { configOf, sdkKey } from '../support/client';
import { sendRaw } from '../support/raw-request';
import type { VirtualClock } from '../support/virtual-time';
import { createVirtualClock } from '../support/virtual-time';

const path = `/configuration-files/${sdkKey}/config_v6.json`;
const config = configOf({ greeting: 'hello' });
const text = JSON.stringify(config);

let server: ConfigServer;
let clock: VirtualClock;
let answered: AnsweredRequest[];
let reports: string[];
const clients: ConfigCatClient[] = [];

beforeEach(async () => {
  clock = createVirtualClock();
  answered = [];
  reports = [];
  server = await startConfigServer({
    configs: { [sdkKey]: config },
    scheduler: clock.scheduler,
    onRequest: (request) => answered.push(request),
    report: (message) => reports.push(message),
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.dispose();
  await server.close();
});

const ask = (headers: Record<string, string> = {}, base = '') => sendRaw(`${server.url}${base}${path}`, headers);
const etagNow = async () => (await ask()).headers.etag ?? '';

function manualClient(requestTimeoutMs = 30_000): ConfigCatClient {
  const client = createClientWithManualPoll(sdkKey, { baseUrl: server.url, requestTimeoutMs, logLevel: 'off' });
  clients.push(client);
  return client;
}

/** What a fault makes of a refresh; without an error code the refresh succeeds. */
const rows: readonly [name: string, fault: Fault, errorCode?: number][] = [
  ['hang', { kind: 'hang' }, 1102],
  ['hang mid-body', { kind: 'hang', when: 'mid-body' }, 1102],
  ['reset', { kind: 'reset' }, 1103],
  ['reset mid-body', { kind: 'reset', when: 'mid-body' }, 1103],
  ['status 404', { kind: 'status', status: 404 }, 1100],
  ['status 503', { kind: 'status', status: 503, statusText: 'Not Now', headers: { 'Retry-After': '7' } }, 1101],
  ['truncated by length', { kind: 'truncated' }, 1103],
  ['truncated by chunk', { kind: 'truncated', framing: 'chunked' }, 1103],
  ['oversized', { kind: 'oversized', bytes: 1_000_000 }],
  ['too great a length', { kind: 'wrong-length', by: 10 }, 1102],
  ['wrong ETag', { kind: 'wrong-etag' }],
  ['304 for an unknown ETag', { kind: 'not-modified' }, 1106],
  ['redirect loop', { kind: 'redirect-loop', mode: 2 }],
  ['invalid gzip', { kind: 'invalid-gzip' }, 1103],
  ['garbage', { kind: 'garbage' }, 1105],
  ['no HTTP', { kind: 'not-http' }, 1103],
];

describe('a fault', () => {
  it.each(rows)('%s is what a client meets', async (_, fault, errorCode = 0) => {
    server.setFaults(sdkKey, fault);
    const client = manualClient(errorCode === 1102 ? 200 : undefined);
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: errorCode === 0, errorCode });
    expect(client.snapshot().value('greeting', 'default')).toBe(errorCode === 0 ? 'hello' : 'default');
  });

  it.each(rows.filter(([, { kind }]) => kind !== 'not-modified' && kind !== 'wrong-etag'))(
    '%s takes no good config away',
    async (_, fault, errorCode = 0) => {
      const client = manualClient(errorCode === 1102 ? 200 : undefined);
      await client.forceRefresh();
      server.setFaults(sdkKey, fault);
      expect(await client.forceRefresh()).toMatchObject({ errorCode });
      server.setFaults(sdkKey);
      expect(client.snapshot().value('greeting', 'default')).toBe('hello');
      expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
    },
  );

  it('of latency comes after its time, and not before', async () => {
    server.setFaults(sdkKey, { kind: 'latency', ms: 5000 });
    let isThere = false;
    const answer = ask().then(({ body }) => {
      isThere = true;
      return body.toString();
    });
    await requestsReach(1);
    await clock.advance(4999);
    expect(isThere).toBe(false);
    await clock.advance(1);
    expect(await answer).toBe(text);
  });

  it('of dripping sends the body piece by piece', async () => {
    server.setFaults(sdkKey, { kind: 'drip', bytes: 10, everyMs: 1000 });
    const answer = ask();
    await requestsReach(1);
    await clock.advance(1000 * Math.ceil(text.length / 10));
    expect((await answer).body.toString()).toBe(text);
  });

  it('of a status comes with its phrase, headers and body', async () => {
    server.setFaults(sdkKey, { kind: 'status', status: 429, headers: { 'Retry-After': '30' }, body: 'slow down' });
    const { status, headers, body } = await ask();
    expect([status, headers['retry-after'], body.toString()]).toEqual([429, '30', 'slow down']);
  });

  it('of an oversized body is a config all the same', async () => {
    server.setFaults(sdkKey, { kind: 'oversized', bytes: 100_000 });
    const { body, headers } = await ask({ 'Accept-Encoding': 'gzip' });
    expect([body.length, headers['content-encoding']]).toEqual([100_000, undefined]);
    expect(JSON.parse(body.toString())).toEqual(config);
  });

  it('of too small a length cuts the body off', async () => {
    server.setFaults(sdkKey, { kind: 'wrong-length', by: -10 });
    const reply = await rawReply();
    expect(reply).toContain(`Content-Length: ${text.length - 10}\r\n`);
    expect(reply.endsWith(text)).toBe(true);
  });

  it('of a wrong ETag has the config with another ETag', async () => {
    const etag = await etagNow();
    server.setFaults(sdkKey, { kind: 'wrong-etag' });
    const { status, headers, body } = await ask({ 'If-None-Match': etag });
    expect([status, headers.etag, body.toString()]).toEqual([200, 'W/"wrong"', text]);
  });

  it('of gzip says so, and cannot be decompressed', async () => {
    server.setFaults(sdkKey, { kind: 'invalid-gzip' });
    const { headers, body } = await ask();
    expect(headers['content-encoding']).toBe('gzip');
    expect(() => gunzipSync(body)).toThrow();
  });

  it.each<Fault>([{ kind: 'truncated' }, { kind: 'garbage' }, { kind: 'invalid-gzip' }])(
    'of the body ($kind) also meets those who know the ETag',
    async (fault) => {
      const etag = await etagNow();
      server.setFaults(sdkKey, fault);
      const outcome = await ask({ 'If-None-Match': etag }).catch((error: unknown) => error);
      expect(outcome).not.toMatchObject({ status: 304 });
    },
  );

  const preferences = async (base = '') => (JSON.parse((await ask({}, base)).body.toString()) as { p?: object }).p;

  it('of data governance sends clients to another base', async () => {
    server.setFaults(sdkKey, [{ kind: 'redirect', to: `${server.url}/eu`, mode: 2 }]);
    const client = manualClient();
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
    await client.forceRefresh();
    expect(answered.map((request) => request.path)).toEqual([path, `/eu${path}`, `/eu${path}`]);
    expect(await preferences('/eu')).toBeUndefined();
  });

  it('of a redirect loop names two bases in turn', async () => {
    server.setFaults(sdkKey, { kind: 'redirect-loop' });
    expect([await preferences(), await preferences('/loop-a'), await preferences('/loop-b')]).toEqual([
      { u: `${server.url}/loop-a`, r: 1 },
      { u: `${server.url}/loop-b`, r: 1 },
      { u: `${server.url}/loop-a`, r: 1 },
    ]);
  });
});

/** Sends a request, and gives every byte of the reply. */
function rawReply(): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = createConnection(server.port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    socket
      .on('data', (chunk: Buffer) => (reply += chunk.toString()))
      .on('end', () => {
        resolve(reply);
      })
      .on('error', reject);
  });
}

async function requestsReach(count: number): Promise<void> {
  while (server.requests.received < count) await new Promise((resolve) => setImmediate(resolve));
}

describe('setFaults', () => {
  const statuses = async (count: number) => {
    const seen: unknown[] = [];
    for (let i = 0; i < count; i++) seen.push((await ask()).status);
    return seen;
  };
  const failing: Fault = { kind: 'status', status: 500 };

  it('holds until it is taken back', async () => {
    server.setFaults(sdkKey, failing);
    expect(await statuses(2)).toEqual([500, 500]);
    server.setFaults(sdkKey);
    expect(await statuses(1)).toEqual([200]);
  });

  it('takes faults in turn, with good answers between them and after them', async () => {
    server.setFaults(sdkKey, [failing, undefined, { kind: 'status', status: 404 }]);
    expect(await statuses(5)).toEqual([500, 200, 404, 200, 200]);
  });

  it('asks a function at each request', async () => {
    server.setFaults('*', ({ headers, query }) =>
      headers['if-none-match'] === 'W/"x"' || query.get('ccetag') === 'x' ? failing : undefined,
    );
    const [plain, byHeader] = [await ask(), await ask({ 'If-None-Match': 'W/"x"' })];
    const byQuery = await sendRaw(`${server.url}${path}?ccetag=x`);
    expect([plain.status, byHeader.status, byQuery.status]).toEqual([200, 500, 500]);
  });

  it('prefers the faults of the SDK key to those of all', async () => {
    server.setFaults('*', { kind: 'status', status: 503 });
    server.setFaults(sdkKey, failing);
    const others = await sendRaw(`${server.url}/configuration-files/other/config_v6.json`);
    expect([await statuses(1), others.status]).toEqual([[500], 503]);
  });

  it('reports a function that throws, and ends the connection', async () => {
    server.setFaults('*', () => {
      throw new Error('broken plan');
    });
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(reports).toEqual(['A request could not be answered: Error: broken plan']);
  });
});

describe('onRequest', () => {
  it('is told what was asked and what was answered', async () => {
    const etag = await etagNow();
    server.setFaults(sdkKey, [{ kind: 'status', status: 503 }]);
    await sendRaw(`${server.url}/eu${path}?sdk=x`, { 'If-None-Match': etag });
    await sendRaw(`${server.url}/other`);
    expect(answered.slice(1)).toEqual([
      expect.objectContaining({ method: 'GET', path: `/eu${path}`, sdkKey, status: 503, fault: 'status' }),
      expect.objectContaining({ path: '/other', sdkKey: undefined, status: 404, fault: undefined }),
    ]);
    expect(answered[1]?.headers['if-none-match']).toBe(etag);
    expect([...(answered[1]?.query ?? [])]).toEqual([['sdk', 'x']]);
  });

  it('has no status when no answer was begun', async () => {
    server.setFaults(sdkKey, { kind: 'reset' });
    await ask().catch(() => undefined);
    expect(answered).toMatchObject([{ status: undefined, fault: 'reset' }]);
  });
});

describe('the counts of requests', () => {
  it('tell those that are open', async () => {
    server.setFaults(sdkKey, { kind: 'hang' });
    const client = manualClient();
    const refresh = client.forceRefresh();
    await requestsReach(1);
    expect(server.requests).toEqual({ received: 1, open: 1 });
    client.dispose();
    await refresh;
    await server.close();
    expect(server.requests).toEqual({ received: 1, open: 0 });
  });
});

describe('close', () => {
  it.each<Fault>([{ kind: 'latency', ms: 5000 }, { kind: 'drip' }, { kind: 'hang' }])(
    'leaves nothing of $kind behind',
    async (fault) => {
      server.setFaults(sdkKey, fault);
      const answer = ask().catch((error: unknown) => error);
      await requestsReach(1);
      await server.close();
      expect(await answer).toMatchObject({ code: 'ECONNRESET' });
      expect(clock.scheduler.actions).toEqual([]);
      expect(reports).toEqual([]);
    },
  );
});
