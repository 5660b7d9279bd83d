import { inspect } from 'node:util';
import { firstValueFrom, toArray } from 'rxjs';
import type {
  ClientOptions,
  ConfigCatClient,
  FetchFunction,
  FetchResponse,
  LogEntryLevel,
  RefreshResult,
} from '../../src/index';
import {
  createClient,
  createClientWithAutoPoll,
  createClientWithLazyLoad,
  createClientWithManualPoll,
  manualPoll,
  version,
} from '../../src/index';
import type { ConfigServer } from '../../src/server/index';
import { startConfigServer } from '../../src/server/index';
import { runChild } from '../support/child';
import type { Answer, FaultServer, Reply } from '../support/fault-server';
import { startFaultServer } from '../support/fault-server';
import { faults } from '../support/faults';
import type { RecordedLog } from '../support/recorded-log';
import { recordLog } from '../support/recorded-log';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const maskedKey = '***************/**********************/****************qrstuv';
const path = `/configuration-files/${sdkKey}/config_v6.json`;

/** A config JSON with one text flag. */
function greeting(value: string, preferences?: object): string {
  return JSON.stringify({ ...(preferences && { p: preferences }), f: { greeting: { t: 1, v: { s: value } } } });
}

/** A good answer that serves this greeting. */
function good(value: string, headers: Record<string, string> = { ETag: `W/"${value}"` }): Reply {
  return { headers, body: greeting(value) };
}

const success: RefreshResult = { isSuccess: true, errorCode: 0 };

const clients: ConfigCatClient[] = [];
const servers: { close: () => Promise<void> }[] = [];
let log: RecordedLog;

