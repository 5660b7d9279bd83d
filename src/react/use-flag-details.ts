'use client';

import type { DefaultFor, EvaluationDetails, HoldOptions, SettingValue, User, Widen } from '../functions.js';
import { details, flagDetails$, isSameEvaluation } from '../functions.js';
import { useFlagQuery } from './use-flag-query.js';

/**
 * Like `useFlag()`, with variation ID, matched rule and error. Renders again when one of these or the user differs.
 *
 * @example
 * const { value, variationId } = useFlagDetails('newCheckout', false);
 */
export function useFlagDetails<D extends DefaultFor<SettingValue>>(
  key: string,
  defaultValue: D,
  user?: User,
  options?: HoldOptions,
): EvaluationDetails<Widen<D>> {
  return useFlagQuery(user, options, [key, defaultValue], (source, effective) => ({
    answer$: flagDetails$(source, key, defaultValue, effective),
    read: (snapshot) => details(snapshot, key, defaultValue, effective),
    isSame: isSameEvaluation,
    keys: [key],
  }));
}
