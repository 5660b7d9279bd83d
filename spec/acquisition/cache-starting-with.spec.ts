import { Subject } from 'rxjs';
import type { ConfigCache } from '../../src';
import { cacheStartingWith, manualPoll } from '../../src';
import { configOf, stage } from '../support/client';

/** What caches have of a config, which is the newer the more it counts. The clock begins at 0. */
const textOf = (count: number) => `${count - 10}\n\n${JSON.stringify(configOf({ count }))}`;

/** A cache with one text. */
function cacheOf(text: string) {
  const changes$ = new Subject<void>();
  const kept = { text, changes$, refreshOn$: new Subject<void>() };
  const cache: ConfigCache = {
    get: () => kept.text,
    set: (_, value) => void (kept.text = value),
    changes$,
    refreshOn$: kept.refreshOn$,
  };
  return { kept, cache };
}

const countOf = ({ client }: ReturnType<typeof stage>) => client.snapshot().value('count', 0);

describe('a cache that starts with a text', () => {
  it.each([
    ['a text', textOf(1)],
    ['a function that gives one', () => textOf(1)],
  ])('gives its client the config at once: %s', (_, text) => {
    const { cache } = cacheOf(textOf(2));
    const staged = stage('silence', { cache: cacheStartingWith(text, cache) }, manualPoll());
    expect(countOf(staged)).toBe(1);
    staged.client.dispose();
  });

  it.each([undefined, null, '', () => undefined, () => null, () => ''])(
    'is the other cache where there is no text: %p',
    (text) => {
      const { cache } = cacheOf(textOf(2));
      const staged = stage('silence', { cache: cacheStartingWith(text, cache) }, manualPoll());
      expect(countOf(staged)).toBe(2);
      expect(staged.log).toEqual([]);
      staged.client.dispose();
    },
  );

  it('gives its text once, and needs no other cache', () => {
    const text = jest.fn(() => textOf(1));
    const cache = cacheStartingWith(text);
    expect([cache.get('key'), cache.get('key')]).toEqual([textOf(1), undefined]);
    expect(cache.set('key', 'text')).toBeUndefined();
    expect(text).toHaveBeenCalledTimes(1);
  });

  it('follows the other cache by the times of its entries', () => {
    const { cache, kept } = cacheOf(textOf(2));
    const staged = stage('silence', { cache: cacheStartingWith(textOf(3), cache) }, manualPoll());
    kept.changes$.next();
    expect(countOf(staged)).toBe(3);
    kept.text = textOf(4);
    kept.changes$.next();
    expect(countOf(staged)).toBe(4);
    staged.client.dispose();
  });

  it('keeps in the other cache what its client fetches, also when that cache asks for it', async () => {
    const { cache, kept } = cacheOf('');
    const staged = stage(configOf({ count: 5 }), { cache: cacheStartingWith(textOf(1), cache) }, manualPoll());
    kept.refreshOn$.next();
    await staged.clock.advance(0);
    expect(countOf(staged)).toBe(5);
    expect(kept.text).toContain('"d":5');
    staged.client.dispose();
  });

  it.each([
    ['that has no lines', 'no cache text'],
    ['that has no time', 'time\n\n{}'],
    ['whose config is none', '1\n\n{"f":1}'],
    [
      'whose function throws',
      () => {
        throw new Error('There is none.');
      },
    ],
  ])('says once that it cannot read a text %s, and then is the other cache', (_, text) => {
    const { cache, kept } = cacheOf(textOf(2));
    const staged = stage('silence', { cache: cacheStartingWith(text, cache) }, manualPoll());
    expect(staged.log).toEqual([expect.stringContaining('error 2200')]);
    kept.changes$.next();
    expect(countOf(staged)).toBe(2);
    expect(staged.log).toHaveLength(1);
    staged.client.dispose();
  });

  it('names what is no cache', () => {
    expect(() => cacheStartingWith('', {} as ConfigCache)).toThrow(
      new TypeError('Invalid argument `cache`. Expected an object with method `get`.'),
    );
  });
});
