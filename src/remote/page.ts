/** The part of a window by which a page is followed. Not every page tells of events. */
export interface PageTarget extends Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> {
  readonly document?: { readonly visibilityState: string };
}

const names = ['pagehide', 'pageshow', 'online', 'visibilitychange'];

/**
 * Tells what happens to a page: that it is left (`pagehide`), comes back (`pageshow`), is seen again (`visibilitychange`), or has
 * its network back (`online`). Nothing where there is no page. `fromEvent` takes every kind of source, which is more to load.
 *
 * @returns a function that ends it.
 */
export function followPage(onEvent: (name: string) => void): () => void {
  const page = globalThis as PageTarget;
  const { document } = page;
  const tell = ({ type }: Event) => {
    if (type !== names[3] || document?.visibilityState === 'visible') onEvent(type);
  };
  // Events of the document come by its window.
  if (document) for (const name of names) page.addEventListener?.(name, tell);
  return () => {
    for (const name of names) page.removeEventListener?.(name, tell);
  };
}
