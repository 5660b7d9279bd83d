import { createContext, useContext } from 'react';
import type { AnyFlags, CoreSnapshot, FlagCore, FlagSource, FlagTypes, User } from '../functions.js';

/** What a provider can be given: a core, a client, or a core of a text or of values. */
export interface ProvidedSource<F extends FlagTypes<F> = AnyFlags>
  extends FlagSource<F>, Pick<FlagCore<F>, 'snapshot'> {
  /** It knows the same on a server and in the page that the server has rendered: nothing waits for it. */
  readonly isFixed?: boolean;
  /** What the server has rendered the page by, of a source that goes on from there: what hydration shows. */
  readonly rendered?: CoreSnapshot<F> | undefined;
}

/** A client that a provider has made itself. It is another object whenever React begins anew to render what it never showed. */
export interface OwnClient {
  /** What it knew to begin with, on the server and in the browser alike. */
  readonly firstSnapshot: CoreSnapshot;
  /** Lets it work although the provider may not be shown before the client is ready. */
  readonly claim: () => void;
  /** Set by hooks that render without a config: they have to look again if there is one before anything is painted. */
  lackedConfig: boolean;
}

/** What the hooks get from the provider above them. */
export interface ProviderContext {
  readonly source: ProvidedSource;
  /** What the server rendered by; it is shown while the source knows no config. Without a state, default values. */
  readonly hydratedSnapshot: CoreSnapshot;
  /** What a provider's own client knew to begin with, on the server and in the browser alike. */
  readonly firstSnapshot: CoreSnapshot | undefined;
  /** There is a state: the server renders by `hydratedSnapshot`, and so does the browser at first. */
  readonly usesHydration: boolean;
  /** The user of hooks that name none. */
  readonly user: User | undefined;
  /** All hooks suspend until there is something to show. */
  readonly suspends: boolean;
  /** The client that a provider has made itself. */
  readonly own: OwnClient | undefined;
}

/** One for all entries: a hook of either works below a provider of either. */
export const Context = createContext<ProviderContext | undefined>(undefined);

/**
 * What the provider above gives.
 *
 * @throws Error when there is none.
 */
export function useProvider(): ProviderContext {
  const context = useContext(Context);
  if (!context) throw new Error('useClient() and the hooks of flags need a <ConfigCatProvider> above them.');
  return context;
}
