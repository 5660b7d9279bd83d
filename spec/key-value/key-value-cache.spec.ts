import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PollingMode, getClient } from '@configcat/sdk';
import fc from 'fast-check';
import Keyv from 'keyv';
import { filter, firstValueFrom } from 'rxjs';
import { caches, Response as FetchedResponse } from 'undici';
import { createStorage } from 'unstorage';
import fsDriver from 'unstorage/drivers/fs';
import type { ConfigCache, ConfigCatClient } from '../../src';
import { createClientWithManualPoll, manualPoll } from '../../src';
import type { KeyValueStore } from '../../src/key-value';
import { keyValueCache } from '../../src/key-value';
import { runChild } from '../support/child';
import { configOf, sdkKey, stage } from '../support/client';
import { startFaultServer } from '../support/fault-server';
import { createVirtualClock } from '../support/virtual-time';

const key = 'f1a2e755c7a97e5a6abadaf91574196fcc161921';
const second = 1000;

/** AsyncStorage of React Native: texts only, answered later, `null` where there is none. */
class AsyncStorage {
  readonly #texts = new Map<string, string>();
  readonly getItem = (name: string) => Promise.resolve(this.#texts.get(name) ?? null);
  readonly setItem = (name: string, text: string) => {
    if (typeof text !== 'string') throw new TypeError('AsyncStorage takes texts.');
    return Promise.resolve(void this.#texts.set(name, text));
  };
}

/** A binding of Cloudflare's KV. */
class KvNamespace {
  readonly #texts = new Map<string, string>();
  get(name: string) {
    return Promise.resolve(this.#texts.get(name) ?? null);
  }
  put(name: string, text: string) {
    return Promise.resolve(void this.#texts.set(name, text));
  }
}

/** Web storage: texts only, answered at once, `null` where there is none. */
class SessionStorage {
  readonly #texts = new Map<string, string>();
  getItem(name: string) {
    return this.#texts.get(name) ?? null;
  }
  setItem(name: string, text: string) {
    this.#texts.set(name, text);
  }
}

let folder: string;
const clients: { dispose(): void }[] = [];
const { Response } = globalThis;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configcat-rx-key-value-'));
  // Its Cache API takes answers of its own kind.
  Object.assign(globalThis, { Response: FetchedResponse });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.dispose();
  for (const name of await caches.keys()) await caches.delete(name);
  Object.assign(globalThis, { Response });
  rmSync(folder, { recursive: true });
});

const stores: [string, () => KeyValueStore | Promise<KeyValueStore>][] = [
  ['a Map', () => new Map<string, string>()],
  ['unstorage in memory', () => createStorage()],
  ['unstorage over files', () => createStorage({ driver: fsDriver({ base: folder }) })],
  ['Keyv', () => new Keyv()],
  ['caches of the Cache API', () => caches],
  ['one cache of the Cache API', () => caches.open('mine')],
  ['AsyncStorage', () => new AsyncStorage()],
  ["Cloudflare's KV", () => new KvNamespace()],
  ['sessionStorage', () => new SessionStorage()],
];

function manualClient(cache: ConfigCache, log: string[] = [], config: object = configOf({ greeting: 'hello' })) {
  const client = createClientWithManualPoll(sdkKey, {
    cache,
    fetch: () =>
      Promise.resolve({
        status: 200,
        statusText: 'OK',
        headers: { get: (name) => (name === 'etag' ? '"1"' : null) },
        text: () => Promise.resolve(JSON.stringify(config)),
      }),
    logger: { log: (_level, id, text, error) => log.push(`${id} ${text} ${String(error)}`) },
  });
  clients.push(client);
  return client;
}

function createTime() {
  const clock = createVirtualClock();
  return { scheduler: clock.scheduler, advance: (ms: number) => clock.advance(ms) };
}

const greeting = (client: ConfigCatClient) => client.snapshot().value('greeting', 'none');
const textOf = (value: string, timeMs: number) =>
  `${timeMs}\n"${value}"\n${JSON.stringify(configOf({ greeting: value }))}`;

describe('keyValueCache()', () => {
  describe.each(stores)('over %s', (_name, createStore) => {
    it('gives a later client what an earlier one has fetched', async () => {
      const store = await createStore();
      const log: string[] = [];
      const first = manualClient(keyValueCache(store), log);
      await first.forceRefresh();
      await first[Symbol.asyncDispose]();
      expect(await keyValueCache(store).get(key)).toMatch(/^\d{13}\n"1"\n\{"f":/);
      const second = manualClient(keyValueCache(store), log);
      expect(await second.getValue('greeting', 'none')).toBe('hello');
      expect(log).toEqual([]);
    });

    it('gives back every text of an entry as it was stored', async () => {
      const cache = keyValueCache(await createStore());
      expect((await cache.get(key)) ?? undefined).toBeUndefined();
      const documents = fc.oneof(
        fc.json({ stringUnit: 'grapheme' }),
        fc.constantFrom('', '{}', 'null', '{"__proto__":{"value":1}}', '{"constructor":{"prototype":1}}'),
      );
      const etags = fc.constantFrom('', '"1"', 'W/"é"', '"a:b"');
      await fc.assert(
        fc.asyncProperty(fc.nat(), etags, documents, async (time, etag, document) => {
          // Which no SDK writes: an entry without any config.
          fc.pre(etag + document.trim() !== '');
          const text = `${time}\n${etag}\n${document}`;
          await cache.set(key, text);
          expect(await cache.get(key)).toBe(text);
        }),
        { numRuns: 40 },
      );
    });

    it('shows within one interval what somebody else has stored, without a request', async () => {
      const store = await createStore();
      const others = keyValueCache(store);
      await others.set(key, textOf('old', 0));
      const { scheduler, advance } = createTime();
      const cache = keyValueCache(store, { checkIntervalMs: 5 * second, scheduler });
      const { client, requests, log } = stage('silence', { scheduler, cache }, manualPoll());
      clients.push(client);
      const shows = (text: string) =>
        firstValueFrom(client.flag$('greeting', '').pipe(filter((value) => value === text)));
      await shows('old');
      const shown = shows('new');
      // No read is under way any more, which would take longer than time lasts here.
      await client.getValue('greeting', '');
      await others.set(key, textOf('new', 1));
      await advance(5 * second);
      await shown;
      expect([requests, log]).toEqual([[], []]);
    });
  });

  it("is read by ConfigCat's own SDK, and reads what that has stored", async () => {
    const server = await startFaultServer();
    server.answer({ body: JSON.stringify(configOf({ greeting: 'theirs' })), headers: { ETag: '"2"' } });
    const store = new Keyv();
    await keyValueCache(store).set(key, textOf('ours', 1));
    const options = { baseUrl: server.url, cache: keyValueCache(store), logger: null };
    const official = getClient(sdkKey, PollingMode.ManualPoll, options);
    clients.push(official);
    expect(await official.getValueAsync('greeting', 'none')).toBe('ours');
    await official.forceRefreshAsync();
    const client = manualClient(keyValueCache(store));
    expect(await client.getValue('greeting', 'none')).toBe('theirs');
    await server.close();
  });

  it('over a store that answers at once has values in the line after the client', () => {
    expect(greeting(manualClient(keyValueCache(new Map([[key, textOf('hello', 1)]]))))).toBe('hello');
  });

  describe('failing', () => {
    const down = new Error('The store is down.');
    const failing = () => {
      throw down;
    };
    const refused = (what: string) =>
      `TypeError: The store gave back a value of type ${what} where a text was stored. It has to keep texts as they are, and to parse nothing.`;
    const keptNothing = 'Error: The store answered `false`: it has not kept the config.';
    const read = (error: string) => `2200 Error occurred while reading the cache. ${error}`;
    const written = (error: string) => `2201 Error occurred while writing the cache. ${error}`;
    /** Keyv as users have it: with a listener, failures of what is below it are no rejections. */
    const brokenKeyv = () => {
      const store = { opts: {}, on: () => store, get: failing, set: failing, delete: failing, clear: failing };
      const keyv = new Keyv(store);
      keyv.on('error', () => undefined);
      return keyv;
    };

    it.each<[string, () => KeyValueStore, string[]]>([
      ['that throws', () => ({ get: failing, set: failing }), [read(`${down}`), written(`${down}`)]],
      [
        'that rejects',
        () => ({ get: () => Promise.reject(down), set: () => Promise.reject(down) }),
        [read(`${down}`), written(`${down}`)],
      ],
      [
        'whose caches cannot be opened',
        () => ({ open: () => Promise.reject(down) }),
        [read(`${down}`), written(`${down}`)],
      ],
      ['that says nothing but "not kept"', brokenKeyv, [written(keptNothing)]],
      ['that parses', () => ({ getItem: () => ({ f: {} }), setItem: () => undefined }), [read(refused('Object'))]],
      ['that gives a number', () => ({ getItem: () => 1, setItem: () => undefined }), [read(refused('number'))]],
      [
        'that gives bytes, later',
        () => ({ get: () => Promise.resolve(new Uint8Array(3)), put: () => undefined }),
        [read(refused('Uint8Array'))],
      ],
      [
        'that has a text of somebody else',
        () => new Map([[key, 'hello']]),
        [read('Error: Number of values is fewer than expected.')],
      ],
      ['that has a page in place of a config', () => new Map([[key, '1\n"1"\n<html>']]), [read('SyntaxError')]],
    ])('a store %s takes nothing from a client, and is told of once', async (_case, createStore, told) => {
      const log: string[] = [];
      const client = manualClient(keyValueCache(createStore()), log);
      for (let i = 0; i < 3; i++) {
        expect(await client.forceRefresh()).toMatchObject({ isSuccess: true });
        expect(await client.getValue('greeting', 'none')).toBe('hello');
      }
      await client[Symbol.asyncDispose]();
      expect(log).toEqual(told.map((line) => expect.stringContaining(line) as unknown));
    });

    it('a store that hangs is waited for two seconds, and takes nothing from a client', async () => {
      const hanging = { get: () => new Promise(() => undefined), set: () => new Promise(() => undefined) };
      const { client, clock, log } = stage(configOf({ greeting: 'hello' }), { cache: keyValueCache(hanging) });
      clients.push(client);
      await clock.advance(2 * second);
      expect(greeting(client)).toBe('hello');
      await clock.advance(10 * second);
      expect(log).toEqual([
        'error 2200 Error occurred while reading the cache.',
        'error 2201 Error occurred while writing the cache.',
      ]);
    });

    it('later, a client goes on with what it knows', async () => {
      const store = new Map<string, unknown>([[key, textOf('hello', 1)]]);
      const { scheduler, advance } = createTime();
      const cache = keyValueCache(store, { checkIntervalMs: second, scheduler });
      const { client, log } = stage('silence', { scheduler, cache }, manualPoll());
      clients.push(client);
      for (const broken of [{ f: {} }, 'hello', '2\n\n<html>', undefined]) {
        store.set(key, broken);
        await advance(5 * second);
        expect(greeting(client)).toBe('hello');
      }
      expect(log).toEqual(Array(3).fill('error 2200 Error occurred while reading the cache.'));
      store.set(key, textOf('hello again', 3));
      await advance(second);
      expect(greeting(client)).toBe('hello again');
    });
  });

  describe('checkIntervalMs', () => {
    /** A store that counts how often it is read. */
    function counted(initial?: string) {
      const texts = new Map<string, string>();
      if (initial !== undefined) texts.set(key, initial);
      const { scheduler, advance } = createTime();
      let reads = 0;
      let answer: 'now' | 'never' | 'failure' = 'now';
      const store = {
        get: (name: string) => {
          reads++;
          if (answer === 'failure') throw new Error('The store is down.');
          return answer === 'now' ? texts.get(name) : new Promise(() => undefined);
        },
        set: (name: string, text: string) => void texts.set(name, text),
      };
      return {
        cache: keyValueCache(store, { checkIntervalMs: second, scheduler }),
        texts,
        scheduler,
        advance,
        answer: (next: typeof answer) => {
          answer = next;
        },
        /** How often the store has been read since the last call. */
        takeReads: () => {
          const taken = reads;
          reads = 0;
          return taken;
        },
      };
    }

    it('left out, a store is read when a client would fetch, and no timer runs', async () => {
      const cache = keyValueCache(new Map());
      expect(cache.changes$).toBeUndefined();
      const { client, clock } = stage(configOf({ greeting: 'hello' }), { cache }, manualPoll());
      clients.push(client);
      await clock.advance(second);
      expect(clock.scheduler.actions).toEqual([]);
    });

    it('is the time between two reads, and a client is told of what differs alone', async () => {
      const { cache, texts, advance, takeReads } = counted(textOf('hello', 1));
      await cache.get(key);
      const changes: unknown[] = [];
      const subscription = cache.changes$!.subscribe((change) => changes.push(change));
      await advance(second - 1);
      expect([takeReads(), changes.length]).toEqual([1, 0]);
      // The first has nothing to compare with.
      await advance(1);
      expect([takeReads(), changes.length]).toEqual([1, 1]);
      await advance(10 * second);
      expect([takeReads(), changes.length]).toEqual([10, 1]);
      texts.set(key, textOf('hello again', 2));
      await advance(second);
      texts.delete(key);
      await advance(second);
      expect(changes).toHaveLength(3);
      subscription.unsubscribe();
    });

    it('makes one read for all clients of a key, until the last of them is disposed', async () => {
      const { cache, scheduler, advance, takeReads, texts } = counted(textOf('hello', 1));
      const all = [1, 2, 3].map(() => stage('silence', { scheduler, cache }, manualPoll()).client);
      clients.push(...all);
      await advance(second);
      takeReads();
      await advance(10 * second);
      expect(takeReads()).toBe(10);
      texts.set(key, textOf('hello again', 2));
      await advance(second);
      expect(all.map(greeting)).toEqual(Array(3).fill('hello again'));
      for (const client of all) client.dispose();
      expect(scheduler.actions).toEqual([]);
    });

    it('reads every key that was asked for', async () => {
      const { cache, advance, takeReads } = counted();
      await cache.get('a');
      await cache.get('b');
      const subscription = cache.changes$!.subscribe();
      takeReads();
      await advance(second);
      expect(takeReads()).toBe(2);
      subscription.unsubscribe();
    });

    it('lets a client say that a store has begun to fail, once, and go on when it is back', async () => {
      const { cache, scheduler, advance, answer, texts } = counted(textOf('hello', 1));
      const { client, log } = stage('silence', { scheduler, cache }, manualPoll());
      clients.push(client);
      answer('failure');
      await advance(30 * second);
      expect([greeting(client), log]).toEqual(['hello', ['error 2200 Error occurred while reading the cache.']]);
      texts.set(key, textOf('hello again', 2));
      answer('now');
      await advance(second);
      expect(greeting(client)).toBe('hello again');
    });

    it('leaves a store that hangs alone for a minute, then asks anew', async () => {
      const { cache, texts, advance, answer, takeReads } = counted(textOf('hello', 1));
      await cache.get(key);
      let changes = 0;
      const subscription = cache.changes$!.subscribe(() => changes++);
      await advance(second);
      answer('never');
      await advance(second);
      takeReads();
      await advance(59 * second);
      expect(takeReads()).toBe(0);
      answer('now');
      texts.set(key, textOf('hello again', 2));
      await advance(second);
      expect([takeReads(), changes]).toEqual([1, 2]);
      subscription.unsubscribe();
    });

    it('keeps no process alive', async () => {
      const child = runChild('checking', sdkKey);
      expect(await child.ended).toMatchObject({ code: 0, errors: '' });
      expect(child.lines).toEqual(['hello', 'hello again']);
    });

    it.each([0, -1, NaN, Infinity, '5' as never])('refuses %p', (checkIntervalMs) => {
      expect(() => keyValueCache(new Map(), { checkIntervalMs })).toThrow('`options.checkIntervalMs`');
    });
  });

  it.each([undefined, null, 'redis', {}, { get: () => undefined }, { match: () => undefined }])(
    'refuses %p as its store',
    (store) => {
      expect(() => keyValueCache(store as never)).toThrow(/^Invalid argument `store`\. Expected a store with methods/);
    },
  );
});
