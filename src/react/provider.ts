'use client';

import type { ReactElement, ReactNode } from 'react';
import { createContext, createElement, useContext, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import type { AnyFlags, ClientOptions, ConfigCatClient, FlagTypes, User } from '../index.js';
import { snapshotOf } from './hydration.js';
import { leaseFor } from './lease.js';
import { useUser } from './user.js';
import type { Source } from './view.js';

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
} & (
  | { readonly client?: ConfigCatClient<F> | undefined; readonly sdkKey?: undefined; readonly options?: undefined }
  | { readonly sdkKey: string; readonly options?: ClientOptions | undefined; readonly client?: undefined }
);

interface Surroundings extends Source {
  readonly user: User | undefined;
}

const Context = createContext<Surroundings | undefined>(undefined);

/**
 * Lets the hooks below use a client: one of yours, which stays yours, or one of its own for an SDK key, which is disposed
 * when the provider is taken down. Another SDK key makes another client; other options do not. With neither it goes on
 * with the client of the provider above it, for another user.
 *
 * Servers should have a client of theirs, which they share among requests: for an SDK key they would make one each time.
 *
 * @throws Error, TypeError or RangeError (when it renders) naming the property or option that is wrong.
 *
 * @example
 * <ConfigCatProvider sdkKey={sdkKey} user={{ identifier: '42' }}>
 *   <App />
 * </ConfigCatProvider>
 */
export function ConfigCatProvider<F extends FlagTypes<F> = AnyFlags>(props: ConfigCatProviderProps<F>): ReactElement {
  const above = useContext(Context);
  // Pages begin once, and another client knows nothing of it.
  const [first] = useState(props);
  const state = props.client === first.client && props.sdkKey === first.sdkKey ? first.state : undefined;
  const client = useChosenClient(props, state, above?.client);
  const same = above?.client === client ? above : undefined;
  const user = useUser(props.user) ?? same?.user;
  const begun = state ? undefined : same;
  const past = useMemo(
    () => begun?.past ?? snapshotOf(state, client, props.sdkKey === undefined ? 'error' : 'off'),
    [begun?.past, client, state],
  );
  const isPinned = begun?.isPinned ?? Boolean(state);
  const source = useMemo(() => ({ client, past, isPinned, user }), [client, past, isPinned, user]);
  return createElement(Context.Provider, { value: source }, props.children);
}

/**
 * The client of the provider above.
 *
 * @throws Error when there is no provider above.
 *
 * @example
 * const client = useClient();
 * return <button onClick={() => void client.forceRefresh()}>Refresh</button>;
 */
export function useClient(): ConfigCatClient {
  return useSource().client;
}

export function useSource(): Surroundings {
  const source = useContext(Context);
  if (!source) throw new Error('useClient() and the hooks of flags need a <ConfigCatProvider> above them.');
  return source;
}

/** The same object as before, as long as the one that is given now means the same. */
export function useSame<T>(given: T, isSame: (a: T, b: T) => boolean): T {
  // Of equal objects it does not matter which one a render that is given up leaves here.
  const last = useRef(given);
  if (!isSame(last.current, given)) last.current = given;
  return last.current;
}

/** The client that is given, or made here for as long as somebody shows it, or that of the provider above. */
function useChosenClient<F extends FlagTypes<F>>(
  props: ConfigCatProviderProps<F>,
  state: string | null | undefined,
  inherited: ConfigCatClient | undefined,
): ConfigCatClient {
  const { sdkKey } = props;
  const [round, startOver] = useReducer((count: number) => count + 1, 0);
  const lease = useMemo(
    () => (props.sdkKey === undefined ? undefined : leaseFor(props, state)),
    // Whatever else changes leaves the client as it is.
    [sdkKey, round],
  );
  useEffect(() => {
    const release = lease?.claim();
    // It has been hidden for so long that its client has ended.
    if (lease && !release) startOver();
    return release;
  }, [lease]);
  // The types of a client's flags make no difference here, and from JavaScript anything may come.
  const client = (props.client ?? lease?.client ?? inherited) as ConfigCatClient | undefined;
  if (typeof (client as Partial<ConfigCatClient> | undefined)?.flag$ === 'function') return client!;
  throw new TypeError('Invalid property `client`. Expected a client, or an `sdkKey`, or another provider above.');
}
