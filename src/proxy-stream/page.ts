import type { Observable } from 'rxjs';
import { NEVER, filter, fromEvent, map, merge, of, startWith } from 'rxjs';

/** The part of a window or worker that tells when the page comes back. */
export interface Page {
  readonly addEventListener?: EventTarget['addEventListener'];
  readonly removeEventListener?: EventTarget['removeEventListener'];
  readonly document?: EventTarget & { readonly visibilityState: string };
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
  const shown$ = document
    ? fromEvent(document, 'visibilitychange').pipe(filter(() => document.visibilityState === 'visible'))
    : NEVER;
  if (typeof page.addEventListener !== 'function') return shown$;
  const target = page as EventTarget;
  const restored$ = fromEvent(target, 'pageshow').pipe(
    filter((event) => (event as { readonly persisted?: boolean }).persisted === true),
  );
  return merge(shown$, restored$, fromEvent(target, 'online'));
}

/**
 * Tells whether the page is in use, at once and each time that changes: not while it is being left, nor in the browser's
 * back/forward cache, into which no page with an open stream comes. Where there is no page it is `true` for good.
 */
export function pageInUse(page: Page = globalThis): Observable<boolean> {
  if (!isPage(page)) return of(true);
  return merge(
    fromEvent(page as EventTarget, 'pageshow').pipe(map(() => true)),
    fromEvent(page as EventTarget, 'pagehide').pipe(map(() => false)),
  ).pipe(startWith(true));
}

/** Tells whether this is a page, which can be left. */
export function isPage({ document, addEventListener }: Page = globalThis): boolean {
  return document !== undefined && typeof addEventListener === 'function';
}
