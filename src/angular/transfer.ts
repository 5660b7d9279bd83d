import { isPlatformServer } from '@angular/common';
import { PLATFORM_ID, TransferState, inject, makeStateKey } from '@angular/core';
import type { ConfigCache, CoreSnapshot } from '../functions.js';
import { cacheStartingWith } from '../functions.js';

/** Makes a cache that begins with the config by which the server has rendered, before another one if there is one. */
export type Hydrate = (cache?: ConfigCache) => ConfigCache;

/** How a config gets from the server to the browser. */
export interface Transfer {
  /** In the browser: there is such a config. */
  readonly isReceived: boolean;
  readonly hydrate: Hydrate;
  /** On the server: sends what a source knows when the page is written. */
  readonly send: (source: { snapshot(): CoreSnapshot }) => void;
}

/** Transfers a config under a name, or not at all. From an injection context. */
export function injectTransfer(name: string | false): Transfer {
  if (name === false)
    return { isReceived: false, hydrate: (cache) => cacheStartingWith(null, cache), send: () => undefined };
  const state = inject(TransferState);
  const key = makeStateKey<string | null>(name);
  const isServer = isPlatformServer(inject(PLATFORM_ID));
  const text = isServer ? null : state.get(key, null);
  return {
    isReceived: text !== null,
    hydrate: (cache) => cacheStartingWith(text, cache),
    send: (source) => {
      if (isServer) state.onSerialize(key, () => source.snapshot().cacheText ?? null);
    },
  };
}
