'use client';

import type { ReactElement, ReactNode } from 'react';
import {
  createElement,
  useEffect,
  useInsertionEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useState,
  useSyncExternalStore,
} from 'react';
import type { AnyFlags, ClientOptions, ConfigCatClient, FlagTypes, User } from '../index.js';
import type { OwnClient } from './context.js';
import { Context } from './context.js';
import type { ManagedClient } from './managed-client.js';
import { claimedOrNew } from './managed-client.js';
import { useFirstState, useProviderContext } from './provider-context.js';
import { shownBy } from './when-ready.js';

/**
 * The properties of `ConfigCatProvider`: a client, or what to make one of, or neither below another provider; and what
 * goes with it.
 */
export type ConfigCatProviderProps<F extends FlagTypes<F> = AnyFlags> = {
  readonly children?: ReactNode;
  /** The user of all hooks below that name none. Default: that of the provider above, or the client's default user. */
  readonly user?: User | undefined;
  /** What `dehydrate()` gave on the server; the same there and in the browser. Read once. */
  readonly state?: string | null | undefined;
  /** What is shown instead of the children until the client is ready. Default: the children, with default values. */
  readonly fallback?: ReactNode;
  /** Lets all hooks below suspend until the client is ready, as `useSuspenseFlag()`. Default: as the provider above. */
  readonly suspend?: boolean | undefined;
} & (
  | { readonly client?: ConfigCatClient<F> | undefined; readonly sdkKey?: undefined; readonly options?: undefined }
  | { readonly sdkKey: string; readonly options?: ClientOptions | undefined; readonly client?: undefined }
);

const expected = 'Invalid property `client`. Expected a client, or an `sdkKey`, or another provider above.';

/**
 * Lets the hooks below use a client: one of yours, which stays yours, or one of its own for an SDK key. Its own client
 * works while the provider is shown, keeps what it knows while an `<Activity>` hides it, and is disposed when it is taken
 * down. Another SDK key makes another client; other options do not. With neither it goes on with the client of the provider
 * above it, for another user.
 *
 * On a server, where nothing is ever shown, its own client knows only `state` and local overrides, and fetches nothing.
 *
 * @throws Error, TypeError or RangeError (when it renders) naming the property or option that is wrong.
 *
 * @example
 * <ConfigCatProvider sdkKey={sdkKey} user={{ identifier: '42' }}>
 *   <App />
 * </ConfigCatProvider>
 */
export function ConfigCatProvider<F extends FlagTypes<F> = AnyFlags>(props: ConfigCatProviderProps<F>): ReactElement {
  const state = useFirstState(props.client ?? props.sdkKey, props.state);
  const managed = useManagedClient(props, state);
  const source = props.client ?? managed?.client;
  const { user, suspend: suspends } = props;
  const context = useProviderContext({ source, user, state, suspends, expected }, managed);
  const renewals = useWork(managed, context.usesHydration);
  const value = useMemo(() => ({ ...context }), [context, renewals]);
  return createElement(Context.Provider, { value }, shownBy(props));
}

type OwnManaged = ManagedClient & OwnClient;

/** A client of its own for a provider that is given an SDK key. */
function useManagedClient<F extends FlagTypes<F>>(
  props: ConfigCatProviderProps<F>,
  state: string | null | undefined,
): OwnManaged | undefined {
  const { sdkKey } = props;
  const managed = useMemo(
    () => (props.sdkKey === undefined ? undefined : { ...claimedOrNew(props, state), lackedConfig: false }),
    // Whatever else changes leaves the client as it is.
    [sdkKey],
  );
  // Unlike other effects it stays while an <Activity> hides the provider.
  useInsertionEffect(() => managed?.hold(), [managed]);
  return managed;
}

/**
 * Lets a provider's own client work while the provider is shown. Gives another number when hooks that rendered without a
 * config have to look again, because the client found one in its cache before anything was painted.
 */
function useWork(managed: OwnManaged | undefined, usesHydration: boolean): number {
  const [renewals, lookAgain] = useReducer((count: number) => count + 1, 0);
  const isHydrating = useSyncExternalStore(
    neverChanges,
    () => false,
    () => true,
  );
  // A page that is taken over stays as it is until its hooks subscribe: parts of it may not have been taken over yet.
  const [isQuiet] = useState(isHydrating || usesHydration);
  // Never another one for the same provider. Servers of React 18 warn of effects before painting, and count as hydrating.
  const useItsEffect = isQuiet ? useEffect : useLayoutEffect;
  useItsEffect(() => {
    if (!managed) return;
    const knows = () => managed.client.snapshot().hasConfig;
    const knew = knows();
    const release = managed.work();
    // A hook that suspends may have let the client work, and find a config, after others had rendered without it.
    if (!isQuiet && knows() && (managed.lackedConfig || !knew)) lookAgain();
    return () => {
      managed.lackedConfig = false;
      release();
    };
  }, [managed]);
  return renewals;
}

const neverChanges = () => () => undefined;