beforeEach(() => {
  log = recordLog();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.dispose();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function live(client: ConfigCatClient): ConfigCatClient {
  clients.push(client);
  return client;
}

/** A client that fetches when told to, and tells everything to `log`. */
function manualClient(options: ClientOptions): ConfigCatClient {
  return live(createClientWithManualPoll(sdkKey, { logger: log.logger, logLevel: 'warn', ...options }));
}

async function faultServer(...answers: Answer[]): Promise<FaultServer> {
  const server = await startFaultServer();
  servers.push(server);
  if (answers.length > 0) server.answer(...answers);
  return server;
}

async function configServer(config: string): Promise<ConfigServer> {
  const server = await startConfigServer({ configs: { [sdkKey]: JSON.parse(config) as object } });
  servers.push(server);
  return server;
}

const value = (client: ConfigCatClient) => client.snapshot().value('greeting', 'default');

describe('requests', () => {
  const modes: [string, string, (baseUrl: string) => ConfigCatClient][] = [
    ['auto polling', 'a', (baseUrl) => createClientWithAutoPoll(sdkKey, { baseUrl })],
    ['lazy loading', 'l', (baseUrl) => createClientWithLazyLoad(sdkKey, { baseUrl })],
    ['manual polling', 'm', (baseUrl) => createClientWithManualPoll(sdkKey, { baseUrl })],
  ];

  it.each(modes)('of %s ask for the config of the SDK key, and say who asks', async (_, letter, create) => {
    const server = await faultServer(good('hello'));
    await live(create(server.url)).forceRefresh();
    const agent = `ConfigCat-Rx-Node/${letter}-${version}`;
    // A poll that has begun before is no answer.
    expect(server.requests).toHaveLength(letter === 'a' ? 2 : 1);
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: path,
      headers: { 'user-agent': agent, 'x-configcat-useragent': agent },
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match');
  });

  it.each(['', '/', '//', '/proxy', '/proxy/', '/proxy?', '/proxy/?query#hash', '/proxy#hash/?'])(
    'go below the base URL %p, which is cut at its query',
    async (suffix) => {
      const server = await faultServer(good('hello'));
      await manualClient({ baseUrl: server.url + suffix }).forceRefresh();
      const base = suffix.replace(/[?#].*/, '');
      expect(server.requests.map(({ url }) => url)).toEqual([`${base}${base.endsWith('/') ? path.slice(1) : path}`]);
    },
  );

  it('carry the SDK key of a proxy as it is', async () => {
    const server = await faultServer(good('hello'));
    await live(createClientWithManualPoll('configcat-proxy/my-sdk', { baseUrl: server.url })).forceRefresh();
    expect(server.requests[0]?.url).toBe('/configuration-files/configcat-proxy/my-sdk/config_v6.json');
  });

  it.each([
    [{}, 'https://cdn-global.configcat.com'],
    [{ dataGovernance: 'global' }, 'https://cdn-global.configcat.com'],
    [{ dataGovernance: 'eu' }, 'https://cdn-eu.configcat.com'],
    [{ dataGovernance: 'eu', baseUrl: 'https://p.example/x/?q#h' }, 'https://p.example/x'],
  ] as const)('of a client with %p go to %s', async (options, base) => {
    const internet = fakeInternet({ [base]: greeting('hello') });
    expect(await manualClient({ ...options, fetch: internet.fetch }).forceRefresh()).toEqual(success);
    expect(internet.requests.map(({ url }) => url)).toEqual([base + path]);
  });

  it('give the fetch option an abort signal, and nothing but GET', async () => {
    const internet = fakeInternet({ 'https://p.example': greeting('hello') });
    await manualClient({ baseUrl: 'https://p.example', fetch: internet.fetch }).forceRefresh();
    expect(internet.requests[0]).toMatchObject({ method: 'GET', isAborted: false });
  });

  it.each(['W/"a b"', '"strong"', 'unquoted', '""'])('carry the last ETag %p verbatim', async (etag) => {
    const server = await faultServer(good('hello', { ETag: etag }), { status: 304 });
    const client = manualClient({ baseUrl: server.url });
    await client.forceRefresh();
    expect(await client.forceRefresh()).toEqual(success);
    expect(server.requests[1]?.headers['if-none-match']).toBe(etag);
  });

  it.each<[string, Record<string, string>]>([
    ['is empty', { ETag: '' }],
    ['is missing', {}],
  ])('carry no ETag when the last one %s', async (_, headers) => {
    const server = await faultServer(good('1'), good('2', headers), good('3'));
    const client = manualClient({ baseUrl: server.url });
    for (let i = 0; i < 3; i++) await client.forceRefresh();
    expect(server.requests.map((request) => request.headers['if-none-match'])).toEqual([undefined, 'W/"1"', undefined]);
  });

  it('that are demanded while one is under way share the next one', async () => {
    const server = await faultServer(good('hello'));
    const client = manualClient({ baseUrl: server.url });
    expect(await Promise.all([1, 2, 3, 4].map(() => client.forceRefresh()))).toEqual(Array(4).fill(success));
    expect(server.requests).toHaveLength(2);
  });
});

describe('a client of the config server', () => {
  it.each<[string, (baseUrl: string) => ConfigCatClient]>([
    ['auto polling', (baseUrl) => createClientWithAutoPoll(sdkKey, { baseUrl })],
    ['lazy loading', (baseUrl) => createClientWithLazyLoad(sdkKey, { baseUrl })],
  ])('by %s serves its values without being told to fetch', async (_, create) => {
    const { url } = await configServer(greeting('grüß dich 👋'));
    const client = live(create(url));
    expect(await client.getValue('greeting', 'default')).toBe('grüß dich 👋');
    expect(client.snapshot().cacheState).toBe('up-to-date');
  });

  it('by manual polling serves its values after a refresh', async () => {
    const { url } = await configServer(greeting('hello'));
    const client = manualClient({ baseUrl: url });
    expect(await client.getValue('greeting', 'default')).toBe('default');
    await client.forceRefresh();
    expect(await client.getValue('greeting', 'default')).toBe('hello');
    expect(client.snapshot().cacheState).toBe('cached');
  });

  it('learns with an ETag that nothing is new, and then what is', async () => {
    const server = await configServer(greeting('hello'));
    let changes = 0;
    const client = manualClient({ baseUrl: server.url, onConfigChanged: () => changes++ });
    await client.forceRefresh();
    expect(await client.forceRefresh()).toEqual(success);
    expect([value(client), changes]).toEqual(['hello', 1]);
    await server.setConfig(sdkKey, greeting('edited'));
    expect(await client.forceRefresh()).toEqual(success);
    expect([value(client), changes]).toEqual(['edited', 2]);
    expect(log.take()).toEqual([]);
  });

  it('shows each new value in its streams, once', async () => {
    const server = await configServer(greeting('hello'));
    const client = manualClient({ baseUrl: server.url });
    await client.forceRefresh();
    const values = firstValueFrom(client.flag$('greeting', 'default').pipe(toArray()));
    for (const text of ['hello', 'edited', 'edited', 'hello']) {
      await server.setConfig(sdkKey, greeting(text));
      await client.forceRefresh();
    }
    client.dispose();
    expect(await values).toEqual(['hello', 'edited', 'hello']);
  });

  it('is told when the server does not know its SDK key', async () => {
    const server = await startConfigServer({ configs: {} });
    servers.push(server);
    const client = manualClient({ baseUrl: server.url });
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: false, errorCode: 1100 });
    await server.setConfig(sdkKey, greeting('hello'));
    expect(await client.forceRefresh()).toEqual(success);
  });

  it('is told when the server is gone, and comes back with it', async () => {
    const server = await configServer(greeting('hello'));
    const client = manualClient({ baseUrl: server.url });
    await client.forceRefresh();
    await server.close();
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: false, errorCode: 1103 });
    expect(value(client)).toBe('hello');
    const { port } = server;
    servers.push(
      await startConfigServer({ configs: { [sdkKey]: JSON.parse(greeting('back again')) as object }, port }),
    );
    expect(await client.forceRefresh()).toEqual(success);
    expect(value(client)).toBe('back again');
  });
});

