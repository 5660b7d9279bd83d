'use client';

import type { DefaultFor, HoldOptions, SettingValue, User, Widen } from '../functions.js';
import { useProvider } from './context.js';
import { suspendUntilReady } from './readiness.js';
import { useFlag } from './use-flag.js';

/**
 * `useFlag()` that suspends until the client is ready, so that the nearest `<Suspense>` shows its fallback and nothing ever
 * shows a default value for want of a config. It waits as long as the client does (`maxInitWaitTimeSeconds`), then goes
 * on with what there is, and never suspends again for a change of config or user. With a `state` of the server, or a
 * cache that answers at once, it does not wait. On a server without a state the fallback is shown, and nothing is fetched.
 *
 * @throws what React waits for; Error or TypeError (when it renders) as `useFlag()`.
 *
 * @example
 * function Checkout() {
 *   return useSuspenseFlag('newCheckout', false) ? <NewCheckout /> : <OldCheckout />;
 * }
 * <Suspense fallback={<Spinner />}><Checkout /></Suspense>
 */
export function useSuspenseFlag<D extends DefaultFor<SettingValue>>(
  key: string,
  defaultValue: D,
  user?: User,
  options?: HoldOptions,
): Widen<D> {
  suspendUntilReady(useProvider());
  return useFlag(key, defaultValue, user, options);
}
