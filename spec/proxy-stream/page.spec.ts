import { pageReturns } from '../../src/proxy-stream';
import type { Page } from '../../src/proxy-stream/page';

class Target extends EventTarget {
  visibilityState = 'hidden';
}

describe('pageReturns', () => {
  it('emits when the page is shown again, restored, or online again', () => {
    const document = new Target();
    const page = Object.assign(new EventTarget(), { document });
    let count = 0;
    const subscription = pageReturns(page).subscribe(() => count++);
    const counts = (target: EventTarget, event: Event) => {
      target.dispatchEvent(event);
      return count;
    };
    expect(counts(document, new Event('visibilitychange'))).toBe(0);
    document.visibilityState = 'visible';
    expect(counts(document, new Event('visibilitychange'))).toBe(1);
    expect(counts(page, new Event('pageshow'))).toBe(1);
    expect(counts(page, Object.assign(new Event('pageshow'), { persisted: true }))).toBe(2);
    expect(counts(page, new Event('online'))).toBe(3);
    subscription.unsubscribe();
    expect(counts(page, new Event('online'))).toBe(3);
  });

  it.each<[string, Page]>([
    ['there is no page', {}],
    ['a document tells of nothing', { document: { visibilityState: 'visible' } }],
    ['a page cannot be left again', { addEventListener: () => undefined }],
  ])('emits nothing, and does no harm, where %s', (_, page) => {
    let count = 0;
    pageReturns(page)
      .subscribe(() => count++)
      .unsubscribe();
    expect(count).toBe(0);
  });
});