// Only where nothing else ends a request is its timeout waited for.
const optionsFor = (errorCode: number) => ({ requestTimeoutMs: errorCode === 1102 ? 200 : 10_000 });

describe.each(faults)('$name', ({ answer, errorCode, text, requests }) => {
  const expected = text.replace('{MASKED}', maskedKey);

  it(`fails a refresh with ${errorCode} after ${requests} request(s), and is logged once`, async () => {
    const server = await faultServer(answer);
    const result = await manualClient({ baseUrl: server.url, ...optionsFor(errorCode) }).forceRefresh();
    expect(result).toMatchObject({ isSuccess: false, errorCode, errorMessage: expected });
    expect(log.take()).toEqual([`error ${errorCode} ${expected}`]);
    expect(server.requests).toHaveLength(requests);
  });

  it('leaves a client without config at the default value, until it is over', async () => {
    const server = await faultServer(answer);
    const client = manualClient({ baseUrl: server.url, ...optionsFor(errorCode) });
    await client.forceRefresh();
    expect([value(client), client.snapshot().cacheState]).toEqual(['default', 'no-flag-data']);
    server.answer(good('hello'));
    expect(await client.forceRefresh()).toEqual(success);
    expect(value(client)).toBe('hello');
  });

  it('is told to whoever watches events and status', async () => {
    const server = await faultServer(answer);
    const client = manualClient({ baseUrl: server.url, ...optionsFor(errorCode) });
    const events = firstValueFrom(client.events$.pipe(toArray()));
    await client.forceRefresh();
    expect(await firstValueFrom(client.status$)).toMatchObject({ isFetching: false, lastError: { errorCode } });
    client.dispose();
    expect(await events).toMatchObject([
      { type: 'ready', cacheState: 'no-flag-data' },
      { type: 'error', message: expected },
      { type: 'configFetched', result: { isSuccess: false, errorCode }, isInitiatedByUser: true },
    ]);
  });

  it('shows no SDK key in its log entries and their errors', async () => {
    const server = await faultServer(answer);
    await manualClient({ baseUrl: server.url, ...optionsFor(errorCode) }).forceRefresh();
    expect(log.entries).toHaveLength(1);
    for (const entry of log.entries) expect(inFull(entry)).not.toContain('abcdefghijklmnopqrstuv');
  });
});

