import type { Observable } from 'rxjs';
import type { Core } from '../core/source.js';
import type { EvaluationDetails } from '../core/types.js';
import { detailsOf, isSameEvaluation, pendingDetails } from './details.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import type { View } from './subscriber-groups.js';
import { answers$ } from './flag.js';
import type { FlagStreamOptions } from './stream.js';
import type { UserSource } from './users.js';

const detailsView: View<EvaluationDetails> = {
  evaluate: (snapshot, key, fallback, user) => detailsOf(snapshot, 'flagDetails$', key, fallback, user),
  isSame: isSameEvaluation,
  ages: true,
};

/** A flag with variation ID, matched rule and error. See `ConfigCatClient.flagDetails$`. */
export function flagDetails$(
  core: Core,
  key: string,
  fallback: DefaultValue,
  user?: UserSource,
  options?: FlagStreamOptions,
): Observable<EvaluationDetails> {
  return answers$(core, detailsView, () => pendingDetails(key, fallback), { key, fallback, user }, options);
}
