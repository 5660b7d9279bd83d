import type { ReactNode } from 'react';
import { createElement } from 'react';
import { useReady } from './use-ready.js';

/** Shows something else until the client is ready. */
function WhenReady({ fallback, children }: { readonly fallback: ReactNode; readonly children: ReactNode }): ReactNode {
  return useReady() ? children : fallback;
}

/** What a provider shows: its children, or its fallback until the client is ready, if it has one. */
export function shownBy({
  children,
  fallback,
}: {
  readonly children?: ReactNode;
  readonly fallback?: ReactNode;
}): ReactNode {
  return fallback === undefined ? children : createElement(WhenReady, { fallback, children });
}
