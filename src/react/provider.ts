'use client';

import type { ReactElement, ReactNode } from 'react';
import { createContext, createElement, useContext, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import type { AnyFlags, ClientOptions, ConfigCatClient, FlagTypes, User } from '../index.js';
import { isSameUser } from '../index.js';
import { snapshotOf } from './hydration.js';
import { leaseFor } from './lease.js';
import type { Source } from './view.js';

/** The properties of `ConfigCatProvider`: a client, or what to make one of, and what goes with it. */
export type ConfigCatProviderProps<F extends FlagTypes<F> = AnyFlags> = {
  readonly children?: ReactNode;
  /** The user of all hooks below that name none. Default: the default user of the client. */
  readonly user?: User | undefined;
  /** What `dehydrate()` gave on the server; the same there and in the browser. Read once. */
  readonly state?: string | null | undefined;
} & (
  | { readonly client: ConfigCatClient<F>; readonly sdkKey?: undefined; readonly options?: undefined }
  | { readonly sdkKey: string; readonly options?: ClientOptions | undefined; readonly client?: undefined }
);

interface Surroundings extends Source {
  readonly user: User | undefined;
}

const Context = createContext<Surroundings | undefined>(undefined);

/**
 * Lets the hooks below use a client: one of yours, which stays yours, or one of its own for an SDK key, which is disposed
 * when the provider is taken down. Another SDK key makes another client; other options do not.
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
  const { children } = props;
  // Pages begin once, and another client knows nothing of it.
  const [first] = useState(props);
  const state = props.client === first.client && props.sdkKey === first.sdkKey ? first.state : undefined;
  const client = useOwnOrGiven(props, state);
  const user = useSame(props.user, isSameUser);
  const past = useMemo(() => snapshotOf(state, client, props.client ? 'error' : 'off'), [client, state]);
  const isPinned = Boolean(state);
  const source = useMemo(() => ({ client, past, isPinned, user }), [client, past, isPinned, user]);
  return createElement(Context.Provider, { value: source }, children);
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

function useOwnOrGiven<F extends FlagTypes<F>>(
  props: ConfigCatProviderProps<F>,
  state: string | null | undefined,
): ConfigCatClient {
  const { client, sdkKey } = props;
  // From JavaScript anything may come.
  if (client !== undefined && typeof (client as { flag$?: unknown } | null)?.flag$ !== 'function') {
    throw new TypeError('Invalid property `client`. Expected a client, as createClient() gives it.');
  }
  const [round, startOver] = useReducer((count: number) => count + 1, 0);
  const lease = useMemo(
    () => (props.client === undefined ? leaseFor(props, state) : undefined),
    // Whatever else changes leaves the client as it is.
    [client, sdkKey, round],
  );
  useEffect(() => {
    const release = lease?.claim();
    // It has been hidden for so long that its client has ended.
    if (lease && !release) startOver();
    return release;
  }, [lease]);
  // The types of a client's flags make no difference here.
  return (client ?? lease!.client) as ConfigCatClient;
}
