import type { AnyFlags, DehydrateOptions, FlagSource, FlagTypes, User } from '../functions.js';
import { dehydrateValues } from '../functions.js';

/** What a server transfers in place of its config: what `valuesOnly()` gives. */
export interface TransferFormat {
  /** Writes it down for the user of the page; nothing while it is not known who that is. */
  readonly write: (source: FlagSource, page: { readonly user: User | undefined } | undefined) => string | undefined;
}

/**
 * Lets a server transfer the values of the page's user in place of the config: no rule, no value of others, no SDK key. In the
 * browser provide `createCoreFromValues(state)`. See `dehydrateValues()` of `configcat-rx/core`.
 *
 * @param options - `flags`: the keys of the flags that are transferred. Default: all flags.
 *
 * @example
 * // On the server.
 * provideConfigCat(client, { user: userOfSession, transfer: valuesOnly() });
 * // In the browser.
 * provideConfigCat((_, state) => createCoreFromValues(state));
 */
export function valuesOnly<F extends FlagTypes<F> = AnyFlags>({
  flags,
}: Pick<DehydrateOptions<F>, 'flags'> = {}): TransferFormat {
  return {
    write: (source, page) => page && dehydrateValues(source as FlagSource<F>, { user: page.user, flags }),
  };
}