// An answer of 304 is no fault once a config is known.
it.each(faults.filter(({ errorCode }) => errorCode !== 1106))(
  '$name leaves the last good config in its place, ETag included, until it is over',
  async ({ answer, errorCode }) => {
    const server = await faultServer(good('hello'));
    const client = manualClient({ baseUrl: server.url, ...optionsFor(errorCode) });
    await client.forceRefresh();
    server.answer(answer);
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: false, errorCode });
    expect(value(client)).toBe('hello');
    server.answer(good('edited'));
    expect(await client.forceRefresh()).toEqual(success);
    expect(value(client)).toBe('edited');
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('W/"hello"');
    expect(log.entries).toHaveLength(1);
  },
);

it.each(faults.filter(({ ray }) => ray))(
  '$name is logged with the Ray ID of its headers',
  async ({ answer, errorCode, text }) => {
    const reply = answer as Reply;
    const server = await faultServer({ ...reply, headers: { ...reply.headers, 'CF-RAY': '8a1b2c3d4e5f-VIE' } });
    await manualClient({ baseUrl: server.url, ...optionsFor(errorCode) }).forceRefresh();
    const expected = `${text.replace('{MASKED}', maskedKey)} (Ray ID: 8a1b2c3d4e5f-VIE)`;
    expect(log.take()).toEqual([`error ${errorCode} ${expected}`]);
  },
);

/** All that a logger could print of an entry. */
function inFull({ message, error }: { message: string; error: unknown }): string {
  if (error === undefined) return message;
  return [message, inspect(error, { depth: Infinity, showHidden: true }), JSON.stringify(error)].join('\n');
}

describe('the log', () => {
  it.each<[number, Answer]>([
    [1102, 'hang'],
    [1103, 'reset'],
    [1105, { body: '{' }],
  ])('has with %i what was thrown', async (eventId, answer) => {
    const server = await faultServer(answer);
    const result = await manualClient({ baseUrl: server.url, requestTimeoutMs: 200 }).forceRefresh();
    const entry = log.entries.find((candidate) => candidate.eventId === eventId);
    expect(entry?.error).toHaveProperty('message');
    expect(result.exception).toBe(entry?.error);
  });

  it('masks the SDK key of a second client', async () => {
    const server = await faultServer(good('hello'));
    manualClient({ baseUrl: server.url });
    manualClient({ baseUrl: server.url });
    expect(log.entries.map(({ eventId }) => eventId)).toEqual([3000]);
    expect(log.entries[0]?.message).toContain(`'${maskedKey}'`);
    expect(log.entries[0]?.message).not.toContain(sdkKey);
  });

  it.each<[string, number]>([
    ['off', 0],
    ['error', 1],
    ['warn', 1],
  ])('of level %s gets %i entry of a failed refresh', async (logLevel, count) => {
    const server = await faultServer({ status: 403 });
    await manualClient({ baseUrl: server.url, logLevel: logLevel as LogEntryLevel }).forceRefresh();
    expect(log.entries).toHaveLength(count);
  });
});

describe('the repetition of a failed request', () => {
  it.each<[string, Answer]>([
    ['500', { status: 500 }],
    ['a dropped connection', 'reset'],
    ['a timeout', 'hang'],
  ])('succeeds silently after %s', async (_, answer) => {
    const server = await faultServer(answer, good('hello'));
    const client = manualClient({ baseUrl: server.url, requestTimeoutMs: 200 });
    expect(await client.forceRefresh()).toEqual(success);
    expect([value(client), server.requests.length]).toEqual(['hello', 2]);
    expect(log.entries).toEqual([]);
  });

  it('carries the same URL and headers', async () => {
    const server = await faultServer(good('hello'), { status: 500 }, { status: 304 });
    const client = manualClient({ baseUrl: server.url });
    await client.forceRefresh();
    expect(await client.forceRefresh()).toEqual(success);
    const [, second, third] = server.requests;
    expect(third?.url).toBe(second?.url);
    expect(third?.headers).toEqual(second?.headers);
  });

  it('decides alone about the outcome', async () => {
    const server = await faultServer({ status: 500 }, { status: 404 });
    const client = manualClient({ baseUrl: server.url });
    expect(await client.forceRefresh()).toMatchObject({ errorCode: 1100 });
    expect(log.take()).toEqual([expect.stringMatching(/^error 1100 /)]);
  });
});

