import type { Observable } from 'rxjs';
import { EMPTY, defer, distinctUntilChanged, fromEvent, map, merge, of, startWith } from 'rxjs';

/**
 * Tells whether the page can be seen: a gate for auto polling (`pollWhile$`), so that hidden tabs send nothing. Back in
 * view, the client polls at once if a poll has become due. Pages that come back out of the browser's back/forward cache
 * count as shown. Without a page, on a server or in a worker, it is `true` for good.
 *
 * @example
 * const client = createClientWithAutoPoll(sdkKey, { pollWhile$: whileVisible() });
 */
export function whileVisible(): Observable<boolean> {
  if (typeof document === 'undefined') return of(true);
  const isVisible = () => document.visibilityState !== 'hidden';
  return defer(() =>
    merge(
      fromTarget(document, 'visibilitychange').pipe(map(isVisible)),
      fromWindow('pageshow').pipe(map(isVisible)),
      fromWindow('pagehide').pipe(map(() => false)),
    ).pipe(startWith(isVisible()), distinctUntilChanged()),
  );
}

/**
 * Emits whenever the browser reports that the network is back; for `refreshOn$`. Outside of browsers it is empty.
 *
 * @example
 * const client = createClient(sdkKey, { refreshOn$: whenOnline() });
 */
export function whenOnline(): Observable<unknown> {
  return fromWindow('online');
}

/**
 * Tells whether the page is in use: neither on its way out nor in the browser's back/forward cache. Without a page it is
 * `true` for good.
 */
export function whileInUse(): Observable<boolean> {
  return defer(() =>
    merge(fromWindow('pageshow').pipe(map(() => true)), fromWindow('pagehide').pipe(map(() => false))).pipe(
      startWith(true),
      distinctUntilChanged(),
    ),
  );
}

/** Emits events of the window; nothing where there is none, or one without events, as in React Native. */
export function fromWindow<E extends Event>(name: string): Observable<E> {
  return typeof window === 'undefined' ? EMPTY : fromTarget<E>(window, name);
}

function fromTarget<E extends Event>(target: Partial<EventTarget> | null, name: string): Observable<E> {
  const isTarget = typeof target?.addEventListener === 'function' && typeof target.removeEventListener === 'function';
  return isTarget ? fromEvent<E>(target as EventTarget, name) : EMPTY;
}
