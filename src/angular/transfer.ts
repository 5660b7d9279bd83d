import { isPlatformServer } from '@angular/common';
import { PLATFORM_ID, TransferState, inject, makeStateKey } from '@angular/core';
import type { ConfigCache, CoreSnapshot, FlagSource } from '../functions.js';
import { cacheStartingWith } from '../functions.js';
import type { ResolvedUser } from './user.js';
import type { TransferFormat } from './values-only.js';

/** Makes a cache that begins with the config by which the server has rendered, before another one if there is one. */
export type Hydrate = (cache?: ConfigCache) => ConfigCache;

/** How a config gets from the server to the browser. */
export interface Transfer {
  /** In the browser: what the server has sent. */
  readonly text: string | null;
  readonly hydrate: Hydrate;
  /** On the server: sends what a source knows when the page is written, for its user. */
  readonly send: (source: SentSource, user: () => ResolvedUser | undefined) => void;
}

type SentSource = FlagSource & { snapshot(): CoreSnapshot };

/**
 * Transfers a config under a name, or not at all. From an injection context.
 *
 * @param format - what is transferred in place of the config.
 */
export function injectTransfer(name: string | false, format: TransferFormat | undefined): Transfer {
  if (name === false) return { text: null, hydrate: (cache) => cacheStartingWith(null, cache), send: () => undefined };
  const state = inject(TransferState);
  const key = makeStateKey<string | null>(name);
  const isServer = isPlatformServer(inject(PLATFORM_ID));
  const text = isServer ? null : state.get(key, null);
  return {
    text,
    hydrate: (cache) => cacheStartingWith(text, cache),
    send: (source, user) => {
      if (!isServer) return;
      state.onSerialize(key, () => (format ? format.write(source, user()) : source.snapshot().cacheText) ?? null);
    },
  };
}