describe('a connection', () => {
  const isOver = async (server: FaultServer, count: number) => {
    await (
      await server.request(count)
    ).closed;
    return true;
  };

  it.each<[string, Answer]>([
    ['that stays silent', 'hang'],
    ['whose body never ends', { ...good('hello'), ending: 'never' }],
  ])('%s is closed when time is up', async (_, answer) => {
    const server = await faultServer(answer);
    await manualClient({ baseUrl: server.url, requestTimeoutMs: 200 }).forceRefresh();
    expect([await isOver(server, 1), await isOver(server, 2)]).toEqual([true, true]);
  });

  it('with an endless body is closed at once when the status says enough', async () => {
    const server = await faultServer({ status: 404, body: 'not here', ending: 'never' });
    expect(await manualClient({ baseUrl: server.url }).forceRefresh()).toMatchObject({ errorCode: 1100 });
    expect(await isOver(server, 1)).toBe(true);
  });

  it('is closed when the client is disposed, and the refresh ends', async () => {
    const server = await faultServer('hang');
    const client = manualClient({ baseUrl: server.url });
    const refresh = client.forceRefresh();
    await server.request(1);
    client.dispose();
    expect(await refresh).toMatchObject({ isSuccess: false, errorCode: -1 });
    expect(await isOver(server, 1)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });
});

describe('403 and 404', () => {
  it.each([403, 404])('(%i) count as an answer: lazy loading does not ask again before its time', async (status) => {
    const server = await faultServer({ status });
    const client = live(createClientWithLazyLoad(sdkKey, { baseUrl: server.url, logger: log.logger }));
    for (let i = 0; i < 3; i++) expect(await client.getValue('greeting', 'default')).toBe('default');
    expect(server.requests).toHaveLength(1);
    server.answer(good('hello'));
    expect(await client.forceRefresh()).toEqual(success);
    expect(await client.getValue('greeting', 'default')).toBe('hello');
  });

  it('differ in that from all other failures', async () => {
    const server = await faultServer({ status: 500 });
    const client = live(createClientWithLazyLoad(sdkKey, { baseUrl: server.url, logger: log.logger }));
    for (let i = 0; i < 3; i++) await client.getValue('greeting', 'default');
    expect(server.requests).toHaveLength(6);
  });
});

describe('auto polling', () => {
  it('is ready after a first fetch that failed', async () => {
    const server = await faultServer('reset');
    const options = { baseUrl: server.url, logger: log.logger, maxInitWaitTimeSeconds: -1 };
    const client = live(createClientWithAutoPoll(sdkKey, options));
    expect(await client.waitForReady()).toBe('no-flag-data');
    expect(await client.getValue('greeting', 'default')).toBe('default');
    expect(log.entries.map(({ eventId }) => eventId)).toEqual([1103, 1000]);
    server.answer(good('hello'));
    expect(await client.forceRefresh()).toEqual(success);
    expect(await client.getValue('greeting', 'default')).toBe('hello');
  });
});

const global = 'https://cdn-global.configcat.com';
const eu = 'https://cdn-eu.configcat.com';
const custom = 'https://custom.example';

interface FakeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isAborted: boolean;
}

/** A fetch function that reaches some hosts: each answers with a config JSON, or with a status and no body. */
function fakeInternet(hosts: Record<string, string | number>, headers: Record<string, string> = {}) {
  const requests: FakeRequest[] = [];
  const fetch: FetchFunction = (url, init) => {
    requests.push({ url, method: init.method, headers: init.headers, isAborted: init.signal.aborted });
    const answer = hosts[url.slice(0, -path.length)];
    if (answer === undefined) return Promise.reject(new TypeError(`No such host: ${url}`));
    const response: FetchResponse = {
      status: typeof answer === 'number' ? answer : 200,
      statusText: typeof answer === 'number' ? 'Failure' : 'OK',
      headers: { get: (name) => headers[name.toLowerCase()] ?? null },
      text: () => Promise.resolve(typeof answer === 'number' ? '' : answer),
    };
    return Promise.resolve(response);
  };
  /** The hosts that were asked, by their initials. */
  const visits = () => {
    const initials = new Map([
      [global, 'G'],
      [eu, 'E'],
      [custom, 'C'],
    ]);
    return requests.map(({ url }) => initials.get(url.slice(0, -path.length)) ?? '?').join(' ');
  };
  return { fetch, requests, visits, hosts };
}

