import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { chromium } from 'playwright-core';
import { createClientWithManualPoll } from '../../src/index';
import type { ExtensionStorage } from '../../src/browser/index';
import { chromeStorageCache } from '../../src/browser/index';
import { startConfigServer } from '../../src/server/index';
import { bundlePage } from '../support/browser';
import { configOf, sdkKey } from '../support/client';
import { part } from '../support/part';
import { settlePromises } from '../support/virtual-time';

/** A storage area as extensions have it. */
function createArea(): ExtensionStorage & {
  readonly items: Map<string, unknown>;
  listeners: Set<unknown>;
  isFull: boolean;
} {
  const items = new Map<string, unknown>();
  const listeners = new Set<(changes: object) => void>();
  const area = {
    items,
    listeners,
    isFull: false,
    get: (key: string) => Promise.resolve(items.has(key) ? { [key]: items.get(key) } : {}),
    set: (added: Readonly<Record<string, string>>) => {
      if (area.isFull) return Promise.reject(new Error('QUOTA_BYTES quota exceeded'));
      for (const [key, newValue] of Object.entries(added)) {
        items.set(key, newValue);
        for (const listener of listeners) listener({ [key]: { newValue } });
      }
      return Promise.resolve();
    },
    onChanged: {
      addListener: (listener: (changes: object) => void) => void listeners.add(listener),
      removeListener: (listener: (changes: object) => void) => void listeners.delete(listener),
    },
  };
  return area;
}

const fetchOf = (config: object) => () => Promise.resolve(new Response(JSON.stringify(config)));

describe('chromeStorageCache', () => {
  it('keeps what the SDK for extensions keeps', async () => {
    const area = createArea();
    const cache = chromeStorageCache(area);
    await cache.set('key', '1700000000000\nW/"é☃"\n{"f":{}}');
    // As `@configcat/sdk/chromium-extension` writes it.
    expect([...area.items]).toEqual([['key', 'MTcwMDAwMDAwMDAwMApXLyLDqeKYgyIKeyJmIjp7fX0=']]);
    expect(await cache.get('key')).toBe('1700000000000\nW/"é☃"\n{"f":{}}');
    expect(await cache.get('other')).toBeUndefined();
  });

  it.each([[5], [null], [{}], [undefined]])('takes %j, which nobody here has stored, for nothing', async (value) => {
    const area = createArea();
    area.items.set('key', value);
    expect(await chromeStorageCache(area).get('key')).toBeUndefined();
  });

  it('lets clients of an extension adopt what another one has stored, until they are disposed', async () => {
    const area = createArea();
    const reader = createClientWithManualPoll(sdkKey, { cache: chromeStorageCache(area), logLevel: 'off' });
    const seen: boolean[] = [];
    reader.flag$('isOn', false).subscribe((value) => seen.push(value));
    await settlePromises();
    const writer = createClientWithManualPoll(sdkKey, {
      cache: chromeStorageCache(area),
      fetch: fetchOf(configOf({ isOn: true })),
      logLevel: 'off',
    });
    await writer.forceRefresh();
    await settlePromises();
    expect(seen).toEqual([false, true]);
    reader.dispose();
    writer.dispose();
    await settlePromises();
    expect(area.listeners.size).toBe(0);
  });

  it('tells nobody of what others keep in the storage', async () => {
    const area = createArea();
    const cache = chromeStorageCache(area);
    const told = jest.fn();
    const subscription = cache.changes$.subscribe(told);
    await cache.get('key');
    await area.set({ settings: 'of the extension' });
    expect(told).not.toHaveBeenCalled();
    await area.set({ key: 'x' });
    expect(told).toHaveBeenCalledTimes(1);
    subscription.unsubscribe();
  });

  it.each([
    ['is full', () => Object.assign(createArea(), { isFull: true })],
    ['is missing', () => undefined],
  ])('keeps in memory what storage does not take that %s', async (_, areaOf) => {
    const cache = chromeStorageCache(areaOf());
    await expect(cache.set('key', 'first')).rejects.toThrow(/quota exceeded|There is no `chrome.storage`/);
    await cache.set('key', 'second');
    expect(await cache.get('key')).toBe('second');
  });

  it('finds the storage of Chromium, of Firefox and of neither', async () => {
    const [chrome, browser] = [createArea(), createArea()];
    const world = globalThis as { chrome?: unknown; browser?: unknown };
    try {
      world.chrome = { storage: { local: chrome } };
      await chromeStorageCache().set('in', 'chrome');
      world.browser = { storage: { local: browser } };
      await chromeStorageCache().set('in', 'browser');
      expect([chrome.items.size, browser.items.size]).toEqual([1, 1]);
      world.browser = {};
      world.chrome = { storage: undefined };
      await expect(chromeStorageCache().set('in', 'neither')).rejects.toThrow('There is no `chrome.storage`');
    } finally {
      delete world.chrome;
      delete world.browser;
    }
  });
});

/** The name that Chromium gives an extension with this public key: half of its digest in sixteen letters. */
function extensionId(publicKey: Buffer): string {
  const digest = createHash('sha256').update(publicKey).digest('hex').slice(0, 32);
  return digest.replace(/./g, (digit) => 'abcdefghijklmnop'.charAt(Number.parseInt(digit, 16)));
}

part('chromium')('an extension in Chromium', () => {
  let folder: string;
  let context: BrowserContext | undefined;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'configcat-rx-'));
  });
  afterAll(async () => {
    await context?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shares its config between its service worker and its pages', async () => {
    const server = await startConfigServer({ configs: { [sdkKey]: configOf({ greeting: 'one' }) } });
    const program = await bundlePage('extension');
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = publicKey.export({ type: 'spki', format: 'der' });
    const extension = {
      manifest_version: 3,
      key: key.toString('base64'),
      name: 'flags',
      version: '1',
      permissions: ['storage'],
      host_permissions: ['http://127.0.0.1/*'],
      background: { service_worker: 'program.js' },
    };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(extension));
    writeFileSync(join(folder, 'program.js'), program);
    writeFileSync(join(folder, 'page.html'), '<!doctype html><script src="program.js"></script>');
    try {
      context = await chromium.launchPersistentContext('', {
        executablePath: '/usr/bin/chromium',
        headless: false,
        args: [
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          `--disable-extensions-except=${folder}`,
          `--load-extension=${folder}`,
        ],
        ignoreDefaultArgs: ['--disable-extensions'],
      });
      const page = await context.newPage();
      await page.goto(`chrome-extension://${extensionId(key)}/page.html`);
      const read = (value: string) => page.evaluate(`globalThis.read(${JSON.stringify({ sdkKey, value })})`);
      const fetchInWorker = () =>
        page.evaluate(`globalThis.fetchInWorker(${JSON.stringify({ sdkKey, baseUrl: server.url })})`);
      const shown = read('one');
      expect(await fetchInWorker()).toBe('one');
      // The client of the page is offline: what it knows the worker has stored.
      expect(await shown).toBe('one');
      await server.setConfig(sdkKey, configOf({ greeting: 'two' }));
      const next = read('two');
      expect(await fetchInWorker()).toBe('two');
      expect(await next).toBe('two');
    } finally {
      await server.close();
    }
  });
});
