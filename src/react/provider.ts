'use client';

import type { ReactElement, ReactNode } from 'react';
import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useInsertionEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { AnyFlags, ClientOptions, ConfigCatClient, FlagTypes, User } from '../index.js';
import { snapshotOf } from './hydration.js';
import type { Lease } from './lease.js';
import { createLease } from './lease.js';
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
  const above = useContext(Context);
  // Pages begin once, and another client knows nothing of it.
  const [begin] = useState(props);
  const state = props.client === begin.client && props.sdkKey === begin.sdkKey ? begin.state : undefined;
  const lease = useLease(props, state);
  const client = chosenClient(props.client ?? lease?.client ?? above?.client);
  const same = above?.client === client ? above : undefined;
  const user = useUser(props.user) ?? same?.user;
  const { past, first, isPinned } = useBeginning(client, state ? undefined : same, state, lease);
  const news = useClaim(lease, isPinned);
  const source = useMemo(() => ({ client, past, first, isPinned, user }), [client, past, first, isPinned, user, news]);
  return createElement(Context.Provider, { value: source }, props.children);
}

/** What is shown before the client knows a config: as above, or by a state. */
function useBeginning(
  client: ConfigCatClient,
  above: Source | undefined,
  state: string | null | undefined,
  lease: Lease | undefined,
): Pick<Source, 'past' | 'first' | 'isPinned'> {
  const past = useMemo(
    () => above?.past ?? snapshotOf(state, client, lease ? 'off' : 'error'),
    [above?.past, client, state],
  );
  return above ? { ...above, past } : { past, first: lease?.first, isPinned: Boolean(state) };
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

/** A client of its own for a provider that is given an SDK key. */
function useLease<F extends FlagTypes<F>>(
  props: ConfigCatProviderProps<F>,
  state: string | null | undefined,
): Lease | undefined {
  const { sdkKey } = props;
  const lease = useMemo(
    () => (props.sdkKey === undefined ? undefined : createLease(props, state)),
    // Whatever else changes leaves the client as it is.
    [sdkKey],
  );
  // Unlike other effects it stays while an <Activity> hides the provider.
  useInsertionEffect(() => lease?.end, [lease]);
  return lease;
}

/**
 * Lets the client of a lease work while the provider is shown. Gives another number when the hooks have to look again,
 * because the client found a config in its cache before anything was painted.
 */
function useClaim(lease: Lease | undefined, isPinned: boolean): number {
  const [news, lookAgain] = useReducer((count: number) => count + 1, 0);
  const isHydrating = useSyncExternalStore(
    neverChanges,
    () => false,
    () => true,
  );
  // A page that is taken over stays as it is until its hooks subscribe: parts of it may not have been taken over yet.
  const [isQuiet] = useState(isHydrating || isPinned);
  // Never another one for the same provider. Servers of React 18 warn of effects before painting, and count as hydrating.
  const useItsEffect = isQuiet ? useEffect : useLayoutEffect;
  useItsEffect(() => {
    const release = lease?.claim();
    if (!isQuiet && lease?.client.snapshot().hasConfig !== lease?.first.hasConfig) lookAgain();
    return release;
  }, [lease]);
  return news;
}

const neverChanges = () => () => undefined;

function chosenClient(given: unknown): ConfigCatClient {
  // The types of a client's flags make no difference here, and from JavaScript anything may come.
  const client = given as ConfigCatClient | undefined;
  if (typeof (client as Partial<ConfigCatClient> | undefined)?.flag$ === 'function') return client!;
  throw new TypeError('Invalid property `client`. Expected a client, or an `sdkKey`, or another provider above.');
}