describe('data governance', () => {
  const toEu = (r?: number) => greeting('from here', { u: eu, ...(r !== undefined && { r }) });
  const toGlobal = greeting('from E', { u: global, r: 1 });
  const home = greeting('from E');

  interface Row {
    readonly name: string;
    readonly baseUrl?: string;
    readonly hosts: Record<string, string>;
    readonly refreshes: number;
    readonly visits: string;
    readonly ids?: readonly number[];
    readonly value?: string;
  }

  it.each<Row>([
    { name: 'G1: stays for once', hosts: { [global]: toEu(0), [eu]: home }, refreshes: 2, visits: 'G E' },
    { name: 'G2: goes', hosts: { [global]: toEu(1), [eu]: home }, refreshes: 2, visits: 'G E E', ids: [3002] },
    { name: 'G3: is forced', hosts: { [global]: toEu(2), [eu]: home }, refreshes: 2, visits: 'G E E' },
    {
      name: 'G4: stays at a custom base',
      baseUrl: custom,
      hosts: { [custom]: toEu(1) },
      refreshes: 2,
      visits: 'C C',
      value: 'from here',
    },
    {
      name: 'G5: is forced from a custom base',
      baseUrl: custom,
      hosts: { [custom]: toEu(2), [eu]: home },
      refreshes: 2,
      visits: 'C E E',
    },
    {
      name: 'G6: goes in circles',
      hosts: { [global]: toEu(1), [eu]: toGlobal },
      refreshes: 1,
      visits: 'G E G',
      ids: [3002, 3002, 3002, 1104],
      value: 'from here',
    },
    { name: 'G7: goes without a mode', hosts: { [global]: toEu(), [eu]: home }, refreshes: 1, visits: 'G E' },
    {
      name: 'G8: stays at a CDN that was named',
      baseUrl: global,
      hosts: { [global]: toEu(1) },
      refreshes: 1,
      visits: 'G',
      value: 'from here',
    },
    { name: 'goes in an unknown mode', hosts: { [global]: toEu(9), [eu]: home }, refreshes: 1, visits: 'G E' },
    {
      name: 'stays at a custom base with mode 0',
      baseUrl: custom,
      hosts: { [custom]: toEu(0) },
      refreshes: 2,
      visits: 'C C',
      value: 'from here',
    },
    {
      name: 'stays when the config names the base in use',
      hosts: { [global]: greeting('from here', { u: global, r: 1 }) },
      refreshes: 2,
      visits: 'G G',
      value: 'from here',
    },
    {
      name: 'compares bases as texts',
      hosts: { [global]: greeting('from here', { u: `${global}/`, r: 1 }) },
      refreshes: 1,
      visits: 'G G',
      ids: [3002],
      value: 'from here',
    },
  ])('$name', async ({ baseUrl, hosts, refreshes, visits, ids = [], value: served = 'from E' }) => {
    const internet = fakeInternet(hosts);
    const client = manualClient({ ...(baseUrl !== undefined && { baseUrl }), fetch: internet.fetch });
    for (let i = 0; i < refreshes; i++) await client.forceRefresh();
    expect(internet.visits()).toBe(visits);
    expect(log.entries.map(({ eventId }) => eventId)).toEqual(ids);
    expect(value(client)).toBe(served);
  });

  it('accepts the last config of a circle as a success', async () => {
    const internet = fakeInternet({ [global]: toEu(1), [eu]: toGlobal });
    expect(await manualClient({ fetch: internet.fetch }).forceRefresh()).toEqual(success);
  });

  it('logs a circle with the Ray ID', async () => {
    const internet = fakeInternet({ [global]: toEu(2), [eu]: greeting('', { u: global, r: 2 }) }, { 'cf-ray': '42' });
    await manualClient({ fetch: internet.fetch }).forceRefresh();
    expect(log.take()).toEqual([
      'error 1104 Redirection loop encountered while trying to fetch config JSON. Please contact us at https://configcat.com/support/ (Ray ID: 42)',
    ]);
  });

  it('warns that the dataGovernance option is out of step', async () => {
    const internet = fakeInternet({ [global]: toEu(1), [eu]: home });
    await manualClient({ fetch: internet.fetch }).forceRefresh();
    expect(log.take()).toEqual([
      'warn 3002 The `dataGovernance` parameter specified at the client initialization is not in sync with the preferences on the ConfigCat Dashboard. Read more: https://configcat.com/docs/advanced/data-governance/',
    ]);
  });

  it('tells the new base only the ETag that was known before the refresh', async () => {
    const internet = fakeInternet({ [global]: toEu(1), [eu]: home }, { etag: '"1"' });
    const client = manualClient({ fetch: internet.fetch });
    await client.forceRefresh();
    await client.forceRefresh();
    expect(internet.requests.map(({ headers }) => headers['If-None-Match'])).toEqual([undefined, undefined, '"1"']);
  });

  it('keeps the config that redirected when the new base fails, and reports the failure', async () => {
    const internet = fakeInternet({ [global]: toEu(2), [eu]: 500 });
    const client = manualClient({ fetch: internet.fetch });
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: false, errorCode: 1101 });
    expect(value(client)).toBe('from here');
    expect(log.take()).toEqual([
      'error 1101 Unexpected HTTP response was received while trying to fetch config JSON: 500 Failure',
    ]);
    internet.hosts[eu] = home;
    expect(await client.forceRefresh()).toEqual(success);
    expect([value(client), internet.visits()]).toEqual(['from E', 'G E E G E']);
  });

  it('works the same between real servers', async () => {
    const target = await faultServer({ status: 503 });
    const source = await faultServer({ body: greeting('from the source', { u: target.url, r: 2 }) });
    const client = manualClient({ baseUrl: source.url });
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: false, errorCode: 1101 });
    expect(value(client)).toBe('from the source');
    target.answer(good('from the target'));
    expect(await client.forceRefresh()).toEqual(success);
    expect(value(client)).toBe('from the target');
    // A home that has not answered is none.
    expect([source.requests.length, target.requests.length]).toEqual([2, 3]);
    expect(target.requests.every(({ url }) => url === path)).toBe(true);
  });
});

