import type { Observable } from 'rxjs';
import { crossTab, localStorageCache, whenOnline, whileVisible } from '../../src/browser/index';

/** A page, as far as it is looked at. */
function show(isHidden = false) {
  const page = Object.assign(new EventTarget(), { visibilityState: isHidden ? 'hidden' : 'visible' });
  const view = new EventTarget();
  Object.assign(globalThis, { document: page, window: view });
  return {
    turn: (state: 'hidden' | 'visible') => {
      page.visibilityState = state;
      page.dispatchEvent(new Event('visibilitychange'));
    },
    happen: (name: string) => view.dispatchEvent(new Event(name)),
  };
}

function seenBy<T>(stream$: Observable<T>): T[] {
  const seen: T[] = [];
  stream$.subscribe((value) => seen.push(value));
  return seen;
}

afterEach(() => {
  for (const name of ['document', 'window']) Reflect.deleteProperty(globalThis, name);
});

describe('whileVisible()', () => {
  it('tells whether the page can be seen, now and from then on', () => {
    const page = show();
    const seen = seenBy(whileVisible());
    page.turn('hidden');
    page.turn('hidden');
    page.turn('visible');
    expect(seen).toEqual([true, false, true]);
  });

  it('begins with what is the case', () => {
    show(true);
    expect(seenBy(whileVisible())).toEqual([false]);
  });

  it('follows a page into the back/forward cache and out of it', () => {
    const page = show();
    const seen = seenBy(whileVisible());
    page.happen('pagehide');
    page.happen('pageshow');
    expect(seen).toEqual([true, false, true]);
  });

  it('is true for good where there is no page', () => {
    let isComplete = false;
    whileVisible().subscribe({ complete: () => (isComplete = true) });
    expect([seenBy(whileVisible()), isComplete]).toEqual([[true], true]);
  });
});

describe('whenOnline()', () => {
  it('emits whenever the network is back, and nothing else', () => {
    const page = show();
    const seen = seenBy(whenOnline());
    page.happen('offline');
    page.happen('online');
    page.happen('online');
    expect(seen).toHaveLength(2);
  });

  it('is empty where there is no page', () => {
    expect(seenBy(whenOnline())).toEqual([]);
  });
});

describe('where a window tells of nothing, as in React Native,', () => {
  it.each([
    ['whenOnline()', whenOnline, []],
    ['whileVisible()', whileVisible, [true]],
  ])('%s does no harm', (_, create: () => Observable<unknown>, expected) => {
    Object.assign(globalThis, { window: {} });
    expect(seenBy(create())).toEqual(expected);
    Object.assign(globalThis, { document: { visibilityState: 'visible' } });
    expect(seenBy(create())).toEqual(expected);
    Object.assign(globalThis, { window: { addEventListener: () => undefined } });
    expect(seenBy(create())).toEqual(expected);
  });

  it.each([
    ['no window', undefined],
    ['a window without events', {}],
    ['a window whose events cannot be left', { addEventListener: () => undefined }],
  ])('localStorageCache() and crossTab() are made with %s', async (_, window) => {
    Object.assign(globalThis, { window, document: { visibilityState: 'visible' } });
    const text = 'text';
    const cache = { get: () => text, set: () => undefined };
    expect(seenBy(localStorageCache().changes$)).toEqual([]);
    const tab = crossTab({ cache });
    const subscription = tab.pollWhile$.subscribe();
    subscription.add(tab.cache.changes$.subscribe());
    expect(await tab.cache.get('key')).toBe(text);
    subscription.unsubscribe();
  });
});

describe('crossTab() on a server', () => {
  const names = ['navigator', 'BroadcastChannel'] as const;
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  let touched: string[];

  afterEach(() => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  });

  const become = (navigator: unknown) => {
    touched = [];
    class BroadcastChannel {
      postMessage = () => undefined;
      close = () => undefined;
      constructor() {
        touched.push('channel');
      }
    }
    const values = { navigator, BroadcastChannel };
    for (const name of names) Object.defineProperty(globalThis, name, { configurable: true, value: values[name] });
  };
  const locks = {
    request: () => {
      touched.push('lock');
      return Promise.resolve();
    },
  };

  it.each([
    ['Node 20', undefined],
    ['Node 22', { userAgent: 'Node.js/22' }],
    ['Node 24 and newer', { userAgent: 'Node.js/26', locks }],
    ['Deno', { userAgent: 'Deno/2.5.0', locks }],
    ['Bun', { userAgent: 'Bun/1.3.0' }],
    ['an edge worker', { userAgent: 'Cloudflare-Workers' }],
  ])('of %s opens no channel, asks for no lock and keeps the gate open', (_, navigator) => {
    become(navigator);
    const { cache, pollWhile$ } = crossTab();
    void cache.set('key', 'text');
    expect(cache.get('key')).toBe('text');
    expect(seenBy(pollWhile$)).toEqual([true]);
    expect(seenBy(cache.changes$)).toEqual([]);
    expect(touched).toEqual([]);
  });

  it('is none in a worker of a page', () => {
    become({ userAgent: 'Mozilla/5.0', locks });
    const { cache, pollWhile$ } = crossTab({ cache: { get: () => undefined, set: () => undefined } });
    const subscription = cache.changes$.subscribe();
    subscription.add(pollWhile$.subscribe());
    void cache.get('key');
    subscription.unsubscribe();
    expect(touched).toEqual(['channel']);
  });
});
