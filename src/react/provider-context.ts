import { useContext, useMemo, useState } from 'react';
import type { User } from '../functions.js';
import { snapshotOfText } from '../functions.js';
import type { OwnClient, ProvidedSource, ProviderContext } from './context.js';
import { Context } from './context.js';
import { cacheTextOf } from './hydration.js';
import { useUser } from './user.js';

/** What a provider is given, whichever entry it comes from. */
interface Given {
  /** Undefined: that of the provider above. From JavaScript anything may come. */
  readonly source: unknown;
  readonly user: User | undefined;
  readonly state: string | null | undefined;
  /** All hooks are to suspend. Undefined: as below the provider above. */
  readonly suspends: boolean | undefined;
  /** What is said of a source that is none. */
  readonly expected: string;
}

/**
 * What a provider gives to the hooks below it. Of another source than that of the provider above it nothing is inherited.
 *
 * @throws TypeError when the source is none.
 */
export function useProviderContext(
  { source: given, user, state, suspends: wanted, expected }: Given,
  own?: OwnClient,
): ProviderContext {
  const above = useContext(Context);
  const source = requireSource(given ?? above?.source, expected);
  const same = above?.source === source ? above : undefined;
  const inherited = state ? undefined : same;
  const hydratedSnapshot = useMemo(
    () =>
      inherited?.hydratedSnapshot ??
      source.rendered ??
      // A client of the provider's own logs what is wrong with the state itself.
      snapshotOfText(source, () => cacheTextOf(state), { isSilent: own !== undefined }),
    [inherited?.hydratedSnapshot, source, state],
  );
  const { firstSnapshot, usesHydration } = inherited ?? {
    ...own,
    usesHydration: !!(state ?? source.rendered),
  };
  const taken: Pick<ProviderContext, 'suspends' | 'own'> = { suspends: false, own: undefined, ...same };
  const suspends = wanted ?? taken.suspends;
  const owned = own ?? taken.own;
  const effective = useUser(source, user) ?? same?.user;
  // Of another source the snapshot is another one, too.
  return useMemo(
    () => ({ source, hydratedSnapshot, firstSnapshot, usesHydration, user: effective, suspends, own: owned }),
    [hydratedSnapshot, effective, suspends],
  );
}

/** The state that a page begins with: another source, which comes later, knows nothing of it. */
export function useFirstState(source: unknown, state: string | null | undefined): string | null | undefined {
  const [first] = useState({ source, state });
  return source === first.source ? first.state : undefined;
}

function requireSource(given: unknown, expected: string): ProvidedSource {
  const source = given as ProvidedSource | undefined;
  if (typeof (source as Partial<ProvidedSource> | undefined)?.snapshot === 'function') return source!;
  throw new TypeError(expected);
}
