'use client';

import type { AnyFlags, DefaultFor, HoldOptions, SettingValue, User, Widen } from '../functions.js';
import { flag$ } from '../functions.js';
import { useFlagQuery } from './use-flag-query.js';

/**
 * The value of a flag for a user; the component renders again when it is another one. While no config is known it is the
 * value by the state that the server has rendered, if there is one, or else the default value.
 *
 * @param user - whom to evaluate for; may be another object each time. Default: the user of the provider.
 * @throws Error or TypeError (when it renders) when the key is empty or an argument is of a wrong type.
 *
 * @example
 * const isNew = useFlag('newCheckout', false);
 */
export function useFlag<D extends DefaultFor<SettingValue>>(
  key: string,
  defaultValue: D,
  user?: User,
  options?: HoldOptions,
): Widen<D> {
  return useFlagQuery<SettingValue | null | undefined>(user, options, [key, defaultValue], (source, effective) => ({
    // The types let only those without a user leave out the default value.
    answer$: flag$<AnyFlags, string, SettingValue | null>(source, key, defaultValue as SettingValue | null, effective),
    read: (snapshot) => snapshot.value(key, defaultValue, effective),
    isSame: Object.is,
    keys: [key],
  })) as Widen<D>;
}
