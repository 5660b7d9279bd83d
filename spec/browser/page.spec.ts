import type { Observable } from 'rxjs';
import { whenOnline, whileVisible } from '../../src/browser/index';

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
