import { useMemo, useRef, useSyncExternalStore } from 'react';
import type { FlagSource, HoldOptions, User } from '../functions.js';
import { withHold } from '../functions.js';
import { useProvider } from './context.js';
import type { FlagQuery } from './external-store.js';
import { createExternalStore } from './external-store.js';
import { suspendUntilReady } from './readiness.js';
import { useUser } from './user.js';

/** Asks of flags for as long as the source, the user and what the query depends on stay the same. */
export function useFlagQuery<T>(
  user: User | undefined,
  options: HoldOptions | undefined,
  dependencies: readonly unknown[],
  ask: (source: FlagSource, user: User | undefined) => FlagQuery<T>,
): T {
  const context = useProvider();
  if (context.suspends) suspendUntilReady(context);
  const hold = options?.hold;
  const source = withHold(context.source, hold);
  // The provider leaves its user in its own source only.
  const effective = useUser(source, user ?? (hold ? context.user : undefined)) ?? context.user;
  const { subscribe, current, server } = useMemo(
    () => createExternalStore(source, context, ask(source, effective)),
    // Of another source the snapshot is another one, too.
    [context.hydratedSnapshot, hold, effective, ...dependencies],
  );
  return useSyncExternalStore(subscribe, current, server);
}

/** The same object as before, as long as the one that is given now means the same. */
export function useSame<T>(given: T, isSame: (a: T, b: T) => boolean): T {
  // Of equal objects it does not matter which one a render that is given up leaves here.
  const last = useRef(given);
  if (!isSame(last.current, given)) last.current = given;
  return last.current;
}
