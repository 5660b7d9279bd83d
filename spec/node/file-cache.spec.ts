import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PollingMode, getClient } from '@configcat/sdk';
import { concatMap, filter, firstValueFrom } from 'rxjs';
import type { ConfigCatClient } from '../../src/index';
import { createClientWithManualPoll } from '../../src/index';
import { fileCache } from '../../src/node/index';
import type { FaultServer } from '../support/fault-server';
import { startFaultServer } from '../support/fault-server';
import type { Child } from '../support/child';
import { runChild } from '../support/child';
import type { RecordedLog } from '../support/recorded-log';
import { recordLog } from '../support/recorded-log';

const sdkKey = 'configcat-sdk-1/1234567890123456789012/abcdefghijklmnopqrstuv';
const config = (value: string) => `{"f":{"greeting":{"t":1,"v":{"s":"${value}"}}}}`;
const key = 'f1a2e755c7a97e5a6abadaf91574196fcc161921';

let folder: string;
let log: RecordedLog;
const clients: ConfigCatClient[] = [];
const children: Child[] = [];
let server: FaultServer | undefined;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'configcat-rx-cache-')), 'made', 'by the cache');
  log = recordLog();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill();
  for (const client of clients.splice(0)) client.dispose();
  await server?.close();
  server = undefined;
  rmSync(join(folder, '../..'), { recursive: true });
});

async function serve(value: string): Promise<string> {
  server = await startFaultServer();
  server.answer({ body: config(value), headers: { ETag: '"1"' } });
  return server.url;
}

function manualClient(baseUrl = 'http://127.0.0.1:1', cache = fileCache(folder)): ConfigCatClient {
  const client = createClientWithManualPoll(sdkKey, { baseUrl, cache, logger: log.logger });
  clients.push(client);
  return client;
}

const greeting = (client: ConfigCatClient) => client.snapshot().value('greeting', 'none');

/** Waits until there is a file of a cache: refreshes do not. */
async function written(): Promise<void> {
  while (!existsSync(folder) || !readdirSync(folder).some((name) => name.endsWith('.txt'))) await setImmediate();
}

describe('fileCache()', () => {
  it('gives a new client in the line after its creation what an earlier one fetched', async () => {
    const first = manualClient(await serve('hello'));
    expect(greeting(first)).toBe('none');
    await first.forceRefresh();
    await first[Symbol.asyncDispose]();
    expect(readdirSync(folder)).toHaveLength(1);
    const second = manualClient();
    expect(greeting(second)).toBe('hello');
    expect(second.snapshot().cacheState).toBe('cached');
  });

  it('keeps one file per SDK key, in the format of all SDKs', async () => {
    const cache = fileCache(folder);
    await cache.set('a', '1\n"a"\n{}');
    await cache.set('b', '2\n"b"\n{}');
    expect(readdirSync(folder).sort()).toEqual(['a.txt', 'b.txt']);
    expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toBe('2\n"b"\n{}');
    expect([cache.get('a'), await cache.get('a'), await cache.get('c'), await cache.get('c')]).toEqual([
      '1\n"a"\n{}',
      '1\n"a"\n{}',
      undefined,
      undefined,
    ]);
  });

  it('is read by the official SDK, and reads what that wrote', async () => {
    const url = await serve('hello');
    const ours = manualClient(url);
    await ours.forceRefresh();
    await written();
    const official = getClient(sdkKey, PollingMode.ManualPoll, { baseUrl: url, cache: fileCache(folder) });
    expect(await official.getValueAsync('greeting', 'none')).toBe('hello');
    server?.answer({ body: config('hello again'), headers: { ETag: '"2"' } });
    await official.forceRefreshAsync();
    official.dispose();
    expect(await ours.getValue('greeting', 'none')).toBe('hello again');
    expect(server?.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"']);
  });

  it.each(['../outside', 'a/b', '', 'nul\0', 'C:x'])('takes no key that could lead elsewhere: %p', async (bad) => {
    const cache = fileCache(folder);
    expect(() => cache.get(bad)).toThrow('cannot be the name of a file');
    await expect(async () => cache.set(bad, 'x')).rejects.toThrow('cannot be the name of a file');
  });

  it.each([undefined, '', 42])('refuses %p as its folder', (bad) => {
    expect(() => fileCache(bad as string)).toThrow(TypeError);
  });

  it('that cannot be read is reported with event 2200, and keeps nobody from fetching', async () => {
    mkdirSync(join(folder, `${key}.txt`), { recursive: true });
    const client = manualClient(await serve('hello'));
    await client.forceRefresh();
    expect(greeting(client)).toBe('hello');
    await client[Symbol.asyncDispose]();
    expect(log.entries.map(({ eventId, error }) => [eventId, (error as NodeJS.ErrnoException).code])).toEqual([
      [2200, 'EISDIR'],
      [2201, 'EISDIR'],
    ]);
    // Nothing is left of the attempt.
    expect(readdirSync(folder)).toEqual([`${key}.txt`]);
  });

  it('that cannot be written is reported with event 2201, and the client goes on', async () => {
    mkdirSync(join(folder, '..'), { recursive: true });
    writeFileSync(folder, 'in the way');
    const client = manualClient(await serve('hello'));
    await client.forceRefresh();
    expect(greeting(client)).toBe('hello');
    await client[Symbol.asyncDispose]();
    expect(log.entries.map(({ eventId }) => eventId)).toContain(2201);
  });

  it('brings a client at once what another one has fetched', async () => {
    const follower = manualClient(undefined, fileCache(folder, { checkIntervalMs: 5 }));
    const arrived = firstValueFrom(follower.flag$('greeting', 'none').pipe(filter((value) => value === 'hello')));
    await manualClient(await serve('hello')).forceRefresh();
    expect(await arrived).toBe('hello');
    expect(server?.requests).toHaveLength(1);
  });

  it('says so when another process has written', async () => {
    const cache = fileCache(folder, { checkIntervalMs: 5 });
    const texts$ = cache.changes$.pipe(concatMap(async () => cache.get(key)));
    for (const text of ['old', 'new']) {
      const seen = firstValueFrom(texts$.pipe(filter((current) => current === text)));
      await fileCache(folder).set(key, text);
      expect(await seen).toBe(text);
    }
  });

  it('shows no half-written state, whoever writes at the same time', async () => {
    const size = 300_000;
    for (const letter of ['a', 'b']) children.push(runChild('writing', folder, key, letter, '60', String(size)));
    await Promise.all(children.map((child) => child.printed(1)));
    const cache = fileCache(folder);
    const seen = new Set<string>();
    while (children.some((child) => child.isAlive())) seen.add((await cache.get(key)) ?? 'nothing');
    expect(await Promise.all(children.map(({ ended }) => ended))).toMatchObject([{ code: 0 }, { code: 0 }]);
    const whole = ['a', 'b'].map((letter) => `1\n"${letter}"\n${letter.repeat(size)}`);
    expect([...seen].filter((text) => !whole.includes(text))).toEqual([]);
    expect(readdirSync(folder)).toEqual([`${key}.txt`]);
  });

  it('keeps the last good state when its writer is killed', async () => {
    const size = 3_000_000;
    const child = runChild('writing', folder, key, 'a', '1000000', String(size));
    children.push(child);
    await child.printed(1);
    child.kill();
    await child.ended;
    expect(await fileCache(folder).get(key)).toBe(`1\n"a"\n${'a'.repeat(size)}`);
  });
});
