'use client';

import type { ReactElement, ReactNode } from 'react';
import { createElement } from 'react';
import type { AnyFlags, FlagTypes, User } from '../functions.js';
import type { ProvidedSource } from './context.js';
import { Context } from './context.js';
import { useFirstState, useProviderContext } from './provider-context.js';
import { shownBy } from './when-ready.js';

/** The properties of `ConfigCatProvider` of `configcat-rx/react/core`. */
export interface ConfigCatProviderProps<F extends FlagTypes<F> = AnyFlags> {
  readonly children?: ReactNode;
  /** A core or a client, which stays yours: the provider never disposes it. Default: that of the provider above. */
  readonly source?: ProvidedSource<F> | undefined;
  /** The user of all hooks below that name none. Default: that of the provider above, or the source's default user. */
  readonly user?: User | undefined;
  /** What `dehydrate()` gave on the server; the same there and in the browser. Read once. */
  readonly state?: string | null | undefined;
  /** What is shown instead of the children until the source is ready. Default: the children, with default values. */
  readonly fallback?: ReactNode;
  /** Lets all hooks below suspend until the source is ready, as `useSuspenseFlag()`. Default: as the provider above. */
  readonly suspend?: boolean | undefined;
}

const expected = 'Invalid property `source`. Expected a core or a client, or another provider above.';

/**
 * Lets the hooks below use a core or a client. It makes none, so that a bundle has only what the core was made of. Without a
 * `source` it goes on with that of the provider above it, for another user.
 *
 * @throws TypeError (when it renders) naming the property that is wrong.
 *
 * @example
 * const core = createCore(sdkKey, { polling: autoPoll() });
 * root.render(
 *   <ConfigCatProvider source={core} user={{ identifier: '42' }}>
 *     <App />
 *   </ConfigCatProvider>,
 * );
 */
export function ConfigCatProvider<F extends FlagTypes<F> = AnyFlags>(props: ConfigCatProviderProps<F>): ReactElement {
  const { source, user, suspend: suspends } = props;
  const state = useFirstState(source, props.state);
  const value = useProviderContext({ source, user, state, suspends, expected });
  return createElement(Context.Provider, { value }, shownBy(props));
}
