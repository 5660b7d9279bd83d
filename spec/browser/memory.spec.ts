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
    expect(cache.get('a')).toBe('1\n"e"\n{}');
  });
});
