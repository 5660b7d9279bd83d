import type { Observable } from 'rxjs';
import { NEVER, filter, fromEvent, map, merge, of, startWith } from 'rxjs';

/** The members of a window or worker by which a page's return is noticed. */
export interface Page {
  readonly addEventListener?: EventTarget['addEventListener'];
  readonly removeEventListener?: EventTarget['removeEventListener'];
  readonly document?: Partial<EventTarget> & { readonly visibilityState: string };
}

/**
 * Emits when a page comes back: shown again, restored from the browser's memory of former pages, or online again. Then its
 * connections may be dead without having said so. Emits nothing where there is no page, in Node for instance.
 *
 * @param page - default: the global object.
 *
 * @example
 * createProxyStream({ url, sdkKey, reconnectOn$: merge(pageReturns(), fromEvent(button, 'click')) });
 */
export function pageReturns(page: Page = globalThis): Observable<unknown> {
  const { document } = page;
  const shown$ = eventsOf(document, 'visibilitychange').pipe(filter(() => document?.visibilityState === 'visible'));
  const restored$ = eventsOf(page, 'pageshow').pipe(
    filter((event) => (event as { readonly persisted?: boolean }).persisted === true),
  );
  return merge(shown$, restored$, eventsOf(page, 'online'));
}

/**
 * Tells whether the page is in use, at once and each time that changes: not while it is being left, nor in the browser's
 * back/forward cache, into which no page with an open stream comes. Where there is no page it is `true` for good.
 */
export function pageInUse(page: Page = globalThis): Observable<boolean> {
  if (!isPage(page)) return of(true);
  return merge(
    eventsOf(page, 'pageshow').pipe(map(() => true)),
    eventsOf(page, 'pagehide').pipe(map(() => false)),
  ).pipe(startWith(true));
}

/** Tells whether this is a page, which can be left. */
export function isPage(page: Page = globalThis): boolean {
  return page.document !== undefined && isTarget(page);
}

/** Emits events of a target, or nothing where it has none. */
function eventsOf(target: Partial<EventTarget> | undefined, name: string): Observable<unknown> {
  return isTarget(target) ? fromEvent(target, name) : NEVER;
}

function isTarget(target: Partial<EventTarget> | undefined): target is EventTarget {
  return typeof target?.addEventListener === 'function' && typeof target.removeEventListener === 'function';
}