describe('a fetch option that breaks its contract', () => {
  it.each<[string, FetchFunction]>([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['gives nothing', () => Promise.resolve(undefined as never)],
    ['gives no headers', () => Promise.resolve({ status: 200, text: () => Promise.resolve('{}') } as never)],
    [
      'cannot read the body',
      () =>
        Promise.resolve({
          status: 200,
          statusText: 'OK',
          headers: new Headers(),
          text: () => Promise.reject(new Error('broken')),
        }),
    ],
  ])('and %s fails the refresh like a broken network', async (_, fetch) => {
    const client = live(createClient(sdkKey, { polling: manualPoll(), fetch, logger: log.logger }));
    expect(await client.forceRefresh()).toMatchObject({ isSuccess: false, errorCode: 1103 });
    expect(log.entries.map(({ eventId }) => eventId)).toEqual([1103]);
  });
});

describe('a process whose clients meet every fault', () => {
  it('sees no unhandled rejection and no uncaught exception', async () => {
    const server = await faultServer();
    server.answerBy(({ url }) => faults[Number(/^\/(\d+)\//.exec(url)?.[1])]?.answer ?? 'hang');
    const child = runChild('every-fault', server.url, String(faults.length));
    expect(await child.ended).toEqual({ code: 0, signal: null, errors: '' });
    expect(child.lines).toEqual(['done']);
    // How many requests each fault saw depends on how busy the machine is, but it was met.
    const met = new Set(server.requests.map(({ url }) => /^\/(\d+)\//.exec(url)?.[1]));
    expect(met.size).toBe(faults.length);
  }, 30_000);
});
