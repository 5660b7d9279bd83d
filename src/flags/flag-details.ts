import type { DefaultFor, FlagKey, FlagTypes, FlagValue } from '../model/flag-types.js';
import { coreOf, partOf } from '../core/source.js';
import type { Observable } from 'rxjs';
import type { Core, FlagSource } from '../core/source.js';
import type { EvaluationDetails } from '../core/types.js';
import { detailsOf, isSameAnswer, pendingDetails } from './details.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { View } from '../core/snapshot.js';
import { answers$ } from './flag.js';
import type { FlagStreamOptions } from './stream.js';
import type { UserSource } from './users.js';

/** What a core shows of details: whether users are the same is its own word. */
const detailsViewOf = ({ defaultUser }: Core): View<EvaluationDetails> => ({
  name: 'details',
  evaluate: (snapshot, key, fallback, user) => detailsOf(snapshot, 'flagDetails$', key, fallback, user),
  isSame: (a, b) => isSameAnswer(a, b) && defaultUser.isSame(a.user, b.user),
  ages: true,
});

/**
 * Like `flag$`, with variation ID, matched rule and error. Emits when one of these or the user differs.
 *
 * @param source - a core, or a client.
 *
 * @example
 * flagDetails$(core, 'darkMode', false).subscribe(({ value, variationId }) => track(value, variationId));
 */
export function flagDetails$<F extends FlagTypes<F>, K extends FlagKey<F>, D extends DefaultFor<F[K]>>(
  source: FlagSource<F>,
  key: K,
  defaultValue: D,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<EvaluationDetails<FlagValue<F[K], D>>>;
export function flagDetails$(
  source: FlagSource,
  key: string,
  fallback: DefaultValue,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<EvaluationDetails> {
  const core = coreOf(source);
  return answers$(
    core,
    partOf(core, detailsViewOf),
    () => pendingDetails(core.context.log, key, fallback),
    { key, fallback, user },
    options,
  );
}
