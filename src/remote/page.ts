import { Observable } from 'rxjs';

/** The part of a window by which a page is followed. */
export interface PageTarget extends Partial<EventTarget> {
  readonly document?: Partial<EventTarget> & { readonly visibilityState: string };
}

/**
 * Tells what happens to a page: that it is left (`pagehide`), comes back (`pageshow`), is seen again (`visibilitychange`), or has
 * its network back (`online`). Nothing where there is no page. `fromEvent` takes every kind of source, which is more to load.
 */
export function pageEvents(page: PageTarget = globalThis): Observable<string> {
  const { document } = page;
  return new Observable((subscriber) => {
    const tell = ({ type }: Event) => {
      if (type !== 'visibilitychange' || document?.visibilityState === 'visible') subscriber.next(type);
    };
    const targets = document ? [page, page, page, document] : [];
    const names = ['pagehide', 'pageshow', 'online', 'visibilitychange'];
    targets.forEach((target, i) => {
      // Not every page tells of events.
      target.addEventListener?.(names[i]!, tell);
      subscriber.add(() => target.removeEventListener?.(names[i]!, tell));
    });
  });
}
