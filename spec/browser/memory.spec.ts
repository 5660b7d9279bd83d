import type { ConfigCache } from '../../src/index';
import { indexedDbCache, localStorageCache } from '../../src/browser/index';
import { withMemory } from '../../src/browser/memory';

const full = () => {
  throw new Error('full');
};

describe('a cache that falls back to memory', () => {
  it.each<[string, ConfigCache['set']]>([
    ['at once', full],
    ['later', () => Promise.reject(new Error('full'))],
  ])('keeps what is refused %s, and reports it once', async (_, set) => {
    const cache = withMemory({ get: () => 'old', set });
    await expect(async () => cache.set('a', '1')).rejects.toThrow('full');
    await cache.set('a', '2');
    await cache.set('b', '3');
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['2', '3', 'old']);
  });

  it('goes back to the cache when that works again, and then reports anew', () => {
    let set: ConfigCache['set'] = full;
    const cache = withMemory({ get: () => 'stored', set: (key, value) => set(key, value) });
    expect(() => cache.set('a', '1')).toThrow('full');
    set = () => undefined;
    void cache.set('a', '2');
    expect(cache.get('a')).toBe('stored');
    set = full;
    expect(() => cache.set('a', '3')).toThrow('full');
  });

  it('reports once that it cannot be read', () => {
    const cache = withMemory({ get: full, set: () => undefined });
    expect(() => cache.get('a')).toThrow('full');
    expect(cache.get('a')).toBeUndefined();
  });
});

/** A cache that others store in as well, and that takes nothing of ours while it is full. */
function sharedCache(respond: <T>(work: () => T) => T | Promise<T>) {
  let stored: string | undefined;
  const state = { isFull: false };
  const cache = withMemory({
    get: () => respond(() => stored),
    set: (_, text) =>
      respond(() => {
        if (state.isFull) throw new Error('full');
        stored = text;
      }),
  });
  const trySet = async (text: string) => {
    try {
      await cache.set('a', text);
    } catch {
      // Reported once.
    }
  };
  return {
    trySet,
    get: () => cache.get('a'),
    fill: (isFull: boolean) => (state.isFull = isFull),
    storeFromElsewhere: (text: string | undefined) => (stored = text),
  };
}

describe.each<[string, <T>(work: () => T) => T | Promise<T>]>([
  ['at once', (work) => work()],
  // eslint-disable-next-line @typescript-eslint/require-await -- what throws is to become a rejection
  ['with promises', async (work) => work()],
])('a cache that answers %s and has refused a write', (_, respond) => {
  it('hides nothing that is stored later', async () => {
    const { trySet, get, fill, storeFromElsewhere } = sharedCache(respond);
    await trySet('1');
    fill(true);
    await trySet('2');
    expect(await get()).toBe('2');
    storeFromElsewhere('3');
    expect([await get(), await get()]).toEqual(['3', '3']);
    // Even the text that was there before: it was stored later.
    storeFromElsewhere('1');
    expect(await get()).toBe('1');
  });

  it('hides nothing that is stored where there was nothing', async () => {
    const { trySet, get, fill, storeFromElsewhere } = sharedCache(respond);
    fill(true);
    await trySet('1');
    expect(await get()).toBe('1');
    storeFromElsewhere('2');
    expect(await get()).toBe('2');
  });

  it('lets a later write of its own win, taken or not', async () => {
    const { trySet, get, fill, storeFromElsewhere } = sharedCache(respond);
    fill(true);
    await trySet('1');
    storeFromElsewhere('2');
    await trySet('3');
    expect(await get()).toBe('3');
    fill(false);
    await trySet('4');
    expect(await get()).toBe('4');
  });

  it('keeps the latest of writes that overlap', async () => {
    const { trySet, get, fill } = sharedCache(respond);
    fill(true);
    await Promise.all([trySet('1'), trySet('2')]);
    expect(await get()).toBe('2');
  });
});

it('reports a full cache once, though it can be read in between', () => {
  const cache = withMemory({ get: () => 'old', set: full });
  expect(() => cache.set('a', '1')).toThrow('full');
  expect(cache.get('a')).toBe('1');
  void cache.set('a', '2');
  expect(cache.get('a')).toBe('2');
});

it('gives back what it kept where the cache cannot be read any more', () => {
  let get: ConfigCache['get'] = () => 'old';
  const cache = withMemory({ get: (key) => get(key), set: full });
  expect(() => cache.set('a', '1')).toThrow('full');
  get = full;
  expect(cache.get('a')).toBe('1');
});

describe('where there is no storage', () => {
  it('localStorageCache() keeps configs in memory, and does not even look for storage', () => {
    const cache = localStorageCache();
    expect(cache.get('a')).toBeUndefined();
    void cache.set('a', '1\n"e"\n{}');
    expect(cache.get('a')).toBe('1\n"e"\n{}');
  });

  it('indexedDbCache() keeps configs in memory, and says so once', async () => {
    const cache = indexedDbCache();
    await expect(cache.get('a')).rejects.toThrow('indexedDB');
    await cache.set('a', '1\n"e"\n{}');
    expect(await cache.get('a')).toBe('1\n"e"\n{}');
  });
});
